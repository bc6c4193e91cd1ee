import { expect, test } from "vitest";
import { systemClock } from "../../harness/core/clock.ts";
import { PursebenchError } from "../../harness/core/errors.ts";
import { discardEvents } from "../../harness/evidence/recorder.ts";
import type { SpecimenIdentity } from "../../harness/flows/station.ts";
import { runCampaign } from "./campaign.ts";
import { FakeStation } from "./testing/fake-station.ts";
import { passing, sampleCase } from "./testing/sample-cases.ts";

const card = (IDIEP: string): readonly SpecimenIdentity[] => [{ what: "card", owner: "card", values: { IDIEP } }];

/** Three cases on a bench whose specimen says one of `answers` at a time: first before the first case. */
async function run(answers: (readonly SpecimenIdentity[] | PursebenchError)[]) {
  const evidence = discardEvents();
  const identify = async () => {
    const answer = answers.shift() ?? card("none");
    if (answer instanceof PursebenchError) throw answer;
    return answer;
  };
  const station = Object.assign(new FakeStation(evidence.record), { identify });
  const cases = [passing, sampleCase("PAY-X-2"), sampleCase("PAY-X-3")];
  const outcome = await runCampaign({ cases, station: async () => station, evidence, clock: systemClock });
  return outcome.cases.map(({ finished }) => finished);
}

test("a specimen that stays is looked at before each case", async () => {
  const answers = [card("1"), card("1"), card("1"), card("1"), card("2")];
  expect((await run(answers)).map(({ outcome }) => outcome)).toEqual(["pass", "pass", "pass"]);
  expect(answers).toHaveLength(1);
});

test("from the case on that finds another specimen nothing has a verdict, also when the first one comes back", async () => {
  const ends = await run([card("1"), card("1"), card("2"), card("1")]);
  expect(ends.map(({ outcome }) => outcome)).toEqual(["pass", "inconc", "inconc"]);
  expect(ends[1]).toMatchObject({
    owner: "card",
    reason: "the card was swapped: the run began with IDIEP 1, and now there is IDIEP 2",
    mend: "put the card back that the run began with, and begin the run anew",
  });
});

test("a specimen that cannot be read for once is no other one", async () => {
  const mute = new PursebenchError("DEVICE_SILENT", "no answer", { owner: "card" });
  expect((await run([card("1"), mute, card("1"), card("1")])).map(({ outcome }) => outcome)).toEqual([
    "pass",
    "pass",
    "pass",
  ]);
});
