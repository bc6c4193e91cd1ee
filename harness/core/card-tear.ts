/** A moment at which a simulated card loses its power, once (`card-edge.md` 6). */
export interface CardTear {
  /** Instruction byte and P1 of the command. */
  readonly INS: number;
  readonly P1: number;
  /** Before the card gets the command, at one of its writes (counted from 1), or after it was done and before the answer leaves. */
  readonly at:
    | "before-command"
    | "after-command"
    | { readonly write: number; readonly part: "before" | "within" | "after" };
}
