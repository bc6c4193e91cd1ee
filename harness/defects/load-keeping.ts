/** Behaviours of a load server that keeps or tells something else than what happened; and of a bank that believes it. */
import { concat, fromHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { nonceLength, open, seal } from "../crypto/seal.ts";
import { openMessage, sealMessage } from "../crypto/sealed-message.ts";
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

const loadServer = (vary: Vary<LoadServerRole>) => ({ loadServer: vary });

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

export const LOAD_KEEPING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "load-server-keeps-otherwise": keepsOtherwise,
  "load-server-records-early": recordsEarly,
  "load-server-confirms-otherwise": confirmsOtherwise,
  "load-server-without-s2": withoutS2,
  "loads-expired-cards": loadsExpired,
  "bank-believes-all": believesAll,
  "bank-holds-load-key": bankHoldsLoadKey,
};

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
