import { expect, test } from "vitest";
import { isMeant } from "../../harness/defects/defect.ts";
import { seededDefects } from "../../harness/station/fixtures.ts";
import { cases } from "../index.ts";

test("every case is claimed by a seeded defect", () => {
  const patterns = seededDefects().flatMap(({ caughtBy }) => caughtBy);
  const unproven = cases.filter(({ id }) => !patterns.some((pattern) => isMeant(pattern, id)));
  expect(unproven.map(({ id }) => id)).toEqual([]);
});
