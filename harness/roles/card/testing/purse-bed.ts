/** Cards of `fixtures/`, and who signs for them: commands as a security card, an HSM and an issuer would make them. */
import { readFileSync } from "node:fs";
import { concat, fromHex, toHex, uintToBytes } from "../../../core/bytes.ts";
import { seededRandom } from "../../../core/random.ts";
import { mac } from "../../../crypto/algorithm.ts";
import { deriveLoadKey, deriveLoadSessionKeys } from "../../../crypto/load-keys.ts";
import { deriveCardUpdateKey, encipherCardKeys, personalisationMac } from "../../../crypto/personalisation.ts";
import { deriveCardKey, deriveSessionKeys } from "../../../crypto/purse-keys.ts";
import { loadTestKeys } from "../../../crypto/test-keys.ts";
import { loadCardData } from "../card-data.ts";
import { createCard } from "../personalise.ts";
import { type ServeCardOptions, type SimulatedCard, serveCard } from "../serve.ts";

const FIXTURES = new URL("../../../../fixtures/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, FIXTURES), "utf8");
const KEYS = loadTestKeys(read("keys/test-keys.yaml"), "test-keys.yaml");

export const SELECT = "00A4040008F050422D4945503100";
const IDTRX = "000102030405060708090A0B0C0D0E0F";
const DTHR = "20260115123059";

/** The test card `name`, powered and selected. */
export function bedCard(name: string, options: Partial<ServeCardOptions> = {}): SimulatedCard {
  const data = loadCardData(read(`cards/${name}.yaml`), `${name}.yaml`);
  const card = serveCard({ state: createCard(data, KEYS, seededRandom("bed")), ...options });
  awaken(card);
  return card;
}

/** Power on and SELECT. */
export function awaken(card: SimulatedCard): void {
  card.powerOn();
  send(card, SELECT);
}

/** The answer in hex, or "mute". */
export function send(card: SimulatedCard, command: string | Uint8Array): string {
  const response = card.transmit(typeof command === "string" ? fromHex(command) : command);
  return response === null ? "mute" : toHex(response);
}

/** INITIALIZE IEP, and the DEBIT IEP that a security card makes of its answer. `MPDA` in minor units. */
export function debitFor(card: SimulatedCard, MPDA: number): Uint8Array {
  const INITRSP = fromHex(send(card, "905001001B")).subarray(0, 27);
  const { PPIEP, IDIEP, ALGIEP, VKIEP, NTIEP } = card.state.purse;
  const KDP = deriveCardKey(ALGIEP, present(KEYS.masterPurchaseKey(PPIEP, ALGIEP, VKIEP)), PPIEP, IDIEP);
  const { KS2 } = deriveSessionKeys(ALGIEP, KDP, NTIEP, INITRSP.subarray(23));
  const signed = concat(
    fromHex("000789 00A10001 00000007"),
    uintToBytes(MPDA, 4),
    fromHex(`097802 ${DTHR} 00490089 ${IDTRX}`),
  );
  const S2 = mac(ALGIEP, KS2, concat(Uint8Array.of(0x1e), INITRSP, signed));
  return concat(fromHex("9054010035"), signed, S2, Uint8Array.of(0x10));
}

/** INITIALIZE IEP for load, and the CREDIT IEP that the issuer's HSM makes of its answer. `MLDA` in minor units. */
export function creditFor(card: SimulatedCard, MLDA: number): Uint8Array {
  const amount = concat(uintToBytes(MLDA, 4), fromHex("097802"));
  const LOADRSP = send(card, concat(fromHex("9050000022"), amount, fromHex(`00057001${DTHR}${IDTRX}23`)));
  const { PPIEP, IDIEP, VKIEP, NTIEP } = card.state.purse;
  const KDL = deriveLoadKey(4, present(KEYS.masterLoadKey(PPIEP, 4, VKIEP)), PPIEP, IDIEP);
  const { KS2 } = deriveLoadSessionKeys(4, KDL, { NTIEP, R: LOADRSP.slice(46, 54) });
  const who = fromHex(`1C ${LOADRSP.slice(0, 16)} ${LOADRSP.slice(40, 44)}`);
  const S2 = mac(4, KS2, concat(who, amount, fromHex(`00057001${IDTRX}${LOADRSP.slice(54, 70)}`)));
  return concat(fromHex("905200000F"), amount, S2, Uint8Array.of(0x10));
}

/** PERSONALISE for the test card `supplied`: triple DES, 10.00 on it. */
export function personaliseCommand(): Uint8Array {
  const elements = fromHex("000123 0000009999 04 291231 000003E8 01312D00 0978 02 01 01 0000000000000000");
  const KDU = deriveCardUpdateKey(present(KEYS.masterUpdateKey("000123")), "5445535400004736");
  const KDP = deriveCardKey(4, present(KEYS.masterPurchaseKey("000123", 4, 1)), "000123", "0000009999");
  const KDL = deriveLoadKey(4, present(KEYS.masterLoadKey("000123", 4, 1)), "000123", "0000009999");
  const signed = concat(elements, encipherCardKeys(KDU, { KDP, KDL }));
  return concat(fromHex("905E000049"), signed, personalisationMac(KDU, signed));
}

function present(key: Uint8Array | undefined): Uint8Array {
  if (key) return key;
  throw new Error("the test key set has no such key");
}
