import type { Message } from "../../protocol/messages/layouts.ts";
import type { Unrecognised } from "../../protocol/messages/message.ts";
import type { EndOutput, LogOutput, Role } from "../role.ts";
import type { HeadEndState } from "./state.ts";

/** `unreachable` nobody answers there; `silent` a deadline passed; `closed` the peer hung up; `broken` the link is gone. */
export type Loss = "unreachable" | "silent" | "closed" | "broken";

export type HeadEndInput =
  | { readonly kind: "start" }
  /**
   * `today`: YYMMDD, UTC, when the message arrived. `session`: with a recovery, the one that ordered the sale, 16 hex digits,
   * where it is still known.
   */
  | {
      readonly kind: "cable";
      readonly message: Message | Unrecognised;
      readonly today: string;
      readonly session?: string | undefined;
    }
  | { readonly kind: "cable-lost"; readonly why: Loss }
  | { readonly kind: "http"; readonly status: number; readonly body: string }
  | { readonly kind: "http-lost"; readonly why: Loss }
  | { readonly kind: "payment-open" }
  /** The message has left for the payment server. */
  | { readonly kind: "payment-sent" }
  | { readonly kind: "payment"; readonly message: Message | Unrecognised }
  | { readonly kind: "payment-lost"; readonly why: Loss }
  /** From the encryption layer: what came does not open, or came in clear. */
  | { readonly kind: "undecipherable"; readonly from: "payment-server" | "set-top-box" }
  | { readonly kind: "random"; readonly bytes: Uint8Array }
  /** The head end's own clock, YYYYMMDDhhmmss, UTC. */
  | { readonly kind: "time"; readonly DTHR: string };

export type HeadEndOutput =
  | LogOutput
  | EndOutput
  /** Answered with "cable" or "cable-lost". */
  | { readonly kind: "receive-cable" }
  /** For a recovery of this sale. */
  | { readonly kind: "remember-session"; readonly IDTRX: string; readonly session: string }
  /** A failure shows at the next "receive-cable"; at the end of a session nobody is left to tell. */
  | { readonly kind: "send-cable"; readonly message: Message }
  /** A form posted to a merchant's or an account holder's site: answered with "http" or "http-lost". */
  | {
      readonly kind: "post";
      readonly origin: string;
      readonly path: string;
      /** 16 hex digits, for the cookie. */
      readonly session: string | undefined;
      readonly form: readonly (readonly [name: string, value: string])[];
    }
  /** Answered with "payment-open" or "payment-lost". */
  | { readonly kind: "open-payment"; readonly HOST: string; readonly PORT: number }
  /** Link 236 to a load server; what is then sent and received goes there. Answered as "open-payment". */
  | { readonly kind: "open-load"; readonly HOST: string; readonly PORT: number }
  /** The channel on link 236, if there is one, is of no more use. */
  | { readonly kind: "close-payment" }
  /** Answered with "payment-sent" or "payment-lost". */
  | { readonly kind: "send-payment"; readonly message: Message }
  /** Answered with "payment" or "payment-lost". */
  | { readonly kind: "receive-payment" }
  /** Fresh random bytes: answered with "random". */
  | { readonly kind: "random"; readonly length: number }
  /** Answered with "time". */
  | { readonly kind: "time" };

export type HeadEndRole = Role<HeadEndState, HeadEndInput, HeadEndOutput>;
