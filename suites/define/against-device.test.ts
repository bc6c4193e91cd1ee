import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../harness/bench/package-root.ts";
import { loadPics, type Pics } from "../../harness/bench/pics.ts";
import { loadPixit, type Pixit } from "../../harness/bench/pixit.ts";
import type { TerminalFacts } from "../../harness/flows/system.ts";
import { contradictionWith } from "./against-device.ts";
import { whyNotClaimed } from "./claimed.ts";
import { sampleCase } from "./testing/sample-cases.ts";

const pics = (name: string): Pics => loadPics(join(packageRoot(), "fixtures", "pics", `reference-${name}.yaml`));
const pixit = (name: string): Pixit => loadPixit(join(packageRoot(), "fixtures", "pixit", `reference-${name}.yaml`));

const TERMINAL: TerminalFacts = {
  IDTERM: "00000001",
  kind: "smart",
  reach: "concentrator",
  psam: "software",
  server: "payment-server",
};
const facts = { terminals: [TERMINAL] };

/** T=1, IFSC 254, BWI 4; TCK follows. */
const withoutTck = "3B 85 81 31 FE 45 49 45 50 2D 31";
const tck = withoutTck
  .split(" ")
  .slice(1)
  .reduce((sum, byte) => sum ^ Number.parseInt(byte, 16), 0);
const ATR = `${withoutTck.replaceAll(" ", "")}${tck.toString(16).padStart(2, "0").toUpperCase()}`;
const T0 = "3B00";
const CARD = { ALGIEP: "5", CURRIEP: "0978", ATR };

test.each<[string, string, Record<string, string>, RegExp | undefined]>([
  ["a card as claimed", "card", CARD, undefined],
  ["a card that speaks fewer protocols", "card", { ...CARD, ATR: T0 }, undefined],
  ["a card that could not be read whole", "card", { IDIEP: "0000000001" }, undefined],
  ["another algorithm", "card", { ...CARD, ALGIEP: "16" }, /ALGIEP is 10, and C\.1 claims 04, 05$/],
  ["another currency", "card", { ...CARD, CURRIEP: "0392" }, /CURRIEP is 0392, and C\.6 claims 0978$/],
  ["a PSAM as claimed", "psam", { psamATR: ATR }, undefined],
  ["a PSAM of T=0", "psam", { psamATR: T0 }, /offers T=0, and P\.2 claims T=1$/],
  ["a terminal as claimed", "terminal", {}, undefined],
])("%s", (_, role, specimen, reason) => {
  const found = contradictionWith({ pics: pics(role) }, specimen, facts);
  if (!reason) return expect(found).toBeUndefined();
  expect(found).toMatchObject({ owner: role, reason: expect.stringMatching(reason) });
  expect(found?.reason).toMatch(/^the device contradicts its PICS: /);
});

test.each<[Partial<Extract<Pics, { role: "card" }>["claims"]>, RegExp]>([
  [{ AMIEP: ["02"] }, /ALGIEP is 05, which goes with AMIEP 01, and C\.2 claims 02$/],
  [{ protocols: ["T=0"] }, /offers T=1, and C\.3 claims T=0$/],
  [{ IFSC: 32 }, /IFSC in its answer to reset is 254, and C\.4 claims 32$/],
  [{ BWI: 3 }, /BWI in its answer to reset is 4, and C\.5 claims 3$/],
])("a card that claims %j is told apart", (claims, reason) => {
  const claiming = { ...pics("card"), role: "card" as const, claims };
  expect(contradictionWith({ pics: claiming }, CARD, facts)?.reason).toMatch(reason);
});

test("a terminal of another kind than it claims", () => {
  const dumb = { terminals: [{ ...TERMINAL, kind: "dumb" as const }] };
  expect(contradictionWith({ pics: pics("terminal") }, {}, dumb)).toMatchObject({
    owner: "terminal",
    reason: "the device contradicts its PICS: it claims to be smart (T.1), and the bench has no smart terminal",
  });
});

test("another specimen than that of the PIXIT", () => {
  const told = contradictionWith({ pixit: pixit("psam") }, { PPPSAM: "000789", IDPSAM: "00A10002" }, facts);
  expect(told).toEqual({
    owner: "bench",
    reason: "not the specimen of the PIXIT: IDPSAM is 00A10002, not 00A10001",
    mend: "attach the specimen that the PIXIT describes, or correct the PIXIT",
  });
  expect(contradictionWith({ pixit: pixit("psam") }, { PPPSAM: "000789", IDPSAM: "00A10001" }, facts)).toBeUndefined();
  const elsewhere = { terminals: [{ ...TERMINAL, IDTERM: "00000002" }] };
  expect(contradictionWith({ pixit: pixit("terminal") }, {}, elsewhere)?.reason).toContain("no terminal 00000001");
});

test("what a device does not claim is not run against it, and is run where it is another's", () => {
  const t0 = sampleCase("CARD-X-1", { owner: "card", needs: { protocol: "T=0" } });
  const claiming = (claims: Extract<Pics, { role: "card" }>["claims"]): Pics => ({
    ...pics("card"),
    role: "card",
    claims,
  });
  expect(whyNotClaimed(t0, claiming({ protocols: ["T=1"] }))).toBe("the PICS claims no T=0 (C.3)");
  expect(whyNotClaimed(t0, claiming({ protocols: ["T=0"] }))).toBeUndefined();
  expect(whyNotClaimed(t0, claiming({}))).toBeUndefined();
  expect(whyNotClaimed(t0, undefined)).toBeUndefined();
  expect(whyNotClaimed({ ...t0, owner: "psam" }, claiming({ protocols: ["T=1"] }))).toBeUndefined();
  const supplied = sampleCase("CARD-X-2", { owner: "card", needs: { cards: ["supplied"] } });
  expect(whyNotClaimed(supplied, claiming({ personalise: false }))).toBe("the PICS claims no PERSONALISE (C.8)");
  const slots = sampleCase("IFD-X-1", { owner: "reader", needs: { slots: 6 } });
  expect(whyNotClaimed(slots, pics("reader"))).toBe("the PICS claims 5 slots (R.1), and the case needs 6");
});
