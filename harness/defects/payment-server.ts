/** Behaviours of a payment server that is wrong inside; what it only says wrongly is among the message behaviours. */
import { concat, fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { securityInformation } from "../crypto/security-information.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import { parseTlv } from "../protocol/tlv/read-tlv.ts";
import { encodeTemplate, encodeTlv } from "../protocol/tlv/write-tlv.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentServerRole } from "../roles/payment-server/model.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, numberOf, type Parameters, textOf } from "./behaviour.ts";
import { inClear, resealed, type Sealing } from "./confirmation-bytes.ts";
import { childrenOf, MESSAGE_BEHAVIOURS, replaceElement, tagOf } from "./messages.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

const DEBIT_COMMAND = 0xeb;
const DEBIT_RESULT = 0xed;
const T_DEBIT = 0xf2;

const paymentServer = (vary: Vary<PaymentServerRole>) => ({ paymentServer: vary });

/** `as`: one of the message behaviours, with its parameters but link and sender: to every head end, the bench itself too. */
const says: Behaviour = (parameters) => {
  const behaviour = MESSAGE_BEHAVIOURS[textOf(parameters, "as")];
  const [fault] = behaviour?.({ ...parameters, link: "236", from: "payment-server" }).says ?? [];
  if (!fault) throw new PursebenchError("USAGE", "payment-server-says needs a message behaviour");
  return paymentServer(
    varyOutputs((output: PaymentOutput) => {
      if (output.kind !== "send" || output.bytes[0] !== fault.message) return [output];
      const said = fault.act(output.bytes);
      if (said === "lose-link" || said === "late") return [{ kind: "end" }];
      return (said instanceof Uint8Array ? [said] : said).map((bytes) => ({ kind: "send", bytes }));
    }),
  );
};

/** The debit command goes out without S2, and the whole of it in a message of its own after that. */
const signatureLater: Behaviour = () =>
  paymentServer(
    varyOutputs((output: PaymentOutput) => {
      if (output.kind !== "send" || output.bytes[0] !== DEBIT_COMMAND) return [output];
      const without = (value: Uint8Array) => concat(value.subarray(0, 45), new Uint8Array(8));
      return [{ ...output, bytes: replaceElement(output.bytes, tagOf("DEBITDATA"), without) }, output];
    }),
  );

/** `IDTERM`: used for every transaction, whatever the pool says. */
const fixedTerminal: Behaviour = (parameters) => {
  const IDTERM = textOf(parameters, "IDTERM");
  return paymentServer(
    varyInputs((input: PaymentInput) =>
      input.kind === "terminal" && input.IDTERM !== undefined ? { ...input, IDTERM } : input,
    ),
  );
};

/** `message` (T-… tag) is put to the terminal `IDTERM` in place of the transaction's own. */
const otherTerminal: Behaviour = (parameters) => {
  const IDTERM = textOf(parameters, "IDTERM");
  const tag = numberOf(parameters, "message");
  return paymentServer(
    varyOutputs((output: PaymentOutput) => {
      if (output.kind !== "ask-terminal" || output.bytes[0] !== tag) return [output];
      return [{ ...output, IDTERM, bytes: replaceElement(output.bytes, tagOf("IDTERM"), () => fromHex(IDTERM)) }];
    }),
  );
};

/** No terminal serves a second transaction. */
const keepsTerminals: Behaviour = () => {
  const given = new Set<string>();
  return paymentServer(
    varyInputs((input: PaymentInput): PaymentInput => {
      if (input.kind !== "terminal" || input.IDTERM === undefined) return input;
      if (given.has(input.IDTERM)) return { kind: "terminal", IDTERM: undefined };
      given.add(input.IDTERM);
      return input;
    }),
  );
};

/** The thread does not end with its transaction, but takes the next message on the same channel. */
const servesOn: Behaviour = () =>
  paymentServer((reference) => ({
    handle(before, input) {
      const step = reference.handle(before, input);
      if (before.phase.at === "first-message" || step.outputs.at(-1)?.kind !== "end") return step;
      const state: PaymentState = { ...step.state, phase: { at: "first-message" } };
      return { state, outputs: [...step.outputs.slice(0, -1), { kind: "await-head-end", since: "now" }] };
    },
  }));

/** The thread ends when it has sent `message`. */
const endsAfter: Behaviour = (parameters) => {
  const tag = numberOf(parameters, "message");
  return paymentServer((reference) => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      const last = outputs.findIndex((output) => output.kind === "send" && output.bytes[0] === tag);
      return { state, outputs: last < 0 ? outputs : [...outputs.slice(0, last + 1), { kind: "end" }] };
    },
  }));
};

/** Takes every draw request for genuine, from whichever merchant it is. */
const believesEverybody: Behaviour = () =>
  paymentServer((reference) => ({
    handle(before, input) {
      if (input.kind !== "merchant" || before.phase.at !== "merchant") return reference.handle(before, input);
      const KMER = input.contract?.KMER ?? new Uint8Array(16);
      const request = { ...before.phase.request, SECINFO: securityInformation(KMER, before.phase.request) };
      const contract = { KMER, active: true };
      return reference.handle({ ...before, phase: { ...before.phase, request } }, { ...input, contract });
    },
  }));

