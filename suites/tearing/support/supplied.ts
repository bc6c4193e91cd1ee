/** Cards as their supplier delivers them, and what their issuer makes of them (`card-edge.md` 5.7, `keys-and-signatures.md` 11). */
import { concat, fromHex, toHex } from "../../../harness/core/bytes.ts";
import { deriveLoadKey, loadAlgorithm } from "../../../harness/crypto/load-keys.ts";
import { deriveCardUpdateKey, encipherCardKeys, personalisationMac } from "../../../harness/crypto/personalisation.ts";
import { deriveCardKey } from "../../../harness/crypto/purse-keys.ts";
import {
  encodePersoData,
  encodePersonaliseCommand,
  type IssuerData,
} from "../../../harness/protocol/messages/personalise.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { ask, expectRefused, selectPurse } from "../../payment/support/card.ts";

/** What an issuer makes of the card when nothing else is said: a euro purse without value. Minor units. */
export const ISSUED: IssuerData = {
  PPIEP: "000123",
  IDIEP: "0000009999",
  ALGIEP: 4,
  DEXPIEP: "291231",
  BALIEP: 0,
  BALmaxIEP: 20_000_000,
  CURRIEP: "0978",
  CEXPIEP: 2,
  AMIEP: 1,
  VKIEP: 1,
};

/** Commands of a purse, each of which a supplied card answers '9304'; their data is of the right length. */
export const PURSE_COMMANDS: readonly (readonly [string, string])[] = [
  ["INITIALIZE IEP for purchase", "905001001B"],
  ["INITIALIZE IEP for load", `9050000022${"00".repeat(34)}23`],
  ["DEBIT IEP", `9054010035${"00".repeat(53)}10`],
  ["CREDIT IEP", `905200000F${"00".repeat(15)}10`],
  ["GET PREVIOUS IEP SIGNATURE", "905A010002000110"],
  ["GET BALANCE", "905C00000D"],
  ["READ RECORD of the card information", "00B2010C00"],
  ["READ RECORD of the log", "00B201C400"],
];

/** SNIEP of the card, which is all that it says of itself: PPIEP and IDIEP are zero, and no purse command works. */
export async function expectSupplied(t: CaseContext, about: About): Promise<string> {
  const said = toHex(await selectPurse(t, about));
  const SNIEP = said.slice(62, 78);
  const due = `6F2D8408F050422D49455031A521DF0103000000DF02050000000000DF1E08${SNIEP}DF1F054945502D31`;
  t.expect.equal("answer of a supplied card to SELECT, SNIEP apart", said, due, about);
  for (const [what, command] of PURSE_COMMANDS) await expectRefused(t, what, command, "9304", about);
  return SNIEP;
}

/** KDU of the card with that serial number. */
export function updateKey(t: CaseContext, SNIEP: string, PPIEP = ISSUED.PPIEP): Uint8Array {
  const MKU = t.expect.present("MKU of the issuer", t.keys.masterUpdateKey(PPIEP), { owner: "bench" });
  return deriveCardUpdateKey(MKU, SNIEP);
}

/** KDP and KDL that the issuer gives such a card. */
export function cardKeys(t: CaseContext, { PPIEP, IDIEP, ALGIEP, VKIEP }: IssuerData) {
  const ALGL = loadAlgorithm(ALGIEP);
  const MKP = t.expect.present("MKP", t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP), { owner: "bench" });
  const MKL = t.expect.present("MKL", t.keys.masterLoadKey(PPIEP, ALGL, VKIEP), { owner: "bench" });
  return { KDP: deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP), KDL: deriveLoadKey(ALGL, MKL, PPIEP, IDIEP) };
}

/** The 65 bytes before the MAC. */
export function signedPart(t: CaseContext, KDU: Uint8Array, data: IssuerData): Uint8Array {
  return encodePersoData(data, encipherCardKeys(KDU, cardKeys(t, data)));
}

/** PERSODATA, 73 bytes, with its MAC under `KDU`. */
export function withMac(signed: Uint8Array, KDU: Uint8Array): Uint8Array {
  return concat(signed, personalisationMac(KDU, signed));
}

export function persoData(t: CaseContext, KDU: Uint8Array, data: IssuerData = ISSUED): Uint8Array {
  return withMac(signedPart(t, KDU, data), KDU);
}

/** PERSONALISE; the answer in hex. */
export async function personalise(t: CaseContext, PERSODATA: Uint8Array): Promise<string> {
  const { data, SW } = await ask(t, encodePersonaliseCommand(PERSODATA));
  return toHex(data) + SW;
}

/** The supplied card in the reader becomes a purse of that issuer's. Gives SNIEP. */
export async function issue(t: CaseContext, data: IssuerData, about: About): Promise<string> {
  const SNIEP = await expectSupplied(t, about);
  t.expect.equal("answer to PERSONALISE", await personalise(t, persoData(t, updateKey(t, SNIEP), data)), "9000", about);
  await expectIssued(t, SNIEP, data, about);
  return SNIEP;
}

/** The purse is what its issuer wanted: number 1, nothing in its log, no signature kept, and closed for good. */
export async function expectIssued(t: CaseContext, SNIEP: string, data: IssuerData, about: About): Promise<void> {
  const { ATR: _, ...said } = await t.system.readPurse();
  t.expect.equal("what the issued card says of itself", said, { ...data, SNIEP, NTIEP: 1, log: [] }, about);
  await selectPurse(t, about);
  for (const P1 of ["00", "01"]) {
    const command = fromHex(`905A${P1}0002000110`);
    await expectRefused(t, "GET PREVIOUS IEP SIGNATURE of an issued card", command, "9406", about);
  }
  const again = persoData(t, updateKey(t, SNIEP), { ...data, BALIEP: data.BALmaxIEP });
  t.expect.equal("answer to a second PERSONALISE", await personalise(t, again), "6985", about);
}
