import { toHex } from "../../core/bytes.ts";
import { loadSecurityInformation } from "../../crypto/load-security.ts";
import { deriveTransactionKey, newTsk, sealTsk } from "../../crypto/transaction-keys.ts";
import type { Balance } from "../../protocol/messages/get-balance.ts";
import type { CardInformationRecord } from "../../protocol/messages/read-record.ts";
import { parseStructure } from "../../protocol/messages/structure-value.ts";
import { STRUCTURES } from "../../protocol/messages/structures.ts";
import { type AccountHolder, AMOUNT_PATH, STATUS_PATH } from "./contract.ts";
import type { Funds, NewHeldLoad } from "./held-load.ts";
import type { Answer, Fresh, HolderInput } from "./questions.ts";
import { answer, go, type HolderPhase, type HolderStep, log, refuse } from "./state.ts";

type Waiting = Extract<HolderPhase, { at: "account" }>;
type Found = Extract<HolderInput, { kind: "account" }>;

/** 871: the user has chosen an account, which belongs to the session from now on. */
export function onSelected({ question }: Waiting, { funds }: Found, { source }: AccountHolder): HolderStep {
  if (funds === undefined) return refuse(undefined, 403);
  const { SESSION, ACCOUNT } = question;
  return answer({ kind: "card-information", source }, { kind: "bind", SESSION, ACCOUNT });
}

/** 872 to 874: what the card says of itself becomes a load page, or a refusal; first check that fails. */
export function onBalance(holder: AccountHolder, { question, fresh }: Waiting, found: Found): HolderStep {
  if (question.kind !== "balance") return go({ at: "answered" });
  const balance = parseStructure(STRUCTURES.BALANCE, question.BALANCE);
  const card = parseStructure(STRUCTURES.CARDINFO, question.CARDINFO);
  if (!balance.ok || !card.ok) return refuse(undefined, 400);
  const { funds } = found;
  if (funds === undefined || !found.isBound) return refuse(undefined, 403);
  const CC = cardRefusal(balance.value, card.value, funds, fresh.now);
  if (CC !== undefined) return refuse(undefined, 402, CC);
  const load = loadOf(holder, question, { balance: balance.value, card: card.value, funds }, fresh);
  const { IDTRX, MLDAmax } = load;
  const made = log("load-page-made", "874", IDTRX, { MLDAmax });
  return answer(pageOf(holder, load, fresh), { kind: "offer", load }, made);
}

/** Why this card cannot be loaded from this account (`load.md` 3). `now`: YYYYMMDDhhmmss. */
function cardRefusal(
  { BALIEP, BALmaxIEP, CURRIEP, CEXPIEP }: Balance,
  { DEXPIEP }: CardInformationRecord,
  { available, CURR, CEXP }: Funds,
  now: string,
): string | undefined {
  if (`20${DEXPIEP}` < now.slice(0, 8)) return "A012";
  if (available <= 0) return "A020";
  if (BALIEP >= BALmaxIEP) return "A021";
  return CURRIEP === CURR && CEXPIEP === CEXP ? undefined : "A013";
}

function loadOf(
  { IDMER, limit }: AccountHolder,
  { SESSION, ACCOUNT }: { readonly SESSION: string; readonly ACCOUNT: string },
  {
    balance: { BALIEP, BALmaxIEP, CURRIEP, CEXPIEP },
    card: { PPIEP, IDIEP },
    funds,
  }: { readonly balance: Balance; readonly card: CardInformationRecord; readonly funds: Funds },
  { IDTRX, RND, now }: Fresh,
): NewHeldLoad {
  const MLDAmax = Math.min(BALmaxIEP - BALIEP, funds.available, limit);
  const terms = { MLDAmax, CURRLDA: CURRIEP, CEXPLDA: CEXPIEP, DTHR: now, RND: toHex(RND) };
  return { IDTRX, IDMER, ACCOUNT, SESSION, PPIEP, IDIEP, ...terms };
}

/** The load page. The TSK is here and nowhere else. */
function pageOf(holder: AccountHolder, load: NewHeldLoad, fresh: Fresh): Answer {
  const { IDMER, suite, KMER, KSH, IDACQ, loadServer, origin, source, additionalUrl, RELEASE = "1.0" } = holder;
  const { IDTRX, MLDAmax, CURRLDA, CEXPLDA, DTHR, RND } = load;
  const KDER = deriveTransactionKey(suite, KSH, IDMER, IDTRX, fresh.RND);
  const TSK = newTsk(suite, fresh.TSK);
  const URL = source === "bank" ? `${origin}${STATUS_PATH}` : additionalUrl && `${additionalUrl}?random=${RND}`;
  const page = {
    SOURCE: source === "bank" ? 1 : 2,
    ...{ IDMER, IDTRX, MLDAmax, CURRLDA, CEXPLDA, IDACQ, DTHR },
    HOST: loadServer.host,
    PORT: loadServer.port,
    ...(URL === undefined ? {} : { URL }),
    SECINFO: loadSecurityInformation(KMER, { IDMER, IDTRX, MLDAmax, CURRLDA, CEXPLDA, DTHR, encryption: suite }),
    RELEASE,
    ENCRYPTION: suite,
    TEXT: `Account ${load.ACCOUNT}`,
    RND,
    TSK,
    ETSK: sealTsk(suite, KDER, { IDMER, IDTRX, RND: fresh.RND }, TSK, fresh.nonce),
  };
  return { kind: "page", page, amountUrl: `${origin}${AMOUNT_PATH}` };
}
