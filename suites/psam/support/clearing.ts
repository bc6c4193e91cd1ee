/** The clearing system that the suite plays to the security card: collections, acknowledgements, updates (`psam-edge.md` 4.8 to 4.10). */
import { concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import { deriveCollectionKey, encipherUpdateKey, signS4, signS5, signS6 } from "../../../harness/crypto/collection.ts";
import type { TotalsLine } from "../../../harness/protocol/messages/psam-read-totals.ts";
import { inconclusive } from "../../define/failures.ts";
import { apdu, bytesOf, byteText, type Data } from "./apdu.ts";
import { complete, confirmation, draw } from "./draw.ts";
import type { Psam } from "./psam.ts";
import { cardrsp, purse } from "./purse.ts";
import { lineHex, linesBytes, readTotals } from "./totals.ts";

export const DIGEST = "6B0A5DD7E5A65389D9B77579281DFA82B79EC21F14F155BBA386D41FF71F1F57";
export const OTHER_DIGEST = "0F".repeat(32);

/** KDC, 16 bytes: of this security card, or of another one. */
export function clearingKey(psam: Psam, IDPSAM = psam.IDPSAM): Uint8Array {
  const MKC = psam.t.keys.masterCollectionKey() ?? inconclusive("no test key of the clearing system", "bench");
  return deriveCollectionKey(MKC, { PPPSAM: psam.PPPSAM, IDPSAM });
}

/** COLLECT with lines as they are given; `count` in place of their number. */
export function collect(lines: Data, digest = DIGEST, count?: number): Uint8Array {
  const LINES = bytesOf(lines);
  const number = count ?? Math.ceil(LINES.length / 16);
  return apdu("90760000", concat(fromHex(digest), Uint8Array.of(number & 0xff), LINES), 12);
}

export function lines(of: readonly TotalsLine[]): Uint8Array {
  return linesBytes(of.toSorted((one, other) => (lineHex(one) < lineHex(other) ? -1 : 1)));
}

/** The whole answer to COLLECT: NTCOL, S4, `9000`. */
export function collected(psam: Psam, NTCOL: number, LINES: Uint8Array, digest = DIGEST): string {
  const name = { PPPSAM: psam.PPPSAM, IDPSAM: psam.IDPSAM, NTCOL, DIGEST: fromHex(digest) };
  const each = Array.from({ length: LINES.length / 16 }, (_, index) => LINES.subarray(index * 16, index * 16 + 16));
  return `${toHex(uintToBytes(NTCOL, 4))}${toHex(signS4(clearingKey(psam), { ...name, lines: each }))}9000`;
}

/** S5, 8 bytes. */
export function s5(psam: Psam, NTCOL: number, digest = DIGEST, IDPSAM = psam.IDPSAM): Uint8Array {
  return signS5(clearingKey(psam, IDPSAM), { PPPSAM: psam.PPPSAM, IDPSAM, NTCOL, DIGEST: fromHex(digest) });
}

export function endOfCollection(NTCOL: number, S5: Uint8Array): Uint8Array {
  return apdu("907A0000", concat(uintToBytes(NTCOL, 4), S5));
}

/** A purchase that is confirmed. */
export async function sell(psam: Psam, MPDA: number, INITRSP = purse()): Promise<void> {
  const debit = await draw(psam, { INITRSP, MPDA });
  await psam.says("COMPLETE", complete(debit.IDTRX, cardrsp(psam, debit)), confirmation(debit));
}

/** Collects these lines for good, where nothing is kept: the number of the collection. */
export async function collectAll(psam: Psam, of: readonly TotalsLine[], digest = DIGEST): Promise<number> {
  const LINES = lines(of);
  const answer = await psam.answers("COLLECT", collect(LINES, digest));
  const NTCOL = Number.parseInt(toHex(answer.subarray(0, 4)), 16);
  psam.t.expect.equal("answer to COLLECT", `${toHex(answer)}9000`, collected(psam, NTCOL, LINES, digest));
  await psam.says("END OF COLLECTION", endOfCollection(NTCOL, s5(psam, NTCOL, digest)), "9000");
  return NTCOL;
}

/** KIND and its content, without keys. */
export const CONTENT = {
  block: (PPIEP: string, IDIEP: string) => `01${PPIEP}${IDIEP}`,
  unblock: (PPIEP: string, IDIEP: string) => `02${PPIEP}${IDIEP}`,
  remove: (PPIEP: string, ALGIEP: number, VKIEP: number) => `04${PPIEP}${byteText(ALGIEP)}${byteText(VKIEP)}`,
};

/** Updates for one security card, each with the next number. */
export class Updates {
  readonly #psam: Psam;
  /** Number of the last update that was applied. */
  last: number;
  /** Day of the last update when these began, YYYYMMDD. */
  readonly day: string;

  private constructor(psam: Psam, last: number, day: string) {
    this.#psam = psam;
    this.last = last;
    this.day = day;
  }

  /** The number of the last update cannot be read: a security card with a past gets the second of today as its next. */
  static async open(psam: Psam): Promise<Updates> {
    const { updated } = await readTotals(psam);
    const nothing = CONTENT.unblock("000123", "9999999998");
    for (const NTUPD of [1, Math.floor(psam.t.now() / 1000)]) {
      const updates = new Updates(psam, NTUPD, updated);
      if ((await psam.send(updates.command(nothing, { NTUPD }))) === "9000") return updates;
    }
    return inconclusive("no number of an update is found that was not applied", "psam");
  }

  /** UPDATE without S6. `content`: KIND and what follows, hex. */
  unsigned(
    content: string,
    { NTUPD = this.last + 1, day = this.day }: { NTUPD?: number; day?: string } = {},
  ): Uint8Array {
    return concat(uintToBytes(NTUPD, 4), fromHex(day + content));
  }

  /** UPDATE PSAM, rightly signed whatever is in it. */
  command(content: string, how: { NTUPD?: number; day?: string } = {}): Uint8Array {
    return this.signed(this.unsigned(content, how));
  }

  signed(unsigned: Uint8Array): Uint8Array {
    const { PPPSAM, IDPSAM } = this.#psam;
    return apdu("90820000", concat(unsigned, signS6(clearingKey(this.#psam), { PPPSAM, IDPSAM }, unsigned)));
  }

  /** KIND 03: `key` (16 bytes) enciphered for the number that the update will have. */
  newKey(PPIEP: string, ALGIEP: number, VKIEP: number, key: Uint8Array, NTUPD = this.last + 1): string {
    this.#psam.secrets.add(`MKP ${PPIEP}/${ALGIEP}/${VKIEP}`, key);
    const enciphered = encipherUpdateKey(clearingKey(this.#psam), NTUPD, key);
    return `03${PPIEP}${byteText(ALGIEP)}${byteText(VKIEP)}${toHex(enciphered)}`;
  }

  /** Must be applied. */
  async apply(what: string, content: string, day = this.day): Promise<void> {
    await this.#psam.says(`update: ${what}`, this.command(content, { day }), "9000");
    this.last++;
  }
}
