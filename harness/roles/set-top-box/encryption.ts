/** The encryption layer at the set-top box (messages.md 3b, 818): debit response and load response leave sealed, and nothing else does. */
import { nonceLength } from "../../crypto/seal.ts";
import { sealMessage } from "../../crypto/sealed-message.ts";
import { type EncryptionLayer, layerOf } from "../../protocol/messages/encryption-layer.ts";
import type { DebitResponse, LoadResponse } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { SetTopBoxOutput, SetTopBoxRole } from "./events.ts";
import type { SetTopBoxState } from "./state.ts";
import { go, type SetTopBoxStep } from "./step.ts";

/** The role with its debit and load responses sealed under the TSK wherever the page had one; the nonce is asked for. */
export function withEncryption(role: SetTopBoxRole): SetTopBoxRole {
  return {
    handle(state, input) {
      const page = state.page ?? state.load?.page;
      const layer = page && layerOf(page);
      if (input.kind === "random" && state.held && layer) return release(state, state.held, layer, input.bytes);
      const step = role.handle(state, input);
      return layer ? hold(step, layer) : step;
    },
  };
}

/** Keeps a response until there is a nonce; waiting for what the head end says to it is all that follows it. */
function hold({ state, outputs }: SetTopBoxStep, { suite }: EncryptionLayer): SetTopBoxStep {
  const at = outputs.findIndex((output) => responseIn(output) !== undefined);
  const response = outputs[at];
  const held = response && responseIn(response);
  if (!held) return { state, outputs };
  return go(state, { held }, ...outputs.slice(0, at), { kind: "random", length: nonceLength(suite) });
}

function release(
  state: SetTopBoxState,
  response: DebitResponse | LoadResponse,
  { suite, TSK }: EncryptionLayer,
  nonce: Uint8Array,
): SetTopBoxStep {
  const { IDTRX } = response;
  const SEALED = sealMessage(suite, TSK, IDTRX, nonce, encodeMessage(response));
  const message = { kind: "sealed", IDTRX, SEALED } as const;
  return go(state, { held: undefined }, { kind: "send", message }, { kind: "receive" });
}

function responseIn(output: SetTopBoxOutput): DebitResponse | LoadResponse | undefined {
  if (output.kind !== "send") return undefined;
  const { message } = output;
  return message.kind === "debit-response" || message.kind === "load-response" ? message : undefined;
}
