/** Load servers that judge a negative result wrongly (`load.md` 5). */
import { PursebenchError } from "../core/errors.ts";
import type { HsmCommand } from "../protocol/hsm/commands.ts";
import { type LoadServerChecks, loadServerChecks } from "../roles/load-server/checks.ts";
import { loadServerCrypto } from "../roles/load-server/crypto.ts";
import type { LoadInput, LoadOutput } from "../roles/load-server/effects.ts";
import { createLoadServer } from "../roles/load-server/model.ts";
import type { LoadState } from "../roles/load-server/phase.ts";
import { minutesBetween } from "../roles/load-server/request-checks.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { varyOutputs } from "./wrap.ts";

type NegativeCommand = Extract<HsmCommand, { code: "DU" }>;
type CompletionCommand = Extract<HsmCommand, { code: "DO" }>;

/** `what`: the comparison that is not made. */
const overlooks: Behaviour = (parameters) => ({
  loadServer: () => createLoadServer(loadServerCrypto, { ...loadServerChecks, ...without(textOf(parameters, "what")) }),
});

function without(what: string): Partial<LoadServerChecks> {
  const { mismatchOfRequest, mismatchOfCard, mismatchOfAnswer } = loadServerChecks;
  switch (what) {
    case "amount":
      return { isAsAsked: ({ card }, answer) => answer.NTIEP === card.NTIEP };
    case "transaction":
      return { isAsAsked: ({ init, card }, answer) => answer.BALIEP === card.BALIEP + init.MLDA };
    case "counter":
      return {
        mismatchOfCard(load, fresh) {
          const found = mismatchOfCard(load, fresh);
          return found?.entry === "negative-replayed" ? undefined : found;
        },
      };
    case "answer":
      return {
        mismatchOfAnswer: (load, answer) => (answer.CC === "0000" ? undefined : mismatchOfAnswer(load, answer)),
      };
    default:
      // as if the element were that of the original: those after it are still compared
      return {
        mismatchOfRequest(load, { init, card }) {
          const fresh = { init: { ...init, ...taken(what, load.init) }, card: { ...card, ...taken(what, load.card) } };
          return mismatchOfRequest(load, fresh);
        },
        mismatchOfCard: (load, fresh) => mismatchOfCard(load, { ...fresh, ...taken(what, load.card) }),
      };
  }
}

/** The one element of that name, of what has it. */
function taken(name: string, from: object): object {
  if (name === "MLDA") return "MLDA" in from ? { MLDA: 0 } : {};
  return Object.fromEntries(Object.entries(from).filter(([each]) => each === name));
}

/** A zero value load request of the same second, or of the last minute that it may come in, is refused. */
const isStrict: Behaviour = () => ({
  loadServer: () =>
    createLoadServer(loadServerCrypto, {
      ...loadServerChecks,
      mismatchOfRequest(load, fresh) {
        const later = minutesBetween(load.init.DTHR, fresh.init.DTHR);
        const found = loadServerChecks.mismatchOfRequest(load, fresh);
        return found ?? (later <= 0 || later >= 60 ? { entry: "negative-mismatch", what: "DTHR" } : undefined);
      },
    }),
});

/** A load server that starts takes what it had left open for loaded. */
const startsWrongly: Behaviour = () => ({
  loadDatabase: (reference) => ({
    insertLoad: (row, lines) => reference.insertLoad(row, lines),
    updateLoad: (name, change, lines) =>
      reference.updateLoad(name, change.CC === "A019" ? { ...change, status: "loaded", CC: "0000" } : change, lines),
    markBooked: (name) => reference.markBooked(name),
    appendLog: (lines) => reference.appendLog(lines),
    load: (name) => reference.load(name),
    loadsByStatus: (...statuses) => reference.loadsByStatus(...statuses),
    loads: () => reference.loads(),
    log: (IDTRX) => reference.log(IDTRX),
    [Symbol.asyncDispose]: () => reference[Symbol.asyncDispose](),
  }),
});

/** Every word under KLS is taken for the HSM's. */
const believesHsm: Behaviour = () => ({
  loadServer: () => createLoadServer({ ...loadServerCrypto, isHsmResult: () => true }),
});

