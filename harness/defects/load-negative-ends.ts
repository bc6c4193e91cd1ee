/** Load servers that end a load as soon as they know something, and ask nobody any more (`load.md` 5). */
import { PursebenchError } from "../core/errors.ts";
import type { LoadServerRole } from "../roles/load-server/model.ts";
import type { LoadState, PhaseAt } from "../roles/load-server/phase.ts";
import { type Behaviour, textOf } from "./behaviour.ts";

/** `when`, `ends`: a load ends like that as soon as this is known, and nobody is asked any more. */
const concludes: Behaviour = (parameters) => {
  const isDue = momentOf(textOf(parameters, "when"));
  const status = textOf(parameters, "ends") === "loaded" ? "loaded" : "not-loaded";
  return {
    loadServer: (reference) => ({
      handle(before, input) {
        const step = reference.handle(before, input);
        const load = isDue(step, before);
        if (load === undefined) return step;
        const { IDMER, IDTRX } = load;
        const CC = status === "loaded" ? "0000" : "940B";
        const kept = step.outputs.filter(({ kind }) => kind === "log");
        const settle = { kind: "settle", name: { IDMER, IDTRX }, change: { status, CC } } as const;
        return { state: { ...step.state, phase: { at: "outcome" } }, outputs: [...kept, settle] };
      },
    }),
  };
};

type LoadStep = ReturnType<LoadServerRole["handle"]>;
type Named = { readonly IDMER: string; readonly IDTRX: string };

function momentOf(when: string): (step: LoadStep, before: LoadState) => Named | undefined {
  const asked = (step: LoadStep) => (step.state.phase.at === "negative" ? step.state.phase : undefined);
  const judged = (step: LoadStep, entry: string) =>
    step.outputs.some((output) => output.kind === "log" && output.entry === entry);
  const known = (before: LoadState, isFit: (phase: PhaseAt<"negative">) => boolean) =>
    before.phase.at === "negative" && isFit(before.phase) ? before.phase.load : undefined;
  switch (when) {
    case "negative code":
      return (step, before) =>
        before.phase.at === "load-response" && isRefused(step, 0xee, "A027") ? before.phase.load : undefined;
    case "equal counters":
      return (step) => (asked(step)?.isEqual === true ? asked(step)?.load : undefined);
    case "higher counters":
      return (step) => (asked(step)?.isEqual === false ? asked(step)?.load : undefined);
    case "negative result":
      return (step) => asked(step)?.load;
    case "no match":
      return (step, before) => (judged(step, "s1-mismatch") ? known(before, () => true) : undefined);
    case "no match of higher counters":
      return (step, before) => (judged(step, "s1-mismatch") ? known(before, ({ isEqual }) => !isEqual) : undefined);
    case "match of higher counters":
      return (step, before) =>
        judged(step, "negative-verified") ? known(before, ({ isEqual }) => !isEqual) : undefined;
    case "match":
      return (step, before) => (judged(step, "negative-verified") ? known(before, () => true) : undefined);
    case "refused message":
      return (step, before) =>
        before.phase.at === "load-response" && judged(step, "message-refused") ? before.phase.load : undefined;
    case "no answer":
      return (step, before) =>
        before.phase.at === "load-response" && step.state.phase.at === "challenge" ? before.phase.load : undefined;
    case "silence":
      return (step, before) =>
        before.phase.at === "load-response" && judged(step, "load-unresolved") ? before.phase.load : undefined;
    case "challenge refused":
      return (step, before) =>
        judged(step, "load-unresolved") ? known(before, ({ answer }) => answer === undefined) : undefined;
    case "code changed in vain":
      return (step, before) =>
        before.phase.at === "negative-s3" && judged(step, "negative-unproven") ? before.phase.load : undefined;
    case "S3 wrong":
      return (step, before) =>
        before.phase.at === "negative-s3" && judged(step, "s3-mismatch") ? before.phase.load : undefined;
    case "HSM in trouble":
      return (step, before) => {
        const { phase } = before;
        const isTrouble = step.outputs.some(
          (output) => output.kind === "log" && output.entry === "load-unresolved" && output.fields.CC === "A026",
        );
        return isTrouble && (phase.at === "negative" || phase.at === "negative-s3") ? phase.load : undefined;
      };
    default:
      throw new PursebenchError("USAGE", `no moment of a negative result is called "${when}"`);
  }
}

/** A refusal with that code stands last in the message. */
function isRefused({ outputs }: LoadStep, tag: number, CC: string): boolean {
  return outputs.some((output) => {
    if (output.kind !== "send" || output.bytes[0] !== tag) return false;
    const [high = 0, low = 0] = output.bytes.slice(-2);
    return ((high << 8) | low).toString(16).toUpperCase() === CC;
  });
}

export const LOAD_NEGATIVE_END_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "load-server-concludes": concludes,
};
