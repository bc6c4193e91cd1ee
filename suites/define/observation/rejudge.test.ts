import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Defect } from "../../../harness/defects/defect.ts";
import { isMeant } from "../../../harness/defects/defect.ts";
import { variationOf } from "../../../harness/defects/index.ts";
import { keyPlaces } from "../../../harness/evidence/masking/key-places.ts";
import { verifyRun } from "../../../harness/evidence/verify.ts";
import { seededDefects } from "../../../harness/station/fixtures.ts";
import { cases } from "../../index.ts";
import { type Case, type CaseContext, defineCase, SUITES } from "../case.ts";
import { conducted, judgedAgain } from "./testing/conducted.ts";

const TIMEOUT = { timeout: 300_000 };

/** So many of each suite, at even distances. */
function spread(most: number): readonly Case[] {
  return SUITES.flatMap((suite) => {
    const all = cases.filter((each) => each.suite === suite);
    const step = Math.max(1, Math.floor(all.length / most));
    return all.filter((_, index) => index % step === 0).slice(0, most);
  });
}

test("cases of every suite are judged again as they were, without a device", TIMEOUT, async () => {
  const keys = new Set<string>();
  const run = await conducted(spread(8), undefined, (event) => {
    if (event.kind !== "message") return;
    for (const { hex = "" } of keyPlaces(event.link, event.bytes)) if (/^[0-9a-f]{32}$/i.test(hex)) keys.add(hex);
  });
  const verdicts = run.results.cases.map(({ id, verdict }) => `${id} ${verdict}`);
  expect(verdicts.filter((each) => !/ (pass|notApplicable)$/.test(each))).toEqual([]);
  const { same, differ, otherReason, unjudged, removed } = await judgedAgain(run, cases);
  expect({ differ, otherReason, unjudged, removed }).toEqual({
    differ: [],
    otherReason: [],
    unjudged: [],
    removed: [],
  });
  expect(same).toBe(verdicts.length);

  const evidence = readFileSync(join(run.dir, "events.jsonl"), "latin1");
  const found = [...keys].filter((hex) =>
    [hex.toUpperCase(), hex.toLowerCase(), Buffer.from(hex, "hex").toString("base64").slice(0, 21)].some((form) =>
      evidence.includes(form),
    ),
  );
  expect(keys.size).toBeGreaterThan(10);
  expect(found).toEqual([]);
  expect((await verifyRun(run.dir)).damage.filter(({ file }) => file === "events.jsonl")).toEqual([]);
});

/** One defect of each role. */
function oneOfEach(): readonly Defect[] {
  const all = seededDefects();
  return [...new Set(all.map(({ role }) => role))].flatMap((role) => all.find((each) => each.role === role) ?? []);
}

test("what failed with a defect fails again, for the same reason", TIMEOUT, async () => {
  const defects = oneOfEach();
  expect(defects.length).toBeGreaterThan(8);
  for (const defect of defects) {
    const caught = cases.filter(({ id }) => defect.caughtBy.some((pattern) => isMeant(pattern, id))).slice(0, 2);
    const run = await conducted(caught, variationOf(defect));
    expect(run.results.cases.map(({ verdict }) => verdict)).toEqual(caught.map(() => "fail"));
    expect(await judgedAgain(run, caught)).toMatchObject({ same: caught.length, otherReason: [], unjudged: [] });
  }
});

function today(run: (t: CaseContext) => Promise<void>): Case {
  return defineCase({
    id: "PAY-JUDGED-AGAIN",
    suite: "payment",
    purpose: "A case that changes between its run and the day when it is judged again",
    requirements: [],
    owner: "server",
    needs: { keys: true },
    run,
  });
}

const bought = (CC: string) =>
  today(async (t) => {
    const { outcome } = await t.system.purchase();
    t.expect.equal("how it ended", outcome.CC, CC);
  });

test("an expectation that is another today gives another verdict, in both directions", async () => {
  const [right, wrong] = [bought("0000"), bought("A001")];
  const reason = 'how it ended: expected "A001", found "0000"';
  expect(await judgedAgain(await conducted([right]), [wrong])).toMatchObject({
    same: 0,
    differ: [{ case: right.id, was: { verdict: "pass", reason: "" }, now: { verdict: "fail", reason } }],
  });
  expect(await judgedAgain(await conducted([wrong]), [right])).toMatchObject({
    same: 0,
    differ: [
      {
        was: { verdict: "fail", reason },
        now: { verdict: "pass", reason: "" },
        remark: "the money was not counted then, since the case had failed",
      },
    ],
  });
});

test("the same verdict for another reason is told apart", async () => {
  const run = await conducted([bought("A001")]);
  expect(await judgedAgain(run, [bought("A002")])).toMatchObject({
    same: 1,
    differ: [],
    otherReason: [{ now: { reason: 'how it ended: expected "A002", found "0000"' } }],
  });
});

test("what today's case asks for and was not asked then is said, and no verdict is made of it", async () => {
  const run = await conducted([bought("0000")]);
  const why = async (work: (t: CaseContext) => Promise<void>) => {
    const { unjudged, differ } = await judgedAgain(run, [today(work)]);
    expect(differ).toEqual([]);
    return unjudged[0]?.why;
  };
  expect(await why(async (t) => void (await t.system.purchase({ SITE: "goods" })))).toBe(
    'it asks purchase({"SITE":"goods"}), and purchase(undefined) was next then',
  );
  expect(await why(async (t) => void (await t.system.readPurse()))).toBe(
    "it asks readPurse, and purchase(undefined) was next then",
  );
  expect(
    await why(async (t) => {
      await t.system.purchase();
      await t.system.purchase();
    }),
  ).toBe("it asks purchase(undefined), and it ended there then: pass");
  expect(await why(async (t) => t.expect.equal("events", t.system.events(), []))).toBe(
    "it asks events, and purchase(undefined) was next then",
  );
});

test("what can differ beside the cases themselves is counted: new ones, removed ones, such that do not apply any more", async () => {
  const other = { ...bought("0000"), id: "PAY-OTHER" };
  const gone = { ...bought("0000"), id: "PAY-GONE" };
  const run = await conducted([bought("0000"), gone]);
  const never: Case = { ...bought("0000"), applies: () => "it does not apply any more" };
  expect(await judgedAgain(run, [never, other])).toMatchObject({
    selected: ["PAY-JUDGED-AGAIN", "PAY-GONE"],
    differ: [{ now: { verdict: "notApplicable", reason: "it does not apply any more" } }],
    added: ["PAY-OTHER"],
    removed: ["PAY-GONE"],
  });
});

test("what the user decides is played back, and a case that decides otherwise today cannot be judged", async () => {
  const deciding = (decision: "accept" | "cancel") =>
    today(async (t) => {
      const { outcome } = await t.system.purchase({ decide: ({ MPDA }) => (MPDA > 0 ? decision : "accept") });
      t.expect.that(outcome.CC !== "", "it ended");
    });
  const run = await conducted([deciding("cancel")]);
  expect(await judgedAgain(run, [deciding("cancel")])).toMatchObject({ same: 1, differ: [], unjudged: [] });
  expect((await judgedAgain(run, [deciding("accept")])).unjudged[0]?.why).toBe(
    'it asks to go on with ("accept"), and an answer of its own, ("cancel"), was next then',
  );
});
