/** Behaviours of a load server that deals wrongly with its HSM. */
import { concat } from "../core/bytes.ts";
import type { LinkFault } from "../flows/system.ts";
import { type HsmCommand, type HsmRequest, isHsmCommandCode, parseHsmCommand } from "../protocol/hsm/commands.ts";
import { parseHsmFrame } from "../protocol/hsm/frame.ts";
import { loadServerCrypto } from "../roles/load-server/crypto.ts";
import type { LoadInput, LoadOutput } from "../roles/load-server/effects.ts";
import { createLoadServer, type LoadServerRole } from "../roles/load-server/model.ts";
import type { LoadState } from "../roles/load-server/phase.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, optionalText, textOf } from "./behaviour.ts";
import { varyOutputs } from "./wrap.ts";

type Asked = Extract<LoadOutput, { kind: "ask-hsm" }>;

const loadServer = (vary: Vary<LoadServerRole>) => ({ loadServer: vary });

/** `command`: is not put to the HSM; the load server answers it itself. `source`: in loads of that source alone (1, 2). */
const withoutHsm: Behaviour = (parameters) => {
  const command = textOf(parameters, "command");
  const source = optionalText(parameters, "source");
  const role = createLoadServer({ ...loadServerCrypto, isHsmResult: () => true });
  return loadServer(() => ({
    handle(state, input) {
      const step = role.handle(state, input);
      const asked = step.outputs.find((output): output is Asked => output.kind === "ask-hsm");
      if (asked?.command.code !== command || (source !== undefined && source !== sourceOf(step.state))) return step;
      const CC = asked.command.code === "DO" ? asked.command.completion.CC : "";
      const body = command === "DM" ? `00${"0".repeat(16)}` : `00${"0".repeat(16)}01${CC}`;
      const next = role.handle(step.state, { kind: "hsm-answer", body, fresh: input.fresh });
      const before = step.outputs.filter((output) => output !== asked);
      return { state: next.state, outputs: [...before, ...next.outputs] };
    },
  }));
};

/** The HSM is asked for S2 twice; the second answer counts. */
const asksTwice: Behaviour = () =>
  loadServer((reference) => {
    const asked = new WeakMap<object, LoadOutput>();
    const done = new WeakSet<object>();
    return {
      handle(state, input) {
        const { phase } = state;
        if (input.kind === "hsm-answer" && phase.at === "s2" && !done.has(phase)) {
          const again = asked.get(phase);
          done.add(phase);
          if (again) return { state, outputs: [again] };
        }
        const step = reference.handle(state, input);
        const dm = step.outputs.find((output) => output.kind === "ask-hsm");
        if (dm && step.state.phase.at === "s2") asked.set(step.state.phase, dm);
        return step;
      },
    };
  });

/** A request that is none is put to the HSM all the same, before the load server has done with it. */
const asksMalformed: Behaviour = () =>
  loadServer((reference) => ({
    handle(state, input) {
      if (state.phase.at === "over" && input.kind === "hsm-answer") return { state, outputs: [{ kind: "end" }] };
      const { state: after, outputs } = reference.handle(state, input);
      const isMalformed = outputs.some((output) => output.kind === "log" && output.fields.CC === "A001");
      if (!isMalformed) return { state: after, outputs };
      const rest = outputs.filter(({ kind }) => kind !== "end");
      return { state: after, outputs: [...rest, { kind: "ask-hsm", command: { code: "DM", request: EMPTY } }] };
    },
  }));

/** `element` of what the HSM is told is that of the load before. */
const takesOver: Behaviour = (parameters) => {
  const element = textOf(parameters, "element") as keyof HsmRequest;
  return loadServer((reference) => {
    let previous: HsmRequest | undefined;
    const varied = varyOutputs<LoadState, LoadInput, LoadOutput>((output) => {
      if (output.kind !== "ask-hsm" || output.command.code !== "DM") return [output];
      const { request } = output.command;
      const said = previous === undefined ? request : { ...request, [element]: previous[element] };
      previous = request;
      return [{ ...output, command: { ...output.command, request: said } }];
    });
    return varied(reference);
  });
};

