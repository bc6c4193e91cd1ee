import { type Case, defineCase } from "../case.ts";

/** A case for tests; passes unless told otherwise. */
export function sampleCase(id: string, change: Partial<Case> = {}): Case {
  return defineCase({
    id,
    suite: "payment",
    requirements: ["PAY-BASE-602"],
    purpose: `Purpose of ${id}`,
    owner: "card",
    run: async ({ system, expect }) => {
      expect.equal("first byte of the ATR", (await system.resetCard("cold"))[0], 0x3b);
    },
    ...change,
  });
}

export const passing = sampleCase("PAY-CARD-001");

export const failing = sampleCase("PAY-CARD-002", {
  run: async ({ expect }) => expect.equal("BALIEP", 5, 7, { requirement: "PAY-BASE-620", at: 3 }),
});
