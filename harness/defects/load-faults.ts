/** Roles that settle a disturbed load wrongly, or give one for nothing: what the fault matrix of loading, its replays and its throngs are there to find. */
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type { CardInput, CardOutput, CardState } from "../roles/card/state.ts";
import type { LoadInput, LoadOutput } from "../roles/load-server/effects.ts";
import type { LoadState } from "../roles/load-server/phase.ts";
import type { Behaviour } from "./behaviour.ts";
import { varyInputs, varyState } from "./wrap.ts";

const CREDIT_IEP = 0x52;

/** A load that is confirmed stays in hold: the card's issuer never gets the amount. */
const booksNothing: Behaviour = () => ({
  heldLoads: (reference) => ({
    ...reference,
    conclude: async (IDTRX, end, pool) => (end === "loaded" ? "done" : await reference.conclude(IDTRX, end, pool)),
  }),
});

/** The same load command is executed again, without a new challenge. */
const creditsAgain: Behaviour = () => {
  let last: { readonly command: string; readonly MLDA: number } | undefined;
  return {
    card: varyState<CardState, CardInput, CardOutput>(({ input, before, after }) => {
      if (input.kind !== "command" || input.bytes[1] !== CREDIT_IEP) return after;
      const command = input.bytes.join();
      const MLDA = after.purse.BALIEP - before.purse.BALIEP;
      if (MLDA > 0) last = { command, MLDA };
      else if (last?.command === command)
        return { ...after, purse: { ...after.purse, BALIEP: after.purse.BALIEP + last.MLDA } };
      return after;
    }),
  };
};

/** What the load server has not seen the end of has not been loaded. */
const missedIsNotLoaded: Behaviour = () => ({
  loadDatabase: (inner) => ({
    insertLoad: (row, lines) => inner.insertLoad(row, lines),
    updateLoad: (name, change, lines) =>
      inner.updateLoad(name, change.status === "unresolved" ? { ...change, status: "not-loaded" } : change, lines),
    markBooked: (name) => inner.markBooked(name),
    appendLog: (lines) => inner.appendLog(lines),
    load: (name) => inner.load(name),
    loadsByStatus: (...statuses) => inner.loadsByStatus(...statuses),
    loads: () => inner.loads(),
    log: (IDTRX) => inner.log(IDTRX),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  }),
});

/** Whatever the head end has to say is told as success. */
const praises: Behaviour = () => ({
  says: [
    {
      link: "cable",
      from: "head-end",
      message: 0xe7,
      act: (bytes) => {
        const message = parseMessage(bytes);
        if (message.kind !== "user-message" || message.IDTRX === undefined) return bytes;
        return encodeMessage({ kind: "result", IDTRX: message.IDTRX, CC: "0000", CONTENT: "Loaded." });
      },
      what: "says that all is well",
    },
  ],
});

/** An identifier that was used before is as good as a new one. */
const takesUsedNames: Behaviour = () => ({
  loadServer: varyInputs<LoadState, LoadInput, LoadOutput>((input) =>
    input.kind === "registered" ? { ...input, isNew: true } : input,
  ),
});

/** Any word of the load server ends a hold, and so does its silence: the amount goes back. */
const releasesUnasked: Behaviour = () => ({
  heldLoads: (reference) => ({
    ...reference,
    hold: async (IDTRX, MLDA) => {
      const result = await reference.hold(IDTRX, MLDA);
      const load = await reference.load(IDTRX);
      if (result === "held" && load) await reference.conclude(IDTRX, "released", `pool:${load.PPIEP}`);
      return result;
    },
  }),
});

/** The amount that is authorised is that of the load request. */
const trustsRequest: Behaviour = () => ({
  loadServer: varyInputs<LoadState, LoadInput, LoadOutput>((input, { phase }) => {
    if (input.kind !== "authorised" || input.hold === undefined || phase.at !== "authorised") return input;
    const { init } = phase.signed;
    return { ...input, hold: { ...input.hold, MLDA: init.MLDA } };
  }),
});

export const LOAD_FAULT_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "account-holder-books-no-load": booksNothing,
  "card-credits-again": creditsAgain,
  "load-server-missed-is-not-loaded": missedIsNotLoaded,
  "head-end-praises-every-load": praises,
  "load-server-takes-used-names": takesUsedNames,
  "account-holder-gives-hold-back": releasesUnasked,
  "load-server-trusts-requested-amount": trustsRequest,
};
