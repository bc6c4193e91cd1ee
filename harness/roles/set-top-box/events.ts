import type { LoadPage, Message, Page } from "../../protocol/messages/layouts.ts";
import type { Unrecognised } from "../../protocol/messages/message.ts";
import type { EndOutput, LogOutput, Role } from "../role.ts";
import type { LoadOrder } from "./load-state.ts";
import type { Pending } from "./pending.ts";
import type { Order, SetTopBoxState } from "./state.ts";

export interface OrderInput extends Order {
  readonly kind: "order";
}

/** The card could not be used as asked. */
export interface CardFailure {
  readonly kind: "card-failed";
  readonly owner: string;
  readonly text: string;
  /** The contact was lost, in contrast to a card that is mute or answers garbage. */
  readonly isLost: boolean;
  /** The command may have reached the card. */
  readonly mayHaveArrived: boolean;
}

export type HeadEndLoss = "unreachable" | "silent" | "closed";

/** The card is to be loaded. */
export interface LoadInput extends LoadOrder {
  readonly kind: "load";
}

export type SetTopBoxInput =
  | OrderInput
  | LoadInput
  /** The card's log is to be shown. First input of a session. */
  | { readonly kind: "show-log" }
  /** Settle this one (messages.md 2, E9; load.md 2, AE). First input of a session. */
  | { readonly kind: "recover"; readonly pending: Pending }
  | { readonly kind: "opened" }
  | { readonly kind: "head-end"; readonly message: Message | Unrecognised }
  | { readonly kind: "head-end-lost"; readonly why: HeadEndLoss; readonly text: string }
  | { readonly kind: "decided"; readonly choice: "accept" | "cancel" }
  /** What the user wants to load, minor units; any number. */
  | { readonly kind: "entered"; readonly amount: number | "cancel" }
  | { readonly kind: "card-connected"; readonly ATR: Uint8Array }
  | { readonly kind: "card-present" }
  | { readonly kind: "card-absent" }
  | { readonly kind: "card-answer"; readonly bytes: Uint8Array }
  | { readonly kind: "random"; readonly bytes: Uint8Array }
  | CardFailure;

export type SetTopBoxOutput =
  | LogOutput
  | EndOutput
  | { readonly kind: "show"; readonly text: string }
  /** Shows `text` and waits for the user: answered with "decided". */
  | { readonly kind: "ask"; readonly text: string; readonly page: Page }
  /** Shows `text` and waits for an amount of the user: answered with "entered". */
  | { readonly kind: "enter"; readonly text: string; readonly page: LoadPage }
  /** Answered with "opened" or "head-end-lost". */
  | { readonly kind: "open" }
  /** A failure shows at the next "receive". */
  | { readonly kind: "send"; readonly message: Message }
  /** Answered with "head-end" or "head-end-lost". */
  | { readonly kind: "receive" }
  /** Fresh random bytes: answered with "random". */
  | { readonly kind: "random"; readonly length: number }
  /** Uses the card that is connected already, if it still is. Answered with "card-connected", "card-absent" or "card-failed". */
  | { readonly kind: "connect-card" }
  /** Waits for insertion up to the card's deadline. Answered with "card-present" or "card-absent". */
  | { readonly kind: "await-card" }
  /** A command APDU. Answered with "card-answer" or "card-failed". */
  | { readonly kind: "command"; readonly bytes: Uint8Array }
  /** Gives the card up, so that the next "connect-card" resets it. */
  | { readonly kind: "release-card" }
  /** To be kept safe before anything else is done. */
  | { readonly kind: "remember"; readonly pending: Pending }
  | { readonly kind: "forget"; readonly IDTRX: string }
  | { readonly kind: "trouble"; readonly owner: string; readonly text: string }
  | {
      readonly kind: "outcome";
      readonly CC: string;
      readonly IDTRX: string | undefined;
      readonly CONTENT: string | undefined;
      /** The user's amount, of a load only. */
      readonly MLDA?: number | undefined;
    };

export type SetTopBoxRole = Role<SetTopBoxState, SetTopBoxInput, SetTopBoxOutput>;
