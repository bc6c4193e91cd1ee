import { parseAtr } from "../../protocol/atr/parse-atr.ts";
import type { LoadRequest } from "../../protocol/messages/layouts.ts";
import { loadSourceOf } from "../../protocol/messages/load-source.ts";
import type { LoadContract, LoadSettings } from "./contract.ts";
import type { LoadServerCrypto } from "./crypto.ts";
import type { AuthorisedLoad } from "./effects.ts";
import { signedRequest } from "./elements.ts";
import type { SignedRequest } from "./phase.ts";

/** The checks of a load request, in the order of `load.md` 4. */

/** The request as the card signed it, or undefined where an element is not well-formed. */
export function readRequest({ ATR, IDTRX, LOADINIT, LOADRSP }: LoadRequest): SignedRequest | undefined {
  const signed = signedRequest(LOADINIT, LOADRSP);
  return parseAtr(ATR).ok && signed?.init.IDTRX === IDTRX ? signed : undefined;
}

/** A bank's word that MLDA has been debited, for this card. */
export function isDebitedByBank(
  crypto: LoadServerCrypto,
  { KMER }: LoadContract,
  { IDMER, IDTRX, SECLOAD }: LoadRequest,
  { init, card }: SignedRequest,
): boolean {
  const { PPIEP, IDIEP } = card;
  return SECLOAD !== undefined && crypto.isDebited(KMER, { ...init, IDMER, IDTRX, PPIEP, IDIEP }, SECLOAD);
}

/** The request is about what was debited from an account of this server's own. */
export function isOfHold(hold: AuthorisedLoad | undefined, { init, card }: SignedRequest): boolean {
  return (
    hold !== undefined &&
    hold.MLDA === init.MLDA &&
    hold.CURRLDA === init.CURRLDA &&
    hold.CEXPLDA === init.CEXPLDA &&
    hold.PPIEP === card.PPIEP &&
    hold.IDIEP === card.IDIEP
  );
}

/** SOURCE is that of the contract. */
export function isOfSource({ SOURCE }: LoadRequest, contract: LoadContract): boolean {
  return loadSourceOf(SOURCE) === contract.source;
}

/** The first check that a registered request fails, up to that of the day. `now`: YYYYMMDDhhmmss. */
export function requestRefusal(settings: LoadSettings, { init, card }: SignedRequest, now: string): string | undefined {
  const { MLDA, CURRLDA, CEXPLDA, IDACQ, DTHR } = init;
  const isServed = settings.currencies.some(({ CURR, CEXP }) => CURR === CURRLDA && CEXP === CEXPLDA);
  if (!isServed) return "A005";
  if (CURRLDA !== card.CURRIEP || CEXPLDA !== card.CEXPIEP) return "A013";
  if (MLDA === 0) return "A022";
  const age = minutesBetween(DTHR, now);
  if (age < -MOST_AHEAD || age > MOST_BEHIND || IDACQ !== settings.IDACQ) return "A025";
  return `20${card.DEXPIEP}` < now.slice(0, 8) ? "A012" : undefined;
}

/** Minutes that a load page's clock may be ahead of ours, and that a user may take. */
const MOST_AHEAD = 5;
const MOST_BEHIND = 60;

/** From one YYYYMMDDhhmmss to another, with fraction; both must be dates. */
export function minutesBetween(from: string, to: string): number {
  return (millisecondsOf(to) - millisecondsOf(from)) / 60_000;
}

function millisecondsOf(text: string): number {
  return Date.parse(text.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z"));
}
