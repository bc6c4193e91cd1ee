import { toHex } from "../../core/bytes.ts";
import { HSM_ERRORS, isGood, parseHsmAnswer } from "../../protocol/hsm/answers.ts";
import type { LoadRequest } from "../../protocol/messages/layouts.ts";
import { encodeLoadData } from "../../protocol/messages/load-data.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import type { Context } from "./context.ts";
import type { LoadInput } from "./effects.ts";
import { cryptogramFor, hsmRequest } from "./elements.ts";
import { askHsm, ignored, log, logHsm, refuse, settle } from "./outputs.ts";
import type { Load, PhaseAt, PhaseStep, Requested } from "./phase.ts";
import { isDebitedByBank, isOfHold, isOfSource, readRequest, requestRefusal } from "./request-checks.ts";

/** From load request to load command (878 to 880). Until there is a row, a refusal says nothing of the load. */

export function onLoadRequest({ crypto, contract }: Context, request: LoadRequest): PhaseStep {
  const { IDMER, IDTRX } = request;
  const signed = readRequest(request);
  if (signed === undefined) return refuse(IDTRX, "A001");
  if (contract === undefined) return refuse(IDTRX, "A00B");
  if (!contract.active) return refuse(IDTRX, "A003");
  if (!isOfSource(request, contract)) return refuse(IDTRX, "A006");
  const requested = { request, signed };
  if (contract.source === "pre-funded") {
    return { state: { at: "authorised", ...requested }, outputs: [{ kind: "find-authorised", IDMER, IDTRX }] };
  }
  return isDebitedByBank(crypto, contract, request, signed) ? register(requested, null) : refuse(IDTRX, "A006");
}

export function onAuthorised(phase: PhaseAt<"authorised">, input: LoadInput): PhaseStep {
  if (input.kind !== "authorised") return ignored(phase);
  const { request, signed } = phase;
  if (!isOfHold(input.hold, signed)) return refuse(request.IDTRX, "A006");
  return register({ request, signed }, input.hold?.ACCOUNT ?? null);
}

/** From here on the identifier is used up, whatever becomes of the request. */
function register({ request, signed }: Requested, ACCOUNT: string | null): PhaseStep {
  const { SOURCE, IDMER, IDTRX, LOADINIT, LOADRSP } = request;
  const { MLDA, CURRLDA, CEXPLDA } = signed.init;
  const { PPIEP, IDIEP, NTIEP } = signed.card;
  const names = { SOURCE, IDMER, IDTRX, ACCOUNT, status: "received", CC: null } as const;
  const row = { ...names, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP };
  return {
    state: { at: "registration", request, signed },
    outputs: [{ kind: "register", row: { ...row, LOADINIT: toHex(LOADINIT), LOADRSP: toHex(LOADRSP) } }],
  };
}

/** A repeated request gets no second load command, nor a word on how the first one ended. */
export function onRegistration({ settings }: Context, phase: PhaseAt<"registration">, input: LoadInput): PhaseStep {
  if (input.kind !== "registered") return ignored(phase);
  const { request, signed } = phase;
  const { SOURCE, IDMER, IDTRX } = request;
  if (!input.isNew) return refuse(IDTRX, "A004");
  const key = requestRefusal(settings, signed, input.fresh.now) ?? cryptogramFor(settings.cryptograms, signed.card);
  if (typeof key === "string") return refuseRegistered({ IDMER, IDTRX }, key);
  const load = { SOURCE, IDMER, IDTRX, ...signed, KML: key.KML };
  return { state: { at: "s2", load }, outputs: askHsm(IDTRX, { code: "DM", request: hsmRequest(load) }) };
}

function refuseRegistered({ IDMER, IDTRX }: Pick<Load, "IDMER" | "IDTRX">, CC: string): PhaseStep {
  const refused = log("load-request-refused", undefined, IDTRX, { CC });
  return settle({ IDMER, IDTRX }, { status: "refused", CC }, [refused]);
}

/** S2 is in the database before it leaves. */
export function onS2(phase: PhaseAt<"s2">, input: LoadInput): PhaseStep {
  if (input.kind !== "hsm-answer") return ignored(phase);
  const { load } = phase;
  const { IDMER, IDTRX, init, card } = load;
  const answer = input.body === undefined ? undefined : parseHsmAnswer("DM", input.body);
  const said = logHsm(IDTRX, "DM", answer?.error);
  if (answer === undefined || !isGood(answer)) {
    const refused = refuseRegistered(load, refusalOf(answer?.error));
    return { ...refused, outputs: [said, ...refused.outputs] };
  }
  const { MLDA, CURRLDA, CEXPLDA } = init;
  const LOADDATA = encodeLoadData({ MLDA, CURRLDA, CEXPLDA, S2: answer.S2 });
  const change = { status: "command-sent", loadCommand: toHex(LOADDATA), hsmResponse: `DN${input.body}` } as const;
  return {
    state: {
      at: "load-response",
      load: { ...load, isRecovered: false, wrongAnswers: 0, negativeAnswers: 0, strays: 0 },
    },
    outputs: [
      said,
      log("load-command-sent", "880", IDTRX, { MLDA, NTIEP: card.NTIEP }),
      { kind: "update", name: { IDMER, IDTRX }, change },
      { kind: "send", bytes: encodeMessage({ kind: "load-command", IDTRX, LOADDATA }) },
      { kind: "await-head-end", since: "now" },
    ],
  };
}

function refusalOf(error: string | undefined): string {
  if (error === HSM_ERRORS.signature) return "A024";
  return error === HSM_ERRORS.expired ? "A012" : "A026";
}
