import { expect, test } from "vitest";
import { loadBench } from "../../harness/bench/load.ts";
import { systemClock } from "../../harness/core/clock.ts";
import type { Owner } from "../../harness/core/errors.ts";
import { variationOf } from "../../harness/defects/index.ts";
import type { Rerun } from "../../harness/evidence/event.ts";
import { discardEvents } from "../../harness/evidence/recorder.ts";
import { seededDefects } from "../../harness/station/fixtures.ts";
import { openStation } from "../../harness/station/index.ts";
import { cases } from "../index.ts";
import { runCampaign } from "./campaign.ts";
import { ownerBy } from "./diagnose.ts";

const again: Rerun = { outcome: "fail", reason: "BALIEP" };
const card = (outcome: Rerun["outcome"], reason = ""): Rerun => ({
  replaced: ["card"],
  by: "our card",
  outcome,
  reason,
});
const psam = (outcome: Rerun["outcome"], reason = ""): Rerun => ({
  replaced: ["psam"],
  by: "our PSAM",
  outcome,
  reason,
});
const both: Rerun = { replaced: ["terminal", "psam"], by: "our terminal with its PSAM", outcome: "pass", reason: "" };

test.each<readonly [string, Owner, readonly Rerun[], Owner, string]>([
  [
    "the device without which it passes",
    "psam",
    [again, card("pass"), psam("fail")],
    "card",
    "it passes with our card; with our PSAM it still fails",
  ],
  [
    "of two, the one that the case names",
    "psam",
    [again, card("pass"), psam("pass")],
    "psam",
    "it passes with our card, and also with our PSAM",
  ],
  [
    "of two that go together, the one that the case names",
    "psam",
    [again, both],
    "psam",
    "it passes with our terminal with its PSAM",
  ],
  [
    "of two that go together, else the first",
    "server",
    [again, both],
    "terminal",
    "it passes with our terminal with its PSAM",
  ],
  [
    "the bench, where it fails without the device too",
    "card",
    [again, card("fail")],
    "bench",
    "with our card it still fails: no device makes the difference, or more than one is wrong",
  ],
  [
    "a server that fails whatever the devices are",
    "server",
    [again, card("fail")],
    "server",
    "with our card it still fails",
  ],
  [
    "as the case says, where a replacement could not be had",
    "card",
    [again, card("inconc", "no lab")],
    "card",
    "with our card it is inconclusive (no lab)",
  ],
  [
    "as the case says, where the failure comes and goes",
    "psam",
    [{ outcome: "pass", reason: "" }],
    "psam",
    "run again with nothing replaced it passed: the failure comes and goes",
  ],
  ["as the case says, where nothing could be run", "psam", [again], "psam", "no device could be replaced"],
])("the owner is %s", (_, declared, reruns, owner, because) => {
  expect(ownerBy({ owner: declared, reruns: [...reruns] })).toEqual({ owner, because });
});

/** One case on a bench in process that has one device from elsewhere: with a seeded defect. */
async function diagnose(defectId: string, caseId: string) {
  const defect = seededDefects().find(({ id }) => id === defectId);
  const definition = cases.find(({ id }) => id === caseId);
  if (!defect || !definition) throw new Error(`no ${defectId} or ${caseId}`);
  const evidence = discardEvents();
  const { bench } = loadBench("inproc");
  const outcome = await runCampaign({
    cases: [definition],
    evidence,
    clock: systemClock,
    diagnose: true,
    station: () => openStation({ bench, iut: "card", variation: variationOf(defect) }, evidence.record),
  });
  const [only] = outcome.cases;
  return { verdict: outcome.verdict, owner: only?.finished.owner, because: only?.ownerBecause };
}

const heals = (device: string) => ({ verdict: "fail", because: `it passes with ${device}` });

test.each([
  ["MUT-CARD-INIT-SHORT", "PAY-CARD-01", "card", "the harness's own card"],
  ["MUT-CARD-SERIAL", "PAY-CARD-02", "card", "the harness's own card"],
  ["MUT-RDR-STATUS", "PAY-RDR-01", "reader", "a reader in this process"],
  ["MUT-RDR-LATER", "PAY-RDR-04", "reader", "a reader in this process"],
  ["MUT-PSAM-0084", "PAY-626-02", "psam", "the harness's own PSAM"],
  ["MUT-PAY-626-CODE", "PAY-626-03", "psam", "the harness's own PSAM"],
  ["MUT-TERM-0093-A", "PAY-680-01", "terminal", "the harness's own terminal"],
  ["MUT-TERM-0093-B", "PAY-680-02", "terminal", "the harness's own terminal"],
])("%s in %s is the failure of the %s", async (defect, id, owner, by) => {
  expect(await diagnose(defect, id)).toEqual({ ...heals(by), owner });
});

test("a defect of a server is nobody else's", async () => {
  expect(await diagnose("MUT-614-THREAD", "PAY-614-02")).toEqual({
    verdict: "fail",
    owner: "server",
    because: undefined,
  });
});
