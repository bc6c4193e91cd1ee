import { openMessage } from "../../crypto/sealed-message.ts";
import type { EncryptionLayer } from "../../protocol/messages/encryption-layer.ts";
import { LAYOUTS, type Sealed, type SealedResults } from "../../protocol/messages/layouts.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import type { HeadEndInput } from "./events.ts";
import type { HeadEndState } from "./state.ts";

/** What the role within the layer hears, and what the layer keeps of it. */
export interface Heard {
  readonly state: HeadEndState;
  readonly input: HeadEndInput;
}

/** Opens what is to be sealed; in its place, what does not open and what came in clear is undecipherable. */
export function opened(state: HeadEndState, input: HeadEndInput, layer: EncryptionLayer): Heard {
  if (input.kind === "payment") return { state, input: fromPaymentServer(state, input, layer) };
  if (input.kind === "cable" && state.phase === "debiting") return fromSetTopBox(state, input, layer);
  return { state, input };
}

type PaymentInput = Extract<HeadEndInput, { kind: "payment" }>;
type CableInput = Extract<HeadEndInput, { kind: "cable" }>;

/** The debit command (816), or debit result C with debit result M beside it (822). Refusals travel in clear. */
function fromPaymentServer(state: HeadEndState, input: PaymentInput, layer: EncryptionLayer): HeadEndInput {
  const { message } = input;
  if (message.kind === "refusal" || message.kind === "unrecognised") return input;
  if (state.phase === "commanding" && message.kind === "sealed") {
    const command = inside(state, message, "debit-command", layer);
    if (command) return { kind: "payment", message: command.message };
  }
  if (state.phase === "confirming" && message.kind === "sealed-results") {
    const result = inside(state, message, "debit-result", layer)?.message;
    if (result?.kind === "unrecognised") return { kind: "payment", message: result };
    // whatever else C says of a confirmation, M is the merchant's
    if (result?.kind === "debit-result") {
      return { kind: "payment", message: { ...result, CONF: message.CONF, CLEARCONF: undefined } };
    }
  }
  return { kind: "undecipherable", from: "payment-server" };
}

/** The debit response (818); the bytes of the set-top box are kept, to be passed on as they are (819). */
function fromSetTopBox(state: HeadEndState, input: CableInput, layer: EncryptionLayer): Heard {
  const { message } = input;
  const undecipherable = { state, input: { kind: "undecipherable", from: "set-top-box" } } as const;
  if (message.kind === "debit-response") return undecipherable;
  if (message.kind !== "sealed") return { state, input };
  const response = inside(state, message, "debit-response", layer);
  if (!response) return undecipherable;
  const sealedResponse = { inner: response.inner, SEALED: message.SEALED };
  return { state: { ...state, sealedResponse }, input: { ...input, message: response.message } };
}

type Inner = "debit-command" | "debit-response" | "debit-result";

/** The message inside, if it is of this sale and of the kind that is due. */
function inside({ sale }: HeadEndState, outer: Sealed | SealedResults, due: Inner, { suite, TSK }: EncryptionLayer) {
  if (sale?.IDTRX !== outer.IDTRX) return undefined;
  const inner = openMessage(suite, TSK, outer.IDTRX, outer.SEALED, [LAYOUTS[due].tag]);
  return inner ? { inner, message: parseMessage(inner) } : undefined;
}
