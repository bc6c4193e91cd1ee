import type { RunForm } from "../shared/state.ts";

/** What a hand at the page can do. */
export interface Actions {
  fill(change: Partial<RunForm>): void;
  /** Opens or closes the field for a SPEC in words. */
  type(role: string, isOpen: boolean): void;
  start(form: RunForm): void;
  askStop(isAsked: boolean): void;
  stop(): void;
  answer(id: number, answer: "done" | "cannot"): void;
  closeResult(id: string): void;
  verify(id: string): void;
  enter(token: string): void;
}
