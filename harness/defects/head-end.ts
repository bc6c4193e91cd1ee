/** Behaviours of a head end that routes or reports wrongly. */
import { equal } from "../core/bytes.ts";
import { encodeMessage } from "../protocol/messages/message.ts";
import type { HeadEndInput, HeadEndOutput } from "../roles/head-end/events.ts";
import type { HeadEndRole } from "../roles/head-end/model.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import { type Behaviour, numberOf, type Parameters, textOf } from "./behaviour.ts";
import { replaceElement, tagOf } from "./messages.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

const onOutputs = varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>;
const onInputs = varyInputs<HeadEndState, HeadEndInput, HeadEndOutput>;

/** `host`, `port`: the payment server, whatever the page says. */
const fixedPaymentServer: Behaviour = (parameters) => {
  const address = addressOf(parameters);
  return {
    headEnd: onOutputs((output) => [output.kind === "open-payment" ? { ...output, ...address } : output]),
  };
};

/** Logs that the draw request was sent before there is a connection. */
const earlySentLog: Behaviour = () => ({
  headEnd: onOutputs((output, { after: { page } }) => {
    if (output.kind === "log" && output.entry === "draw-request-sent") return [];
    if (output.kind !== "open-payment" || !page) return [output];
    const { IDMER, IDTRX, MPDA, HOST, PORT } = page;
    const fields = { IDMER, MPDA, host: HOST, port: PORT };
    return [{ kind: "log", entry: "draw-request-sent", step: "612", IDTRX, fields }, output];
  }),
});

/** Keeps the debit command and tells the set-top box that all is well. */
const keepDebitCommand: Behaviour = () => ({
  headEnd: onOutputs((output) => {
    if (output.kind !== "send-cable" || output.message.kind !== "debit-command") return [output];
    const { IDTRX } = output.message;
    return [{ kind: "send-cable", message: { kind: "result", IDTRX, CC: "0000", CONTENT: "" } }];
  }),
});

/** The confirmation is posted to the start page. */
const confirmAtStartPage: Behaviour = () => ({
  headEnd: onOutputs((output) => [
    output.kind === "post" && isConfirmation(output) ? { ...output, path: "/" } : output,
  ]),
});

/** "Debited" is posted to the user as soon as the card has answered. */
const earlyDebited: Behaviour = () => ({
  headEnd: onOutputs((output) => {
    if (output.kind === "send-cable" && isDebitedMessage(output)) return [];
    if (output.kind !== "send-payment" || output.message.kind !== "debit-response") return [output];
    const { IDTRX } = output.message;
    const message = { kind: "user-message", IDTRX, CC: "0000", TEXT: "The card was debited." } as const;
    return [{ kind: "send-cable", message }, output];
  }),
});

/** A negative confirmation is kept from the merchant. */
const keepNegative: Behaviour = () => ({
  headEnd: onInputs((input) => {
    if (input.kind !== "payment" || input.message.kind !== "debit-result") return input;
    const { IDTRX, CC } = input.message;
    return CC === undefined ? input : { ...input, message: { kind: "refusal", IDTRX, CC } };
  }),
});

/** A confirmation is one, whatever it says: the user is told, and the log, that it was paid. */
const confirmAnything: Behaviour = () => ({
  headEnd: onInputs((input) => {
    if (input.kind !== "payment" || input.message.kind !== "debit-result") return input;
    return { ...input, message: { ...input.message, CC: undefined } };
  }),
});

/** What the merchant answers to the confirmation counts as success. */
const successAnyway: Behaviour = () => ({
  headEnd: onInputs((input, { phase }) =>
    phase === "delivering" && input.kind === "http" ? { ...input, status: 200 } : input,
  ),
});

/** `limit`: characters of the merchant's content that fit. */
const smallBuffer: Behaviour = (parameters) => {
  const limit = numberOf(parameters, "limit");
  return {
    headEnd: onOutputs((output) => {
      if (output.kind !== "send-cable" || output.message.kind !== "result") return [output];
      const { message } = output;
      return [{ ...output, message: { ...message, CONTENT: message.CONTENT.slice(0, limit) } }];
    }),
  };
};

/** `SITE`: does not know its address. */
const forgetSite: Behaviour = (parameters) => {
  const SITE = textOf(parameters, "SITE");
  return {
    headEnd: (reference) => ({
      handle(state, input) {
        const { [SITE]: _, ...sites } = state.config.sites;
        return reference.handle({ ...state, config: { ...state.config, sites } }, input);
      },
    }),
  };
};

