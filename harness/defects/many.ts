/** Defects that show only when several transactions go on at once. */
import { parseMessage } from "../protocol/messages/message.ts";
import type { HeadEndInput, HeadEndOutput } from "../roles/head-end/events.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import type { PaymentInput, PaymentOutput } from "../roles/payment-server/effects.ts";
import type { PaymentState } from "../roles/payment-server/phase.ts";
import { type Behaviour, numberOf } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

/** A box gets the debit command of another purchase that is under way; its own when there is none. */
const crossesCommands: Behaviour = () => {
  const open = new Map<string, HeadEndOutput>();
  return {
    headEnd: varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>((output) => {
      if (output.kind !== "send-cable" || !("IDTRX" in output.message)) return [output];
      const { kind, IDTRX = "" } = output.message;
      if (kind === "result" || kind === "user-message") open.delete(IDTRX);
      if (kind !== "debit-command") return [output];
      const [other] = open.values();
      open.set(IDTRX, output);
      return [other ?? output];
    }),
  };
};

/** A box gets what the last one has bought that bought at the same time. */
const crossesDeliveries: Behaviour = () => {
  const underWay = new Set<string>();
  let last: string | undefined;
  return {
    headEnd: varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>((output) => {
      if (output.kind !== "send-cable" || !("IDTRX" in output.message)) return [output];
      const { message } = output;
      const { IDTRX = "" } = message;
      if (message.kind === "debit-command") underWay.add(IDTRX);
      if (message.kind !== "result") return [output];
      underWay.delete(IDTRX);
      const said = last ?? message.CONTENT;
      last = underWay.size > 0 ? message.CONTENT : undefined;
      return [{ ...output, message: { ...message, CONTENT: said } }];
    }),
  };
};

/** What a user is told names the transaction of another one who buys at the same time. */
const gossips: Behaviour = () => {
  const underWay = new Set<string>();
  return {
    headEnd: varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>((output) => {
      if (output.kind !== "send-cable" || !("IDTRX" in output.message)) return [output];
      const { message } = output;
      const { IDTRX = "" } = message;
      if (message.kind === "debit-command") underWay.add(IDTRX);
      if (message.kind === "result") underWay.delete(IDTRX);
      const other = [...underWay].find((each) => each !== IDTRX);
      if (message.kind !== "user-message" || other === undefined) return [output];
      return [{ ...output, message: { ...message, TEXT: `${message.TEXT} ${other}` } }];
    }),
  };
};

/** `nth`: the transaction that, once it is given a terminal, gives it back and waits behind all others. */
const letsOthersPass: Behaviour = (parameters) => {
  const nth = numberOf(parameters, "nth");
  let given = 0;
  return {
    paymentServer: (reference) => ({
      handle(before, input) {
        const { phase } = before;
        if (
          input.kind !== "terminal" ||
          phase.at !== "free-terminal" ||
          input.IDTERM === undefined ||
          ++given !== nth
        ) {
          return reference.handle(before, input);
        }
        const { IDTERM } = input;
        const again = { kind: "acquire-terminal", among: phase.agreement.terminals } as const;
        return { state: before, outputs: [{ kind: "release-terminal", IDTERM }, again] };
      },
    }),
  };
};

/** A first message that cannot be read makes it hang up on everybody from then on. */
const sulks: Behaviour = () => {
  let isOffended = false;
  return {
    paymentServer: varyInputs<PaymentState, PaymentInput, PaymentOutput>((input) => {
      if (input.kind === "message" && parseMessage(input.bytes).kind === "unrecognised") isOffended = true;
      return input.kind === "message" && isOffended ? { kind: "lost" } : input;
    }),
  };
};

type Holding = PaymentState & { readonly held?: string | undefined };

/** A channel takes a terminal as soon as it opens, and gives it back only when it asks for one. */
const takesTerminalsEarly: Behaviour = () => ({
  paymentServer: (reference) => ({
    handle(before: Holding, input) {
      if (before.phase.at === "first-message" && input.kind === "connected") {
        return { state: before, outputs: [{ kind: "acquire-terminal" }] };
      }
      if (before.phase.at === "first-message" && input.kind === "terminal") {
        const step = reference.handle(before, { kind: "connected" });
        return { ...step, state: { ...step.state, held: input.IDTERM } };
      }
      const { state, outputs } = reference.handle(before, input);
      const { held } = before;
      if (held === undefined || !outputs.some(({ kind }) => kind === "acquire-terminal")) return { state, outputs };
      return {
        state: { ...state, held: undefined },
        outputs: [{ kind: "release-terminal", IDTERM: held }, ...outputs],
      };
    },
  }),
});

export const MANY_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "head-end-crosses-commands": crossesCommands,
  "head-end-crosses-deliveries": crossesDeliveries,
  "head-end-gossips": gossips,
  "payment-server-lets-others-pass": letsOthersPass,
  "payment-server-sulks": sulks,
  "payment-server-takes-terminals-early": takesTerminalsEarly,
};
