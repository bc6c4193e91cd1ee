import { sealLoadConfirmation } from "../../crypto/load-confirmation.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { LAYOUTS, type Message, type SealedOpening } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { namedIn, type OpenLayer, openInner, openOpening, sealInner } from "../layer/open-layer.ts";
import type { Role, Step } from "../role.ts";
import type { LoadInput, LoadOutput } from "./effects.ts";
import { log, refuse } from "./outputs.ts";
import type { Layer, LoadState } from "./phase.ts";

/**
 * The encryption layer (`messages.md` 3b) around a load server that knows nothing of it, and is told with each message
 * that it is in force. Keys of the transaction live in the state of its thread and nowhere else.
 */

type Inner = Role<LoadState, LoadInput, LoadOutput>;
type LoadStep = Step<LoadState, LoadOutput>;

const OPENINGS = [LAYOUTS["load-request"].tag, LAYOUTS["load-recovery"].tag, LAYOUTS["load-inquiry"].tag];
const DUE = {
  opening: OPENINGS,
  sealed: [LAYOUTS["load-response"].tag, LAYOUTS["negative-result"].tag, LAYOUTS["challenge-response"].tag],
};

export function withLoadLayer(inner: Inner): Inner {
  return {
    handle(state, input) {
      const { layer } = state;
      if (layer === undefined) return openingOf(state, input) ?? inner.handle(state, input);
      return layer.at === "opening" ? onContract(inner, state, layer, input) : inside(inner, state, layer, input);
    },
  };
}

/** A sealed opening as first message: the contract says whether it can be opened. */
function openingOf(state: LoadState, input: LoadInput): LoadStep | undefined {
  if (input.kind !== "message" || state.phase.at !== "first-message") return undefined;
  const envelope = parseMessage(input.bytes);
  if (envelope.kind !== "sealed-opening") return undefined;
  const layer: Layer = { at: "opening", envelope, length: input.bytes.length };
  return { state: { ...state, layer }, outputs: [{ kind: "find-contract", IDMER: envelope.IDMER }] };
}

function onContract(
  inner: Inner,
  state: LoadState,
  { envelope, length }: Extract<Layer, { at: "opening" }>,
  input: LoadInput,
): LoadStep {
  if (input.kind !== "contract") return { state, outputs: [] };
  const { contract } = input;
  if (contract === undefined) return refuseOpening(state, envelope, length, "A002");
  const opened = openOpening(envelope, contract, OPENINGS);
  if (opened.kind === "closed") {
    return refuseOpening(state, envelope, length, contract.active ? "A00C" : "A003", opened.what);
  }
  const { layer, message } = opened;
  return inside(inner, { ...state, layer, contract }, layer, { ...input, kind: "message", bytes: message }, true);
}

function refuseOpening(
  state: LoadState,
  { IDTRX }: SealedOpening,
  length: number,
  CC: string,
  what?: string,
): LoadStep {
  const received = log("load-request-received", "895", IDTRX, { length });
  const { state: phase, outputs } = refuse(IDTRX, CC);
  const before = what === undefined ? [received] : [received, undecipherable(IDTRX, what)];
  return { state: { ...state, phase }, outputs: [...before, ...outputs] };
}

function inside(inner: Inner, state: LoadState, layer: OpenLayer, input: LoadInput, isOpened = false): LoadStep {
  const { before, told } = isOpened ? { before: [], told: input } : heard(layer, input);
  const step = inner.handle(state, told);
  return { state: step.state, outputs: [...before, ...step.outputs.map((output) => sealed(layer, input, output))] };
}

/** What the role is told. */
function heard(layer: OpenLayer, input: LoadInput): { before: readonly LoadOutput[]; told: LoadInput } {
  if (input.kind !== "message") return { before: [], told: input };
  const message = parseMessage(input.bytes);
  if (message.kind === "unrecognised") return { before: [], told: input }; // malformed is malformed under any layer
  const bytes = openInner(layer, message, DUE);
  if (bytes !== null) return { before: [], told: { ...input, bytes } };
  const what = message.kind === "sealed" || message.kind === "sealed-opening" ? "message" : "clear message";
  const { fresh } = input;
  const told = { kind: "undecipherable", IDTRX: namedIn(message), fresh } as const;
  return { before: [undecipherable(layer.IDTRX, what)], told };
}

function undecipherable(IDTRX: string, what: string): LoadOutput {
  return log("undecipherable", "812", IDTRX, { what });
}

/** What leaves in place of what the role says: commands and results sealed, refusals in clear. */
function sealed(layer: OpenLayer, { fresh }: LoadInput, output: LoadOutput): LoadOutput {
  const { IDTRX, suite, KDER } = layer;
  if (output.kind === "send-result") {
    const { confirmation } = output;
    const result = encodeMessage({ kind: "load-result", IDTRX, CC: confirmation.CC });
    const CONF = sealLoadConfirmation(suite, KDER, confirmation, fresh.nonce.slice(0, nonceLength(suite)));
    return send({ kind: "sealed-results", IDTRX, SEALED: sealInner(layer, fresh.layerNonce, result), CONF });
  }
  if (output.kind !== "send" || parseMessage(output.bytes).kind === "refusal") return output;
  return send({ kind: "sealed", IDTRX, SEALED: sealInner(layer, fresh.layerNonce, output.bytes) });
}

function send(message: Message): LoadOutput {
  return { kind: "send", bytes: encodeMessage(message) };
}
