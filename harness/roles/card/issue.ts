import { fromHex, toHex } from "../../core/bytes.ts";
import { decipherCardKeys } from "../../crypto/personalisation.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { type IssuerData, parsePersoData, partsOfPersoData } from "../../protocol/messages/personalise.ts";
import { type CardStep, refused, writtenAndAnswered } from "./answer.ts";
import type { CardCrypto } from "./crypto.ts";
import type { CardState, Purse } from "./state.ts";

const NO_DATA = new Uint8Array(0);

/** PERSONALISE (card-edge.md 5.7): a supplied card becomes an issued one, for good. The caller has checked state of life and length. */
export function personalise(state: CardState, apdu: CommandApdu, crypto: CardCrypto): CardStep {
  const KDU = fromHex(state.purse.KDU);
  if (!crypto.verifyPersonalisation(KDU, apdu.data)) return refused(state, 0x9302);
  const data = parsePersoData(apdu.data);
  if (!data.ok) return refused(state, 0x6a80);
  const { KDP, KDL } = decipherCardKeys(KDU, partsOfPersoData(apdu.data).KEYS);
  return writtenAndAnswered(state, issued(state.purse, data.value, toHex(KDP), toHex(KDL)), NO_DATA);
}

/** The purse as the issuer wants it, with number 1 and an empty log; KDU is gone. */
function issued(purse: Purse, data: IssuerData, KDP: string, KDL: string): Purse {
  return { ...purse, ...data, NTIEP: 1, KDP, KDL, KDU: "", lifeCycle: "issued", log: [], previous: null };
}