/** `path`: asks the merchant for it before the page is shown. */
const download: Behaviour = (parameters) => {
  const path = textOf(parameters, "path");
  return {
    headEnd: ignoring(
      (input, { phase }) => input.kind === "http" && phase === "card-information",
      (output, state) => {
        const { origin, session } = state;
        if (output.kind !== "send-cable" || output.message.kind !== "page" || origin === undefined) return [output];
        return [{ kind: "post", origin, path, session, form: [] }, output];
      },
    ),
  };
};

/** `host`, `port`: sends a draw request without card and page, amount zero, as soon as something is ordered. */
const earlyDraw: Behaviour = (parameters) => {
  const address = addressOf(parameters);
  const IDTRX = "00".repeat(16);
  const message = {
    kind: "draw-request",
    TOKEN: 0xd1,
    STATE: 0x01,
    IDMER: "MER00000",
    IDTRX,
    SECINFO: new Uint8Array(8),
    ATR: new Uint8Array(2),
    INITRSP: new Uint8Array(27),
    MPDA: 1,
    CURRPDA: "0000",
    CEXPPDA: 0,
  } as const;
  const early = encodeMessage(message);
  const act = (bytes: Uint8Array) =>
    equal(bytes, early) ? replaceElement(bytes, tagOf("MPDA"), (value) => new Uint8Array(value.length)) : bytes;
  return {
    // the codec encodes no amount of zero
    says: [{ link: "236", from: "head-end", message: 0xea, act, what: "seeded defect" }],
    headEnd: ignoring(isEarlyAnswer, (output) => {
      if (output.kind !== "post" || isConfirmation(output)) return [output];
      return [{ kind: "open-payment", ...address }, { kind: "send-payment", message }, output];
    }),
  };
};

/** Asks the payment server's side for each of the card's commands: a message for it leaves with the page. */
const relayStartUp: Behaviour = () => ({
  headEnd: ignoring(isEarlyAnswer, (output, { page }) => {
    if (output.kind !== "send-cable" || output.message.kind !== "page" || !page) return [output];
    const { HOST, PORT, IDTRX } = page;
    const message = { kind: "user-message", IDTRX, CC: "0000", TEXT: "RESET" } as const;
    return [{ kind: "open-payment", HOST, PORT }, { kind: "send-payment", message }, output];
  }),
});

export const HEAD_END_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "head-end-fixed-payment-server": fixedPaymentServer,
  "head-end-early-sent-log": earlySentLog,
  "head-end-keep-debit-command": keepDebitCommand,
  "head-end-confirm-at-start-page": confirmAtStartPage,
  "head-end-early-debited": earlyDebited,
  "head-end-keep-negative": keepNegative,
  "head-end-confirm-anything": confirmAnything,
  "head-end-success-anyway": successAnyway,
  "head-end-small-buffer": smallBuffer,
  "head-end-forget-site": forgetSite,
  "head-end-download": download,
  "head-end-early-draw": earlyDraw,
  "head-end-relay-start-up": relayStartUp,
};

function addressOf(parameters: Parameters): { readonly HOST: string; readonly PORT: number } {
  return { HOST: textOf(parameters, "host"), PORT: numberOf(parameters, "port") };
}

function isConfirmation({ form }: Extract<HeadEndOutput, { kind: "post" }>): boolean {
  return form.some(([name]) => name === "confirmation");
}

function isDebitedMessage({ message }: Extract<HeadEndOutput, { kind: "send-cable" }>): boolean {
  return message.kind === "user-message" && message.CC === "0000";
}

/** Answers to what was sent to the payment server before its time. */
function isEarlyAnswer({ kind }: HeadEndInput, { phase }: HeadEndState): boolean {
  const isEarly = phase === "ordering" || phase === "checkout" || phase === "card-information";
  return isEarly && (kind === "payment-open" || kind === "payment-sent" || kind === "payment-lost");
}

/** The role with more outputs, whose answers it does not look at. */
function ignoring(
  isIgnored: (input: HeadEndInput, state: HeadEndState) => boolean,
  map: (output: HeadEndOutput, state: HeadEndState) => readonly HeadEndOutput[],
): (reference: HeadEndRole) => HeadEndRole {
  return (reference) => ({
    handle(state, input) {
      if (isIgnored(input, state)) return { state, outputs: [] };
      const step = reference.handle(state, input);
      return { ...step, outputs: step.outputs.flatMap((output) => map(output, step.state)) };
    },
  });
}