/** Elements of a first message that are too short are filled up with zeros, those that are missing with those of the last one. */
const repairsDrawRequests: Behaviour = () => {
  let good: Uint8Array | undefined;
  return paymentServer(
    varyInputs((input: PaymentInput, { phase }: PaymentState) => {
      if (input.kind !== "message" || phase.at !== "first-message") return input;
      if (parseMessage(input.bytes).kind === "draw-request") {
        good = input.bytes;
        return input;
      }
      return good ? { ...input, bytes: repaired(input.bytes, good) } : input;
    }),
  );
};

/** `CC` of a T-result is taken for `as`. */
const mishears: Behaviour = (parameters: Parameters) => {
  const CC = textOf(parameters, "CC");
  const as = textOf(parameters, "as");
  return paymentServer(
    varyInputs((input: PaymentInput) => {
      if (input.kind !== "terminal-answer") return input;
      const answer = parseMessage(input.bytes);
      if (answer.kind !== "t-result" || answer.CC !== CC) return input;
      const { IDTERM, IDTRX } = answer;
      return { ...input, bytes: encodeMessage({ kind: "t-result", IDTERM, IDTRX, CC: as, MSGRESULT: undefined }) };
    }),
  );
};

/** A T-debit whose DEBITDATA is too short is filled up with zeros. */
const fillsSignature: Behaviour = () =>
  paymentServer(
    varyInputs((input: PaymentInput) => {
      if (input.kind !== "terminal-answer" || input.bytes[0] !== T_DEBIT) return input;
      const fill = (value: Uint8Array) => concat(value, new Uint8Array(Math.max(0, 53 - value.length)));
      return { ...input, bytes: replaceElement(input.bytes, tagOf("DEBITDATA"), fill) };
    }),
  );

/** Every confirmation is sealed with the same nonce. */
const oneNonce: Behaviour = () =>
  paymentServer(
    varyInputs((input: PaymentInput) => ("nonce" in input ? { ...input, nonce: new Uint8Array(12) } : input)),
  );

/** CONF is not encrypted. */
const clearConfirmation: Behaviour = () => paymentServer(onConfirmation(inClear));

/** `CC`: what CONF says, whatever became of the payment. */
const confirms: Behaviour = (parameters) => {
  const CC = textOf(parameters, "CC");
  return paymentServer(onConfirmation((sealing, CONF) => resealed(sealing, CONF, { CC })));
};

/** `status` is written only when something else happens after the message that speaks of it. */
const writesLate: Behaviour = (parameters) => {
  const status = textOf(parameters, "status");
  const isIt = (output: PaymentOutput) => output.kind === "update" && output.change.status === status;
  let held: readonly PaymentOutput[] = [];
  return paymentServer((reference) => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      const late = held;
      held = outputs.filter(isIt);
      return { state, outputs: [...late, ...outputs.filter((output) => !isIt(output))] };
    },
  }));
};

export const PAYMENT_SERVER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "payment-server-says": says,
  "payment-server-signature-later": signatureLater,
  "payment-server-fixed-terminal": fixedTerminal,
  "payment-server-other-terminal": otherTerminal,
  "payment-server-keeps-terminals": keepsTerminals,
  "payment-server-serves-on": servesOn,
  "payment-server-ends-after": endsAfter,
  "payment-server-believes-everybody": believesEverybody,
  "payment-server-repairs-draw-requests": repairsDrawRequests,
  "payment-server-mishears": mishears,
  "payment-server-fills-signature": fillsSignature,
  "payment-server-one-nonce": oneNonce,
  "payment-server-clear-confirmation": clearConfirmation,
  "payment-server-confirms": confirms,
  "payment-server-writes-late": writesLate,
};

/** The role with CONF of each debit result replaced. */
function onConfirmation(change: (sealing: Sealing, CONF: Uint8Array) => Uint8Array): Vary<PaymentServerRole> {
  return varyOutputs((output: PaymentOutput, { before: { phase } }) => {
    if (output.kind !== "send" || output.bytes[0] !== DEBIT_RESULT || phase.at !== "terminal-result") return [output];
    const { agreement, sale } = phase.transaction;
    const { KMER } = agreement;
    const act = (CONF: Uint8Array) => change({ KMER, IDMER: sale.IDMER, IDTRX: sale.IDTRX }, CONF);
    return [{ ...output, bytes: replaceElement(output.bytes, tagOf("CONF"), act) }];
  });
}

function repaired(bytes: Uint8Array, good: Uint8Array): Uint8Array {
  const [template] = parsedNodes(bytes);
  if (template === undefined) return bytes;
  const own = new Map((template.children ?? []).map((node) => [node.tag, node.value]));
  const parts = childrenOf(good).map(({ tag, value }) => {
    const mine = own.get(tag) ?? value;
    const fill = new Uint8Array(Math.max(0, value.length - mine.length));
    return encodeTlv(tag, concat(mine, fill));
  });
  return encodeTemplate(template.tag, ...parts);
}

function parsedNodes(bytes: Uint8Array) {
  const parsed = parseTlv(bytes);
  return parsed.ok ? parsed.nodes : [];
}