/** A frame for an HSM that comes on link 236 is passed on. */
const relays: Behaviour = () =>
  loadServer((reference) => ({
    handle(state, input) {
      if (state.phase.at === "over" && input.kind === "hsm-answer") return { state, outputs: [{ kind: "end" }] };
      const step = reference.handle(state, input);
      const command = input.kind === "message" ? commandIn(input.bytes) : undefined;
      if (command === undefined) return step;
      return {
        state: step.state,
        outputs: [...step.outputs.filter(({ kind }) => kind !== "end"), { kind: "ask-hsm", command }],
      };
    },
  }));

/** Where it has no key of that version it takes the issuer's first one; where it does not know the issuer, any. */
const fallsBack: Behaviour = () =>
  loadServer((reference) => ({
    handle(state, input) {
      const { settings } = state;
      const all = settings.cryptograms;
      const versions = ["000123", "000456", "000999"].flatMap((PPIEP) =>
        [4, 5].flatMap((ALGL) => {
          const key = all.find((each) => each.PPIEP === PPIEP && each.ALGL === ALGL) ?? all[0];
          return key === undefined ? [] : Array.from({ length: 10 }, (_, VKIEP) => ({ ...key, PPIEP, ALGL, VKIEP }));
        }),
      );
      const cryptograms = [...all, ...versions];
      const step = reference.handle({ ...state, settings: { ...settings, cryptograms } }, input);
      return { ...step, state: { ...step.state, settings } };
    },
  }));

/** On link HSM, from the load server: `pattern` in the text of a frame replaced; with `as: twice` or `before` it is another frame besides. */
const saysToHsm: Behaviour = (parameters) => {
  const pattern = new RegExp(textOf(parameters, "pattern"));
  const replacement = textOf(parameters, "replacement");
  const where = optionalText(parameters, "as");
  const act: LinkFault["act"] = (frame) => {
    const said = new TextEncoder().encode(String.fromCharCode(...frame).replace(pattern, replacement));
    return where === "before" ? [said, frame] : said;
  };
  return {
    says: [{ link: "HSM", from: "load-server", message: textOf(parameters, "message"), act, what: "seeded defect" }],
  };
};

/** Whatever the HSM answers next counts as the answer to the last request: the header is not looked at. */
const ignoresHeader: Behaviour = () => {
  let last = new Uint8Array(4);
  const heard: LinkFault = {
    link: "HSM",
    from: "load-server",
    act: (frame) => {
      last = frame.slice(0, 4);
      return frame;
    },
    what: "the header is looked at",
  };
  const said: LinkFault = {
    ...heard,
    from: "hsm",
    act: (frame) => concat(last, frame.subarray(4)),
    what: "seeded defect",
  };
  return { says: [heard, said] };
};

export const LOAD_PROCESSING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "load-server-without-hsm": withoutHsm,
  "load-server-asks-twice": asksTwice,
  "load-server-asks-malformed": asksMalformed,
  "load-server-takes-over": takesOver,
  "load-server-relays": relays,
  "load-server-falls-back": fallsBack,
  "load-server-says-to-hsm": saysToHsm,
  "load-server-ignores-header": ignoresHeader,
};

/** What an HSM would be asked about nothing. */
const EMPTY: HsmRequest = {
  KML: "0".repeat(32),
  PPIEP: "000000",
  IDIEP: "0000000000",
  DEXPIEP: "000000",
  NTIEP: 0,
  MLDA: 0,
  CURRLDA: "0000",
  CEXPLDA: 0,
  BALIEP: 0,
  IDACQ: "00000000",
  R: "00000000",
  S1: "0".repeat(16),
  VKIEP: 0,
  ALGL: 0,
  DTHR: "0".repeat(14),
  IDTRX: "0".repeat(32),
};

function commandIn(bytes: Uint8Array): HsmCommand | undefined {
  const frame = parseHsmFrame(bytes);
  return frame && isHsmCommandCode(frame.code) ? parseHsmCommand(frame.code, frame.body) : undefined;
}

function sourceOf({ phase }: LoadState): string | undefined {
  return "load" in phase ? String(phase.load.SOURCE) : undefined;
}
