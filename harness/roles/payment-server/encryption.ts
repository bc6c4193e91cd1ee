import { PursebenchError } from "../../core/errors.ts";
import { LAYOUTS, type Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { namedIn, type OpenLayer, openInner, sealInner } from "../layer/open-layer.ts";
import type { Role } from "../role.ts";
import type { PaymentInput, PaymentOutput } from "./effects.ts";
import { openEnvelope } from "./envelope.ts";
import { log, refuse } from "./outputs.ts";
import type { Layer, PaymentState } from "./phase.ts";

/**
 * The encryption layer (`messages.md` 3b) around a payment server that knows nothing of it: opens what comes sealed before
 * the role sees it, seals what the role says. Keys of the transaction live in the state of its thread and nowhere else.
 */

type ServerRole = Role<PaymentState, PaymentInput, PaymentOutput>;
type ServerStep = ReturnType<ServerRole["handle"]>;
type MessageInput = Extract<PaymentInput, { kind: "message" }>;

/** A repeated opening is a repeated draw request, which is for the role to refuse. */
const DUE = {
  opening: [LAYOUTS["draw-request"].tag, LAYOUTS["debit-response"].tag],
  sealed: [LAYOUTS["debit-response"].tag, LAYOUTS.notice.tag],
};

export function withEncryptionLayer(inner: ServerRole): ServerRole {
  return {
    handle(state, input) {
      const { layer } = state;
      if (layer === undefined) return openingOf(state, input) ?? inner.handle(state, input);
      return layer.at === "opening" ? onContract(inner, state, layer, input) : inside(inner, state, layer, input);
    },
  };
}

/** A sealed opening as first message: the contract says whether it can be opened. */
function openingOf(state: PaymentState, input: PaymentInput): ServerStep | undefined {
  if (input.kind !== "message" || state.phase.at !== "first-message") return undefined;
  const envelope = parseMessage(input.bytes);
  if (envelope.kind !== "sealed-opening") return undefined;
  const layer: Layer = { at: "opening", envelope, length: input.bytes.length };
  return { state: { ...state, layer }, outputs: [{ kind: "find-merchant", IDMER: envelope.IDMER }] };
}

function onContract(
  inner: ServerRole,
  state: PaymentState,
  { envelope, length }: Extract<Layer, { at: "opening" }>,
  input: PaymentInput,
): ServerStep {
  if (input.kind !== "merchant") return { state, outputs: [] };
  const { IDTRX } = envelope;
  const opened = openEnvelope(envelope, input.contract);
  if (opened.kind === "refused") {
    const received = log("draw-request-received", "680", IDTRX, { length });
    const before = opened.what === undefined ? [received] : [received, undecipherable(IDTRX, opened.what)];
    const { state: phase, outputs } = refuse(IDTRX, opened.CC, before);
    return { state: { ...state, phase }, outputs };
  }
  const { nonce, layerNonce } = input;
  return inner.handle({ ...state, layer: opened.layer }, { kind: "message", bytes: opened.message, nonce, layerNonce });
}

function inside(inner: ServerRole, state: PaymentState, layer: OpenLayer, input: PaymentInput): ServerStep {
  const { before, told } = opened(layer, input);
  const step = inner.handle(state, told);
  return { state: step.state, outputs: [...before, ...step.outputs.map((output) => sealed(layer, input, output))] };
}

/** What the role is told. It sees rows of the envelope's merchant alone: only for him the layer's keys seal. */
function opened(layer: OpenLayer, input: PaymentInput): { before: readonly PaymentOutput[]; told: PaymentInput } {
  const { suite, KDER, IDMER } = layer;
  switch (input.kind) {
    case "message":
      return openedMessage(layer, input);
    case "merchant":
      return { before: [], told: { ...input, secret: { suite, KDER } } };
    case "found":
      return { before: [], told: { ...input, rows: input.rows.filter((row) => row.IDMER === IDMER) } };
    default:
      return { before: [], told: input };
  }
}

function openedMessage(
  layer: OpenLayer,
  input: MessageInput,
): { before: readonly PaymentOutput[]; told: PaymentInput } {
  const message = parseMessage(input.bytes);
  if (message.kind === "unrecognised") return { before: [], told: input }; // malformed is malformed under any layer
  const bytes = openInner(layer, message, DUE);
  if (bytes !== null) return { before: [], told: { ...input, bytes } };
  const what = message.kind === "sealed" || message.kind === "sealed-opening" ? "message" : "clear message";
  const IDTRX = namedIn(message);
  return { before: [undecipherable(layer.IDTRX, what)], told: { kind: "undecipherable", IDTRX } };
}

function undecipherable(IDTRX: string, what: string): PaymentOutput {
  return log("undecipherable", "812", IDTRX, { what });
}

/** What leaves in place of what the role says: debit command and result sealed, refusals in clear. */
function sealed(layer: OpenLayer, input: PaymentInput, output: PaymentOutput): PaymentOutput {
  if (output.kind !== "send") return output;
  const message = parseMessage(output.bytes);
  const { IDTRX } = layer;
  switch (message.kind) {
    case "debit-command":
      return send({ kind: "sealed", IDTRX, SEALED: seal(layer, input, output.bytes) });
    case "debit-result": {
      const { CONF = new Uint8Array(0), IDMER, CC } = message;
      const resultC = encodeMessage({ kind: "debit-result", IDTRX, IDMER, CC });
      return send({ kind: "sealed-results", IDTRX, SEALED: seal(layer, input, resultC), CONF });
    }
    default:
      return output;
  }
}

function seal(layer: OpenLayer, input: PaymentInput, bytes: Uint8Array): Uint8Array {
  if (!("layerNonce" in input)) throw new PursebenchError("INTERNAL", `nothing can be sealed after ${input.kind}`);
  return sealInner(layer, input.layerNonce, bytes);
}

function send(message: Message): PaymentOutput {
  return { kind: "send", bytes: encodeMessage(message) };
}
