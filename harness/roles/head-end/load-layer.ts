/** The encryption layer of a load, always in force between head end and load server (load.md 4; messages.md 3b). */
import { equal } from "../../core/bytes.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { openMessage, sealMessage } from "../../crypto/sealed-message.ts";
import {
  LAYOUTS,
  type Message,
  type MessageKind,
  type Sealed,
  type SealedResults,
} from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { unresolved } from "./load-fail.ts";
import type { LoadState, LoadTerms } from "./load-state.ts";
import { type LoadInput, type LoadRole, type LoadStep, loadLog, preceded, proceed } from "./load-step.ts";

/** What goes to a load server under the layer; the direct path before it is in clear (861). */
const TO_BE_SEALED: ReadonlySet<MessageKind> = new Set([
  "load-request",
  "load-response",
  "negative-result",
  "challenge-response",
  "load-recovery",
]);

/** The first message of a channel, which brings what the load server derives the key from. */
const OPENING: ReadonlySet<MessageKind> = new Set(["load-request", "load-recovery"]);

type From = "load-server" | "set-top-box";

/** The role behind the layer: what it hears is opened, what it says to the load server sealed; nonces are asked for. */
export function withLoadLayer(role: LoadRole): LoadRole {
  return {
    handle(load, input) {
      const { terms, unsealed } = load;
      if (!terms) return role.handle(load, input);
      if (input.kind === "random" && unsealed) {
        const message = envelope(terms, unsealed, input.bytes);
        return proceed(load, { unsealed: undefined }, { kind: "send-payment", message });
      }
      const heard = opened(load, terms, input);
      if ("from" in heard) return onUndecipherable(load, heard.from);
      return sealed(role.handle(heard.load, heard.input), terms);
    },
  };
}

type Heard = { readonly load: LoadState; readonly input: LoadInput } | { readonly from: From };

function opened(load: LoadState, terms: LoadTerms, input: LoadInput): Heard {
  const { phase } = load;
  if (input.kind === "cable" && phase === "loading") return fromSetTopBox(load, terms, input);
  if (input.kind === "payment" && (phase === "commanding" || phase === "judging")) {
    return fromLoadServer(load, terms, input);
  }
  return { load, input };
}

/** Load command (880) or challenge, or the result with CONF beside it (890). Refusals travel in clear. */
function fromLoadServer(load: LoadState, terms: LoadTerms, input: Extract<LoadInput, { kind: "payment" }>): Heard {
  const { message } = input;
  if (message.kind === "refusal" || message.kind === "unrecognised") return { load, input };
  if (message.kind === "sealed-results") {
    const result = inside(terms, message, "load-result")?.message;
    if (result?.kind === "unrecognised") return { load, input: { kind: "payment", message: result } };
    if (result?.kind !== "load-result") return { from: "load-server" };
    const { IDTRX, CC } = result;
    return { load, input: { kind: "load-result", IDTRX, CC, CONF: message.CONF } };
  }
  const due = load.phase === "commanding" ? "load-command" : "load-challenge";
  const inner = message.kind === "sealed" ? inside(terms, message, due) : undefined;
  return inner ? { load, input: { kind: "payment", message: inner.message } } : { from: "load-server" };
}

/** The load response (894); the bytes of the set-top box are kept, to be passed on as they are. */
function fromSetTopBox(load: LoadState, terms: LoadTerms, input: Extract<LoadInput, { kind: "cable" }>): Heard {
  const { message } = input;
  if (message.kind === "load-response") return { from: "set-top-box" };
  if (message.kind !== "sealed") return { load, input };
  const inner = inside(terms, message, "load-response");
  if (!inner) return { from: "set-top-box" };
  const sealedResponse = { inner: inner.bytes, SEALED: message.SEALED };
  return { load: { ...load, sealedResponse }, input: { ...input, message: inner.message } };
}

/** The message inside, if it is of this load and of the kind that is due. */
function inside({ IDTRX, layer }: LoadTerms, outer: Sealed | SealedResults, due: MessageKind) {
  if (outer.IDTRX !== IDTRX) return undefined;
  const bytes = openMessage(layer.suite, layer.TSK, IDTRX, outer.SEALED, [LAYOUTS[due].tag]);
  return bytes ? { bytes, message: parseMessage(bytes) } : undefined;
}

/** It is not obeyed, and no result. */
function onUndecipherable(load: LoadState, from: From): LoadStep {
  return preceded([loadLog(load, "undecipherable", undefined, { from })], unresolved(load, "undecipherable"));
}

/** A message for the load server waits for its nonce, unless the set-top box has sealed it already. */
function sealed({ state, outputs }: LoadStep, { layer }: LoadTerms): LoadStep {
  const last = outputs.at(-1);
  if (last?.kind !== "send-payment" || !TO_BE_SEALED.has(last.message.kind)) return { state, outputs };
  const { message } = last;
  const { sealedResponse, terms } = state;
  const before = outputs.slice(0, -1);
  if (sealedResponse && terms && equal(encodeMessage(message), sealedResponse.inner)) {
    const unchanged = { kind: "sealed", IDTRX: terms.IDTRX, SEALED: sealedResponse.SEALED } as const;
    return proceed(state, {}, ...before, { kind: "send-payment", message: unchanged });
  }
  return proceed(state, { unsealed: message }, ...before, { kind: "random", length: nonceLength(layer.suite) });
}

function envelope({ IDMER, IDTRX, layer }: LoadTerms, inner: Message, nonce: Uint8Array): Message {
  const { suite, TSK, RND, ETSK } = layer;
  const SEALED = sealMessage(suite, TSK, IDTRX, nonce, encodeMessage(inner));
  if (!OPENING.has(inner.kind)) return { kind: "sealed", IDTRX, SEALED };
  return { kind: "sealed-opening", IDMER, IDTRX, RND, ETSK, SEALED };
}
