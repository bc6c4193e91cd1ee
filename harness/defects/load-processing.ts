/** Behaviours of a load server that deals wrongly with its HSM, its database or the confirmation; and of a bank that believes it. */
import { concat, fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { nonceLength, open, seal } from "../crypto/seal.ts";
import { openMessage, sealMessage } from "../crypto/sealed-message.ts";
import type { LinkFault } from "../flows/system.ts";
import { type HsmCommand, type HsmRequest, isHsmCommandCode, parseHsmCommand } from "../protocol/hsm/commands.ts";
import { parseHsmFrame } from "../protocol/hsm/frame.ts";
import { LAYOUTS } from "../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import { conclude } from "../roles/account-holder/confirm.ts";
import { loadServerCrypto } from "../roles/load-server/crypto.ts";
import type { LoadDatabase, LoadName, NewLoad } from "../roles/load-server/database/contracts.ts";
import type { LoadInput, LoadOutput } from "../roles/load-server/effects.ts";
import { createLoadServer, type LoadServerRole } from "../roles/load-server/model.ts";
import type { LoadState } from "../roles/load-server/phase.ts";
import type { Vary } from "../roles/role.ts";
import { type Behaviour, optionalText, textOf } from "./behaviour.ts";
import { LOAD_HSM_BEHAVIOURS } from "./load-hsm.ts";
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

/** `field` of a new row is `value`, or the row's own with `value` behind it when `append` is "yes"; the server finds it under its own name. */
const keepsOtherwise: Behaviour = (parameters) => {
  const field = textOf(parameters, "field");
  const value = textOf(parameters, "value");
  const isAppended = optionalText(parameters, "append") === "yes";
  const changed = (own: unknown) => {
    if (isAppended) return `${String(own)}${value}`;
    return value === "null" ? null : typeof own === "number" ? Number(value) : value;
  };
  return over((inner) => {
    const kept = new Map<string, LoadName>();
    const nameOf = (name: LoadName): LoadName => kept.get(name.IDMER + name.IDTRX) ?? name;
    const restored = (name: LoadName, row: Awaited<ReturnType<LoadDatabase["load"]>>) => row && { ...row, ...name };
    return {
      insertLoad: async (row, lines) => {
        const other = field in row ? { ...row, [field]: changed(row[field as keyof NewLoad]) } : row;
        kept.set(row.IDMER + row.IDTRX, { IDMER: other.IDMER, IDTRX: other.IDTRX });
        return await inner.insertLoad(other, lines);
      },
      updateLoad: async (name, change, lines) => {
        const own = change[field as keyof typeof change];
        const other = own === undefined ? change : { ...change, [field]: changed(own) };
        return restored(name, await inner.updateLoad(nameOf(name), other, lines));
      },
      load: async (name) => restored(name, await inner.load(nameOf(name))),
      markBooked: async (name) => await inner.markBooked(nameOf(name)),
    };
  });
};

/** A load is written down as loaded as soon as its command has left. */
const recordsEarly: Behaviour = () =>
  over((inner) => ({
    updateLoad: async (name, change, lines) => {
      const row = await inner.updateLoad(name, change, lines);
      return change.status === "command-sent" ? await inner.updateLoad(name, { status: "loaded", CC: "0000" }) : row;
    },
  }));

/** `change`: "no identifier", "in clear", "under the session key": what CONF of a load is. */
const confirmsOtherwise: Behaviour = (parameters) => {
  const change = textOf(parameters, "change");
  return loadServer(
    varyOutputs<LoadState, LoadInput, LoadOutput>((output, { after }) => {
      const { layer } = after;
      const message = output.kind === "send" ? parseMessage(output.bytes) : undefined;
      if (message?.kind !== "sealed-results" || layer?.at !== "open") return [output];
      const { suite, KDER, TSK, IDMER, IDTRX } = layer;
      const bound = concat(new TextEncoder().encode(IDMER), fromHex(IDTRX));
      const text = open(suite, KDER, bound, message.CONF);
      if (text === null) return [output];
      const nonce = message.CONF.slice(0, nonceLength(suite));
      const told: Readonly<Record<string, () => Uint8Array>> = {
        "no identifier": () =>
          seal(suite, KDER, nonce, bound, concat(text.subarray(0, 1), new Uint8Array(16), text.subarray(17))),
        "in clear": () => concat(text, new Uint8Array(message.CONF.length - text.length)),
        "under the session key": () => seal(suite, TSK, nonce, bound, text),
      };
      const CONF = told[change]?.();
      if (!CONF) throw new PursebenchError("USAGE", `no confirmation is called "${change}"`);
      return [{ kind: "send", bytes: encodeMessage({ ...message, CONF }) }];
    }),
  );
};

/** The load command goes out without S2; and, with `later: yes`, the whole of it after that. */
const withoutS2: Behaviour = (parameters) => {
  const isLater = optionalText(parameters, "later") === "yes";
  return loadServer(
    varyOutputs<LoadState, LoadInput, LoadOutput>((output, { after }) => {
      const { layer } = after;
      const outer = output.kind === "send" ? parseMessage(output.bytes) : undefined;
      if (outer?.kind !== "sealed" || layer?.at !== "open") return [output];
      const { suite, TSK, IDTRX } = layer;
      const inner = openMessage(suite, TSK, IDTRX, outer.SEALED, [LAYOUTS["load-command"].tag]);
      const command = inner ? parseMessage(inner) : undefined;
      if (command?.kind !== "load-command") return [output];
      const LOADDATA = concat(command.LOADDATA.subarray(0, 7), new Uint8Array(8));
      const nonce = outer.SEALED.slice(0, nonceLength(suite)).map((byte) => byte ^ 1);
      const SEALED = sealMessage(suite, TSK, IDTRX, nonce, encodeMessage({ ...command, LOADDATA }));
      const bare: LoadOutput = { kind: "send", bytes: encodeMessage({ ...outer, SEALED }) };
      return isLater ? [bare, output] : [bare];
    }),
  );
};

/** Nobody looks at the last day of a card: neither the load server nor the HSM. */
const loadsExpired: Behaviour = () => ({
  ...LOAD_HSM_BEHAVIOURS["hsm-ignores-expiry"]?.({}),
  ...loadServer((reference) => ({
    handle(state, input) {
      const { phase } = state;
      if (phase.at !== "registration" || input.kind !== "registered") return reference.handle(state, input);
      const { card, init } = phase.signed;
      const signed = { init, card: { ...card, DEXPIEP: "991231" } };
      const step = reference.handle({ ...state, phase: { ...phase, signed } }, input);
      const next = step.state.phase;
      const restored = next.at === "s2" ? { ...next, load: { ...next.load, card } } : next;
      const outputs = step.outputs.map((output) =>
        output.kind === "ask-hsm" && output.command.code === "DM"
          ? { ...output, command: { ...output.command, request: { ...output.command.request, DEXPIEP: card.DEXPIEP } } }
          : output,
      );
      return { state: { ...step.state, phase: restored }, outputs };
    },
  })),
});

/** The bank takes every confirmation as the load server's word that the card was loaded. */
const believesAll: Behaviour = () => ({
  bankServer: (reference) => ({
    handle(state, input) {
      const { phase, holder } = state;
      const step = reference.handle(state, input);
      const isTold = phase.at === "load" && phase.question.kind === "confirmation" && input.kind === "load";
      if (!isTold || input.load === undefined) return step;
      const isRefused = step.outputs.some((output) => output.kind === "answer" && output.answer.kind === "refused");
      if (!isRefused) return step;
      const { load } = input;
      const word = { ...load, MLDA: load.MLDA ?? 0, CC: "0000", NTIEP: 1 };
      const { state: next, outputs } = conclude(holder, load, word, false);
      return { state: { ...state, phase: next }, outputs };
    },
  }),
});

/** Bank and load server make SECLOAD with `key` (hex), which is a master load key. */
const bankHoldsLoadKey: Behaviour = (parameters) => {
  const KMER = fromHex(textOf(parameters, "key"));
  return {
    bankServer: (reference) => ({
      handle(state, input) {
        const { holder } = state;
        const step = reference.handle({ ...state, holder: { ...holder, KMER } }, input);
        return { ...step, state: { ...step.state, holder } };
      },
    }),
    loadServer: () =>
      createLoadServer({
        ...loadServerCrypto,
        isDebited: (_, debit, SECLOAD) => loadServerCrypto.isDebited(KMER, debit, SECLOAD),
      }),
  };
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
  "load-server-keeps-otherwise": keepsOtherwise,
  "load-server-records-early": recordsEarly,
  "load-server-confirms-otherwise": confirmsOtherwise,
  "load-server-without-s2": withoutS2,
  "loads-expired-cards": loadsExpired,
  "bank-believes-all": believesAll,
  "bank-holds-load-key": bankHoldsLoadKey,
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

function over(change: (inner: LoadDatabase) => Partial<LoadDatabase>) {
  return {
    loadDatabase: (inner: LoadDatabase): LoadDatabase => ({
      insertLoad: (row, lines) => inner.insertLoad(row, lines),
      updateLoad: (name, to, lines) => inner.updateLoad(name, to, lines),
      markBooked: (name) => inner.markBooked(name),
      appendLog: (lines) => inner.appendLog(lines),
      load: (name) => inner.load(name),
      loadsByStatus: (...statuses) => inner.loadsByStatus(...statuses),
      loads: () => inner.loads(),
      log: (IDTRX) => inner.log(IDTRX),
      [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
      ...change(inner),
    }),
  };
}
