/** END OF COLLECTION (`psam-edge.md` 4.9). */
import { flipBit, fromHex } from "../../harness/core/bytes.ts";
import { signS4 } from "../../harness/crypto/collection.ts";
import type { Case } from "../define/case.ts";
import { put } from "./support/apdu.ts";
import {
  clearingKey,
  collect,
  collectAll,
  collected,
  DIGEST,
  endOfCollection,
  lines,
  OTHER_DIGEST,
  s5,
  sell,
} from "./support/clearing.ts";
import { otherThan } from "./support/commands.ts";
import { psamCase } from "./support/psam-case.ts";
import { euro, readTotals } from "./support/totals.ts";

const about = { requirement: "PSAM-0044-e" };

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-EOC-01",
    purpose: "No byte of S5 may be another; the collection is kept until the right one comes, and then it is gone",
    requirements: ["PSAM-0044-e"],
    consumes: { NTPSAM: 1 },
    async run(_, psam) {
      await sell(psam, 17);
      const LINES = lines([euro(17, 1)]);
      const NTCOL = await begin(psam, LINES);
      const right = s5(psam, NTCOL);
      for (const [at, byte] of right.entries()) {
        for (const value of otherThan(byte, at === 0 || at === 7)) {
          await psam.says(
            `S5 with byte ${at} another`,
            endOfCollection(NTCOL, put(right, at, Uint8Array.of(value))),
            "9302",
            about,
          );
        }
      }
      await psam.says("COLLECT of the kept lines", collect(LINES), collected(psam, NTCOL, LINES), about);
      await psam.says("END OF COLLECTION", endOfCollection(NTCOL, right), "9000");
    },
  }),
  psamCase({
    id: "PSAM-EOC-02",
    purpose: "S5 over another DIGEST, number or security card, S4 in its place, or half of it, acknowledge nothing",
    requirements: ["PSAM-0044-e"],
    consumes: { NTPSAM: 1 },
    async run(_, psam) {
      await sell(psam, 17);
      const LINES = lines([euro(17, 1)]);
      const NTCOL = await begin(psam, LINES);
      const right = s5(psam, NTCOL);
      const name = { PPPSAM: psam.PPPSAM, IDPSAM: psam.IDPSAM, NTCOL, DIGEST: fromHex(DIGEST) };
      const others = {
        "another DIGEST": s5(psam, NTCOL, OTHER_DIGEST),
        "the number before": s5(psam, NTCOL - 1),
        "the number after": s5(psam, NTCOL + 1),
        "another security card": s5(psam, NTCOL, DIGEST, "00A1FFFF"),
        S4: signS4(clearingKey(psam), { ...name, lines: [LINES] }),
        zeros: new Uint8Array(8),
        "the first half alone": put(right, 4, new Uint8Array(4)),
        "the second half alone": put(right, 0, new Uint8Array(4)),
        "its halves exchanged": put(put(right, 0, right.subarray(4)), 4, right.subarray(0, 4)),
      };
      for (const [what, S5] of Object.entries(others)) {
        await psam.says(`END OF COLLECTION with ${what}`, endOfCollection(NTCOL, S5), "9302", about);
      }
      await psam.says("END OF COLLECTION", endOfCollection(NTCOL, right), "9000");
    },
  }),
  psamCase({
    id: "PSAM-EOC-03",
    purpose:
      "A number that is not that of the kept collection is told before S5 is looked at; without a collection every number is",
    requirements: ["PSAM-0044-e"],
    consumes: { NTPSAM: 2 },
    async run(t, psam) {
      await sell(psam, 17);
      await sell(psam, 17);
      const past = await collectAll(psam, [euro(17, 1)]);
      await psam.says("END OF COLLECTION of the last one, again", endOfCollection(past, s5(psam, past)), "9415", about);
      const LINES = lines([euro(17, 1)]);
      const NTCOL = await begin(psam, LINES);
      t.expect.equal("NTCOL", NTCOL, past + 1, about);
      for (let bit = 0; bit < 32; bit++) {
        const other = flipBit(endOfCollection(NTCOL, s5(psam, NTCOL)), 40 + bit);
        await psam.says(`END OF COLLECTION with bit ${bit} of the number another`, other, "9415", about);
      }
      await psam.says("END OF COLLECTION of the one before", endOfCollection(past, s5(psam, past)), "9415", about);
      await psam.says("of another number with S5 wrong", endOfCollection(NTCOL + 1, new Uint8Array(8)), "9415", about);
      const before = await readTotals(psam);
      const right = endOfCollection(NTCOL, s5(psam, NTCOL));
      await psam.reset("cold");
      await psam.select();
      await psam.says("END OF COLLECTION after a reset", right, "9000", about);
      await psam.says("END OF COLLECTION again", right, "9415", about);
      await psam.says("END OF COLLECTION again, S5 wrong", endOfCollection(NTCOL, new Uint8Array(8)), "9415", about);
      t.expect.equal("what the security card says of itself", await readTotals(psam), before);
    },
  }),
];

/** COLLECT of these lines: NTCOL. */
async function begin(psam: Parameters<typeof collectAll>[0], LINES: Uint8Array): Promise<number> {
  const answer = await psam.answers("COLLECT", collect(LINES));
  return answer.subarray(0, 4).reduce((sum, byte) => sum * 256 + byte, 0);
}
