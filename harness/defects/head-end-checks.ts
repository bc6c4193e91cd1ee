/** Behaviours of a head end that checks the card wrongly before the draw request (609). */
import { uintToBytes } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { HeadEndInput, HeadEndOutput } from "../roles/head-end/events.ts";
import type { HeadEndRole } from "../roles/head-end/model.ts";
import { drawRequest } from "../roles/head-end/payment.ts";
import type { HeadEndState } from "../roles/head-end/state.ts";
import { type Behaviour, numberOf, textOf } from "./behaviour.ts";
import { varyInputs, varyOutputs } from "./wrap.ts";

const DEXPIEP_OFFSET = 9;
const BALIEP_OFFSET = 12;
const CURRENCY_OFFSET = 16;
const NEVER = Uint8Array.of(0x99, 0x12, 0x31);

/** `check`: "currency", "expiry" or "balance", which always holds. */
const skipCheck: Behaviour = (parameters) => {
  const check = textOf(parameters, "check");
  return { headEnd: (reference) => judging(reference, (INITRSP, state) => satisfied(check, INITRSP, state)) };
};

/** `by`: minor units that the balance counts more than it is. */
const shiftBalance: Behaviour = (parameters) => {
  const by = numberOf(parameters, "by");
  const shifted = (INITRSP: Uint8Array) => {
    const view = new DataView(INITRSP.buffer, INITRSP.byteOffset, INITRSP.byteLength);
    return withPart(INITRSP, BALIEP_OFFSET, uintToBytes(Math.max(0, view.getUint32(BALIEP_OFFSET) + by), 4));
  };
  return { headEnd: (reference) => judging(reference, shifted) };
};

/** `by`: days that the clock of the check is ahead. */
const shiftToday: Behaviour = (parameters) => {
  const by = numberOf(parameters, "by");
  return {
    headEnd: varyInputs<HeadEndState, HeadEndInput, HeadEndOutput>((input) =>
      input.kind === "cable" ? { ...input, today: dayAfter(input.today, by) } : input,
    ),
  };
};

/** After a failed check the draw request leaves all the same. */
const drawAnyway: Behaviour = () => ({
  headEnd: varyOutputs<HeadEndState, HeadEndInput, HeadEndOutput>((output, { input, before }) => {
    const { page } = before;
    if (before.phase !== "card-information" || input.kind !== "cable" || output.kind !== "send-cable") return [output];
    if (input.message.kind !== "card-information" || !page) return [output];
    const { ATR, INITRSP } = input.message;
    const message = drawRequest({ ...before, card: { ATR, INITRSP } });
    if (!message) return [output];
    const { HOST, PORT } = page;
    return [output, { kind: "open-payment", HOST, PORT }, { kind: "send-payment", message }];
  }),
});

export const HEAD_END_CHECK_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "head-end-skip-check": skipCheck,
  "head-end-shift-balance": shiftBalance,
  "head-end-shift-today": shiftToday,
  "head-end-draw-anyway": drawAnyway,
};

/** The role that judges by another INITRSP than the one it passes on. */
function judging(reference: HeadEndRole, seen: (INITRSP: Uint8Array, state: HeadEndState) => Uint8Array): HeadEndRole {
  return {
    handle(state, input) {
      if (state.phase !== "card-information" || input.kind !== "cable") return reference.handle(state, input);
      const { message } = input;
      if (message.kind !== "card-information") return reference.handle(state, input);
      const INITRSP = seen(message.INITRSP, state);
      const step = reference.handle(state, { ...input, message: { ...message, INITRSP } });
      const { card } = step.state;
      return card ? { ...step, state: { ...step.state, card: { ...card, INITRSP: message.INITRSP } } } : step;
    },
  };
}

function satisfied(check: string, INITRSP: Uint8Array, { page }: HeadEndState): Uint8Array {
  if (!page) return INITRSP;
  switch (check) {
    case "currency":
      return withPart(INITRSP, CURRENCY_OFFSET, currencyBytes(page.CURRPDA, page.CEXPPDA));
    case "expiry":
      return withPart(INITRSP, DEXPIEP_OFFSET, NEVER);
    case "balance":
      return withPart(INITRSP, BALIEP_OFFSET, uintToBytes(page.MPDA, 4));
    default:
      throw new PursebenchError("USAGE", `no check of the head end is called "${check}"`);
  }
}

function currencyBytes(CURRPDA: string, CEXPPDA: number): Uint8Array {
  return Uint8Array.of(Number.parseInt(CURRPDA.slice(0, 2), 16), Number.parseInt(CURRPDA.slice(2), 16), CEXPPDA);
}

function withPart(INITRSP: Uint8Array, offset: number, part: Uint8Array): Uint8Array {
  const altered = INITRSP.slice();
  altered.set(part, offset);
  return altered;
}

function dayAfter(YYMMDD: string, days: number): string {
  const [year = 0, month = 1, day = 1] = [0, 2, 4].map((at) => Number(YYMMDD.slice(at, at + 2)));
  return new Date(Date.UTC(2000 + year, month - 1, day + days)).toISOString().slice(2, 10).replaceAll("-", "");
}
