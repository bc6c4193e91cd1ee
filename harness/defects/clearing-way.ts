/** Defects of collection and concentration point (`clearing.md` 3 and 4), and of PSAMs that are collected from. */
import { flipBit } from "../core/bytes.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type {
  ConcentrationPointInput,
  ConcentrationPointOutput,
  ConcentrationPointState,
} from "../roles/concentration-point/effects.ts";
import type { NewBatch } from "../roles/concentration-point/store/contracts.ts";
import type { CollectInput, CollectOutput, CollectState } from "../roles/payment-server/collect-effects.ts";
import { type Behaviour, textOf } from "./behaviour.ts";
import { afterCommand, answering, answerOf, withMemory } from "./psam-steps.ts";
import { varyInputs, varyOutputs, varyState } from "./wrap.ts";

const collecting = (map: (output: CollectOutput) => readonly CollectOutput[]) => ({
  collecting: varyOutputs<CollectState, CollectInput, CollectOutput>(map),
});

const point = (map: (output: ConcentrationPointOutput) => readonly ConcentrationPointOutput[]) => ({
  concentrationPoint: varyOutputs<ConcentrationPointState, ConcentrationPointInput, ConcentrationPointOutput>(map),
});

/** Only from the first terminal of the pool. */
const collectsFirstOnly: Behaviour = () => {
  let first: string | undefined;
  return {
    collecting: (reference) => ({
      handle(state, input) {
        if (input.kind !== "collect") return reference.handle(state, input);
        first ??= input.IDTERM;
        if (input.IDTERM === first) return reference.handle(state, input);
        return { state: { ...state, phase: { at: "over" } }, outputs: [{ kind: "end" }] };
      },
    }),
  };
};

/** Nothing but the newest sale of a terminal. */
const readsNewest: Behaviour = () => ({
  collecting: varyState<CollectState, CollectInput, CollectOutput>(({ after }) => {
    const { phase } = after;
    return phase.at === "choosing" ? { ...after, phase: { ...phase, records: phase.records.slice(-1) } } : after;
  }),
});

/** The lines of a batch leave out its last sale. */
const omitsLast: Behaviour = () =>
  collecting((output) => {
    if (output.kind !== "store-asked") return [output];
    const { collection } = output;
    return [
      {
        ...output,
        collection: {
          ...collection,
          MEMBERS: collection.MEMBERS.slice(0, Math.max(60, collection.MEMBERS.length - 60)),
        },
      },
    ];
  });

/** A batch that is sent is taken for acknowledged. */
const acknowledgesEarly: Behaviour = () =>
  collecting((output) =>
    output.kind === "store-sent"
      ? [output, { kind: "store-acknowledged", sequence: output.sequence, refused: [] }]
      : [output],
  );

/** A PSAM that holds a collection beyond its acknowledgement is asked for the next one again and again. */
const neverReopens: Behaviour = () => ({
  collecting: varyInputs<CollectState, CollectInput, CollectOutput>((input, { phase }) =>
    input.kind === "found" && (phase.at === "reopening" || phase.at === "doubting")
      ? { ...input, batch: undefined }
      : input,
  ),
});

/** Acknowledgements go to another terminal; `what` "update": updates are altered. */
const tellsWrongly: Behaviour = (parameters) => {
  const isUpdate = textOf(parameters, "what") === "update";
  return collecting((output) => {
    if (output.kind !== "ask-terminal") return [output];
    const message = parseMessage(output.bytes);
    if (isUpdate && message.kind === "t-update") {
      return [{ ...output, bytes: encodeMessage({ ...message, UPDATE: flipBit(message.UPDATE, 0) }) }];
    }
    if (isUpdate || message.kind !== "t-acknowledge") return [output];
    const IDTERM = message.IDTERM === "00000001" ? "00000002" : "00000001";
    return [{ ...output, IDTERM, bytes: encodeMessage({ ...message, IDTERM }) }];
  });
};

/** Batches of all terminals are kept in one place: the first one stays. */
const keepsOneBatch: Behaviour = () => {
  let kept: NewBatch | undefined;
  return point((output) => {
    if (output.kind !== "store-batch") return [output];
    kept ??= output.batch;
    return [{ ...output, batch: kept }];
  });
};

/** What cannot be forwarded is thrown away, as if clearing had refused it. */
const discards: Behaviour = () => ({
  concentrationPoint: varyOutputs<ConcentrationPointState, ConcentrationPointInput, ConcentrationPointOutput>(
    (output, { before: { phase } }) => {
      if (output.kind !== "trouble" || phase.at !== "forwarding") return [output];
      const { IDCP, BATCHNO, NTCOL } = phase.batch;
      const answer = { kind: "batch-refusal", IDCP, BATCHNO, NTCOL, CC: "A001" } as const;
      return [{ kind: "answered", batch: phase.batch, answer, updates: [] }, output];
    },
  ),
});

/** Updates are dropped where an acknowledgement is given. */
const dropsUpdates: Behaviour = () => ({
  concentrationPoint: varyInputs<ConcentrationPointState, ConcentrationPointInput, ConcentrationPointOutput>(
    (input) => {
      if (input.kind !== "waiting") return input;
      const answers = input.messages.filter(({ kind }) => kind !== "system-update");
      return answers.length > 0 ? { ...input, messages: answers } : input;
    },
  ),
});

/** `from` is answered as `to`. */
const respondsOtherwise: Behaviour = (parameters) => {
  const [from, to] = [Number(textOf(parameters, "from")), Number(textOf(parameters, "to"))];
  return point((output) =>
    output.kind === "respond" && output.response.status === from
      ? [{ ...output, response: { ...output.response, status: to } }]
      : [output],
  );
};

const COLLECT = 0x7600;
const END_OF_COLLECTION = 0x7a00;
const UPDATE = 0x8200;

/** A collection ends the transaction that is open. */
const collectForgetsOpen: Behaviour = () => ({
  psam: afterCommand(COLLECT, ({ step }) => withMemory(step, { ...step.state.memory, open: null })),
});

/** `what`: "acknowledgement" or "update"; whatever it is signed with is right. */
const believesSignature: Behaviour = (parameters) => {
  const command = textOf(parameters, "what") === "update" ? UPDATE : END_OF_COLLECTION;
  return {
    psam: afterCommand(command, ({ step }) =>
      answerOf(step)?.SW === 0x9302 ? answering(step, new Uint8Array(0)) : step,
    ),
  };
};

/** The PSAM says that it has applied an update, and goes on as before. */
const ignoresUpdates: Behaviour = () => ({
  psam: afterCommand(UPDATE, ({ before, step }) =>
    answerOf(step)?.SW === 0x9000
      ? withMemory(step, { ...before.memory, NTUPD: step.state.memory.NTUPD, updated: step.state.memory.updated })
      : step,
  ),
});

export const CLEARING_WAY_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "collecting-first-only": collectsFirstOnly,
  "collecting-reads-newest": readsNewest,
  "collecting-omits-last": omitsLast,
  "collecting-acknowledges-early": acknowledgesEarly,
  "collecting-never-reopens": neverReopens,
  "collecting-tells-wrongly": tellsWrongly,
  "point-keeps-one-batch": keepsOneBatch,
  "point-discards": discards,
  "point-drops-updates": dropsUpdates,
  "point-responds-otherwise": respondsOtherwise,
  "psam-collect-forgets-open": collectForgetsOpen,
  "psam-believes-clearing": believesSignature,
  "psam-ignores-updates": ignoresUpdates,
};
