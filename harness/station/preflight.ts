import { toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { Preflight } from "../flows/station.ts";
import type { PurseReading, PurseSystem } from "../flows/system.ts";
import { describeStatusWord } from "../protocol/apdu/status-word.ts";
import { parseAtr } from "../protocol/atr/parse-atr.ts";
import {
  encodeSelectCommand,
  type PurseIdentity,
  parseSelectPurseResponse,
} from "../protocol/messages/select-purse.ts";

/** Is there a purse in the reader, with an answer to reset that a PSAM can read, and do the terminals answer? A device that is missing or strange is nobody's fail. */
export async function preflightOf(system: PurseSystem): Promise<Preflight> {
  try {
    const ATR = await system.resetCard("warm");
    const purse = await purseIn({
      ATR,
      apdu: (command) => system.apdu(command),
      readPurse: () => system.readPurse(),
    });
    if (!purse.ok) return purse;
    for (const IDTERM of system.terminals()) await system.readTotals(IDTERM);
    return { ...purse, specimen: { ...purse.specimen, protocol: await system.cardProtocol(), ATR: toHex(ATR) } };
  } catch (thrown) {
    if (!(thrown instanceof PursebenchError)) throw thrown;
    const mend = thrown.mend ?? "run `pursebench doctor` and mend what it names";
    return { ok: false, owner: thrown.owner, reason: thrown.message, mend };
  }
}

/** A card as the look at a bench needs it. */
export interface LookedAt {
  readonly ATR: Uint8Array;
  apdu(command: Uint8Array): Promise<Uint8Array>;
  readPurse(): Promise<PurseReading>;
}

/** Is that a purse with an answer to reset that a PSAM can read? */
export async function purseIn(card: LookedAt): Promise<Preflight> {
  const powered = parseAtr(card.ATR);
  if (!powered.ok) return badAtr(card.ATR, powered.reason);
  const chosen = parseSelectPurseResponse(await card.apdu(encodeSelectCommand()));
  if (chosen.kind !== "answer") return noPurse(chosen);
  return { ok: true, specimen: await specimenOf(card, chosen.value) };
}

function badAtr(ATR: Uint8Array, reason: string): Preflight {
  return {
    ok: false,
    owner: "card",
    reason: `the card's answer to reset is malformed (ISO/IEC 7816-3): ${toHex(ATR) || "no bytes"}: ${reason}`,
    mend: "put a card with a well-formed answer to reset into the reader",
  };
}

function noPurse(
  answer: { readonly kind: "refused"; readonly SW: number } | { readonly kind: "malformed"; readonly reason: string },
): Preflight {
  const said = answer.kind === "refused" ? describeStatusWord(answer.SW) : answer.reason;
  return {
    ok: false,
    owner: "card",
    reason: `the card is no purse of profile IEP-1: SELECT was answered ${said}`,
    mend: "put a purse card of profile IEP-1 into the reader",
  };
}

/** A purse that answers SELECT is worth judging, also when it cannot be read whole: the cases say what is wrong with it. */
async function specimenOf(card: LookedAt, identity: PurseIdentity): Promise<Readonly<Record<string, string>>> {
  const { PPIEP, IDIEP, SNIEP } = identity;
  try {
    const { ALGIEP, DEXPIEP, VKIEP, CURRIEP, CEXPIEP, NTIEP, BALIEP } = await card.readPurse();
    const more = { ALGIEP: String(ALGIEP), DEXPIEP, VKIEP: String(VKIEP), CURRIEP, CEXPIEP: String(CEXPIEP) };
    return { PPIEP, IDIEP, SNIEP, ...more, NTIEP: String(NTIEP), BALIEP: String(BALIEP) };
  } catch (thrown) {
    if (thrown instanceof PursebenchError && thrown.code === "PROTOCOL") return { PPIEP, IDIEP, SNIEP };
    throw thrown;
  }
}