/** `what`: how the question about both S1 is wrong. */
const asksWrongly: Behaviour = (parameters) => {
  const change = changeOfQuestion(textOf(parameters, "what"));
  return {
    loadServer: varyOutputs<LoadState, LoadInput, LoadOutput>((output) =>
      output.kind === "ask-hsm" && output.command.code === "DU"
        ? [{ ...output, command: change(output.command) }]
        : [output],
    ),
  };
};

function changeOfQuestion(what: string): (command: NegativeCommand) => NegativeCommand {
  switch (what) {
    case "balance-after":
      return (command) => {
        const { request, fresh } = command;
        return fresh.NTIEP === request.NTIEP
          ? { ...command, fresh: { ...fresh, BALIEP: request.BALIEP + request.MLDA } }
          : command;
      };
    case "balance-before":
      return (command) => ({ ...command, fresh: { ...command.fresh, BALIEP: command.request.BALIEP } });
    case "first-signature":
      return (command) => ({ ...command, fresh: { ...command.fresh, S1: command.request.S1 } });
    case "not-lowered":
      return (command) => ({ ...command, lowered: command.fresh.NTIEP });
    case "raised":
      return (command) => ({
        ...command,
        lowered: command.fresh.NTIEP,
        request: { ...command.request, NTIEP: command.fresh.NTIEP },
      });
    case "signed-lowered":
      return (command) => ({ ...command, fresh: { ...command.fresh, NTIEP: command.lowered } });
    default:
      throw unknown(what);
  }
}

/** The held S3 is shown to the HSM before the question about both S1. */
const showsEarly: Behaviour = () => {
  let held: LoadOutput | undefined;
  return {
    loadServer: (reference) => ({
      handle(before, input) {
        if (held !== undefined && input.kind === "hsm-answer") {
          const question = held;
          held = undefined;
          return { state: before, outputs: [question] };
        }
        const { state, outputs } = reference.handle(before, input);
        const question = outputs.find((output) => output.kind === "ask-hsm" && output.command.code === "DU");
        if (
          state.phase.at !== "negative" ||
          state.phase.answer === undefined ||
          question?.kind !== "ask-hsm" ||
          question.command.code !== "DU"
        )
          return { state, outputs };
        held = question;
        const { CC, S3 } = state.phase.answer;
        const { request } = question.command;
        const early: CompletionCommand = { code: "DO", request, completion: { CC, BALIEP: request.BALIEP, S3 } };
        return {
          state,
          outputs: outputs.map((output) => (output === question ? { kind: "ask-hsm", command: early } : output)),
        };
      },
    }),
  };
};

/** The result code stays negative after an S1 that is not right. */
const leavesCode: Behaviour = () => ({
  loadServer: varyOutputs<LoadState, LoadInput, LoadOutput>((output, { after: { phase } }) => {
    if (
      output.kind !== "ask-hsm" ||
      output.command.code !== "DO" ||
      phase.at !== "negative-s3" ||
      phase.judged === "as-signed"
    )
      return [output];
    const { CC, S3 } = phase.answer;
    return [
      { ...output, command: { ...output.command, completion: { CC, BALIEP: output.command.request.BALIEP, S3 } } },
    ];
  }),
});

/** A negative result that is proved is not completed: the load stays as it is. */
const leavesOpen: Behaviour = () => ({
  loadServer: (reference) => ({
    handle(before, input) {
      const { state, outputs } = reference.handle(before, input);
      if (state.phase.at !== "negative-s3" || state.phase.judged !== "as-signed") return { state, outputs };
      return {
        state: { ...state, phase: { at: "over" } },
        outputs: [...outputs.filter(({ kind }) => kind === "log"), { kind: "end" }],
      };
    },
  }),
});

export const LOAD_NEGATIVE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "load-server-overlooks": overlooks,
  "load-server-is-strict-with-dates": isStrict,
  "load-server-starts-wrongly": startsWrongly,
  "load-server-believes-hsm": believesHsm,
  "load-server-asks-wrongly": asksWrongly,
  "load-server-shows-early": showsEarly,
  "load-server-leaves-code": leavesCode,
  "load-server-leaves-open": leavesOpen,
};

function unknown(name: string): PursebenchError {
  return new PursebenchError("USAGE", `no way to judge a negative result wrongly is called "${name}"`);
}
