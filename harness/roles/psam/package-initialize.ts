import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { PUBLIC_KEY } from "../../crypto/algorithm.ts";
import type { CommandApdu } from "../../protocol/apdu/command-apdu.ts";
import { type InitResponse, readInitResponse } from "../../protocol/messages/init-response.ts";
import { encodePsamNumber } from "../../protocol/messages/psam-packages.ts";
import { answered, type PsamStep, refused, refusedPackage } from "./answer.ts";
import type { PsamMemory, PsamState } from "./state.ts";

/** The number after which there is none: it is never issued. */
export const LAST_NTPSAM = 0xffff_ffff;

/** AMIEP. */
const SECRET_KEY_MODE = 0x01;
const PUBLIC_KEY_MODE = 0x02;

/** PACKAGE: INITIALIZE IEP (psam-edge.md 4.2): is this card accepted here? */
export function packageInitialize(state: PsamState, apdu: CommandApdu): PsamStep {
  if (state.memory.open !== null || state.session.kind !== "card-reset") return refused(state, 0x6985);
  const read = readInitResponse(apdu.data);
  if (!read.ok) throw new PursebenchError("INTERNAL", `INITRSP past its length check: ${read.reason}`);
  const SW = refusalOfCard(state.memory, read.value);
  if (SW !== undefined) return refusedPackage(state, SW);
  const kind = read.value.AMIEP === PUBLIC_KEY_MODE ? "card-identified" : "card-accepted";
  const known: PsamState = { ...state, session: { kind, INITRSP: toHex(apdu.data) } };
  return answered(known, encodePsamNumber(state.memory));
}

/** Why that card is not accepted, in the order of the table; undefined when it is. */
export function refusalOfCard(memory: PsamMemory, card: InitResponse): number | undefined {
  const ofProvider = keyNames(memory).filter(({ PPIEP }) => PPIEP === card.PPIEP);
  const ofAlgorithm = ofProvider.filter(({ ALGIEP }) => ALGIEP === card.ALGIEP);
  if (memory.NTPSAM >= LAST_NTPSAM) return 0x9402;
  if (ofProvider.length === 0) return 0x9410;
  if (ofAlgorithm.length === 0 || card.AMIEP !== modeOf(card.ALGIEP)) return 0x9411;
  if (!ofAlgorithm.some(({ VKIEP }) => VKIEP === card.VKIEP)) return 0x9403;
  if (isBlocked(memory, card)) return 0x9412;
  return servesCurrency(memory, card.CURRIEP, card.CEXPIEP) ? undefined : 0x9414;
}

/** Of master keys and of the CAs' keys. */
function keyNames({ keys, authorities }: PsamMemory): readonly Pick<InitResponse, "PPIEP" | "ALGIEP" | "VKIEP">[] {
  return [...keys, ...authorities.map(({ PPIEP, VKIEP }) => ({ PPIEP, ALGIEP: PUBLIC_KEY, VKIEP }))];
}

/** The only AMIEP that goes with that algorithm. */
function modeOf(ALGIEP: number): number {
  return ALGIEP === PUBLIC_KEY ? PUBLIC_KEY_MODE : SECRET_KEY_MODE;
}

function isBlocked({ blockedCards }: PsamMemory, card: InitResponse): boolean {
  return blockedCards.some(({ PPIEP, IDIEP }) => PPIEP === card.PPIEP && IDIEP === card.IDIEP);
}

function servesCurrency({ currencies }: PsamMemory, CURRIEP: string, CEXPIEP: number): boolean {
  return currencies.some(({ CURR, CEXP }) => CURR === CURRIEP && CEXP === CEXPIEP);
}
