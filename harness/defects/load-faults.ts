/** Roles that settle a disturbed load wrongly, or give one for nothing: what the fault matrix of loading, its replays and its throngs are there to find. */
import { encodeMessage, parseMessage } from "../protocol/messages/message.ts";
import type { CardInput, CardOutput, CardState } from "../roles/card/state.ts";
import type { ClearingOutput } from "../roles/clearing-system/effects.ts";
import type { ConcentrationPointOutput } from "../roles/concentration-point/effects.ts";
import { hsmCrypto } from "../roles/hsm/crypto.ts";
import type { HsmKeys } from "../roles/hsm/keys.ts";
import { createHsm, type HsmInput, type HsmOutput } from "../roles/hsm/model.ts";
import { loadServerCrypto } from "../roles/load-server/crypto.ts";
import type { LoadInput, LoadOutput } from "../roles/load-server/effects.ts";
import { createLoadServer } from "../roles/load-server/model.ts";
import { NEVER } from "../roles/load-server/outcome.ts";
import type { LoadState } from "../roles/load-server/phase.ts";
import type { Behaviour } from "./behaviour.ts";
import { varyInputs, varyOutputs, varyState } from "./wrap.ts";

const CREDIT_IEP = 0x52;
/** Not deciphered, or not equal inside and outside. */
const UNREADABLE: readonly string[] = ["A00B", "A00C"];

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

/** The card's log leaves loads out. */
const logsNoLoad: Behaviour = () => ({
  card: varyState<CardState, CardInput, CardOutput>(({ input, before, after }) =>
    input.kind === "command" && input.bytes[1] === CREDIT_IEP
      ? { ...after, purse: { ...after.purse, log: before.purse.log } }
      : after,
  ),
});

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

/** An amount is given back as soon as it is held. */
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

/** The amount that was debited is that of the load request, whatever the account holder's word says. */
const trustsRequest: Behaviour = () => ({
  loadServer: () => {
    const trusting = createLoadServer({ ...loadServerCrypto, isDebited: () => true });
    return varyInputs<LoadState, LoadInput, LoadOutput>((input, { phase }) => {
      if (input.kind !== "authorised" || input.hold === undefined || phase.at !== "authorised") return input;
      return { ...input, hold: { ...input.hold, MLDA: phase.signed.init.MLDA } };
    })(trusting);
  },
});

/** Of a load that was asked about before its request no row is made. */
const voidsNothing: Behaviour = () => ({
  loadServer: varyOutputs<LoadState, LoadInput, LoadOutput>((output) =>
    output.kind === "void" ? [{ kind: "find-load", name: output.row }] : [output],
  ),
});

/** A message that it cannot decipher closes the load that it names. */
const closesUnread: Behaviour = () => ({
  loadServer: varyOutputs<LoadState, LoadInput, LoadOutput>((output, { before: { layer } }) => {
    if (output.kind !== "send" || layer?.at !== "opening") return [output];
    const said = parseMessage(output.bytes);
    if (said.kind !== "refusal" || !UNREADABLE.includes(said.CC)) return [output];
    const { IDMER, IDTRX } = layer.envelope;
    return [{ kind: "void", row: { ...NEVER, IDMER, IDTRX, SOURCE: 1 } }, output];
  }),
});

/** Every set-top box gets the data of the first load command that there was. */
const repeatsCommand: Behaviour = () => {
  let first: Uint8Array | undefined;
  return {
    says: [
      {
        link: "cable",
        from: "head-end",
        message: 0xa9,
        act: (bytes) => {
          const message = parseMessage(bytes);
          if (message.kind !== "load-command") return bytes;
          first ??= message.LOADDATA;
          return encodeMessage({ ...message, LOADDATA: first });
        },
        what: "passes the first load command on to everybody",
      },
    ],
  };
};

/** Refuses without a reason. */
const refusesWithoutReason: Behaviour = () => ({
  loadServer: varyOutputs<LoadState, LoadInput, LoadOutput>((output) => {
    const said = output.kind === "send" ? parseMessage(output.bytes) : undefined;
    if (said?.kind !== "refusal") return [output];
    return [{ kind: "send", bytes: encodeMessage({ ...said, CC: "0000" }) }];
  }),
});

/** What the HSM cannot read is no error. */
const hidesInputErrors: Behaviour = () => ({
  hsm: varyOutputs<HsmKeys, HsmInput, HsmOutput>((output) => {
    if (output.kind !== "send" || String.fromCharCode(...output.bytes.subarray(6, 8)) !== "15") return [output];
    return [{ kind: "send", bytes: output.bytes.map((byte, index) => (index === 6 || index === 7 ? 0x30 : byte)) }];
  }),
});

/** Says of what is malformed that it was taken. */
const thanksForNonsense: Behaviour = () => ({
  concentrationPoint: varyOutputs((output: ConcentrationPointOutput): readonly ConcentrationPointOutput[] => [
    output.kind === "respond" ? { ...output, response: thanked(output.response) } : output,
  ]),
  clearingSystem: varyOutputs((output: ClearingOutput): readonly ClearingOutput[] => [
    output.kind === "respond" ? { ...output, response: thanked(output.response) } : output,
  ]),
});

function thanked<Response extends { readonly status: number }>(response: Response): Response {
  return response.status === 400 ? { ...response, status: 202 } : response;
}

/** Any S3 is right. */
const believesS3: Behaviour = () => ({ hsm: () => createHsm({ ...hsmCrypto, isS3: () => true }) });

export const LOAD_FAULT_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "account-holder-books-no-load": booksNothing,
  "card-credits-again": creditsAgain,
  "card-keeps-no-record-of-loads": logsNoLoad,
  "load-server-missed-is-not-loaded": missedIsNotLoaded,
  "head-end-praises-every-load": praises,
  "account-holder-gives-hold-back": releasesUnasked,
  "load-server-trusts-requested-amount": trustsRequest,
  "load-server-voids-nothing": voidsNothing,
  "load-server-closes-what-it-cannot-read": closesUnread,
  "head-end-repeats-load-command": repeatsCommand,
  "load-server-refuses-without-reason": refusesWithoutReason,
  "hsm-hides-input-errors": hidesInputErrors,
  "clearing-thanks-for-nonsense": thanksForNonsense,
  "hsm-takes-any-s3": believesS3,
};
