import { beforeAll, describe, expect, test } from "vitest";
import { loadRun } from "../record/load.ts";
import type { CaseRecord, Exchange, RunRecord } from "../record/run-record.ts";
import { BASIS, recordedRun } from "../testing/recorded-run.ts";
import type { Block, Section } from "./blocks.ts";
import { reportDocument } from "./build.ts";
import { commandFor } from "./command.ts";
import { comparisonsOf } from "./comparison.ts";
import { conformanceStatus } from "./conformance.ts";

let run: RunRecord;

beforeAll(async () => {
  run = await loadRun(await recordedRun());
});

const PICS = {
  format: "pursebench-pics/1",
  role: "card",
  device: { vendor: "Example Cards", product: "Purse", version: "1.2" },
  claims: { ALGIEP: ["04"], logRecords: 10 },
};

/** The recorded run with something else in its cases or results. */
function changed(
  cases: Readonly<Record<string, Partial<CaseRecord>>>,
  results: Partial<RunRecord["results"]> = {},
): RunRecord {
  return {
    ...run,
    results: { ...run.results, ...results },
    cases: run.cases.map((one) => ({ ...one, ...cases[one.id] })),
  };
}

function sectionOf(of: RunRecord, id: string): Section {
  const { summary, sections } = reportDocument(of, BASIS);
  const all = [summary, ...sections, ...sections.flatMap(({ sections: parts = [] }) => parts)];
  return all.find((section) => section.id === id) ?? expect.fail(`no section ${id}`);
}

/** Every word of it. */
function words(part: unknown): string {
  if (typeof part === "string") return part;
  if (Array.isArray(part)) return part.map(words).join(" ");
  return typeof part === "object" && part !== null ? Object.values(part).map(words).join(" ") : "";
}

function tableOf(section: Section): Extract<Block, { kind: "table" }> {
  for (const block of section.blocks) if (block.kind === "table") return block;
  return expect.fail(`no table in ${section.id}`);
}

describe("the report of a run", () => {
  test("has the clauses of ISO/IEC 9646-5, then its annexes", () => {
    const { summary, sections } = reportDocument(run, BASIS);
    expect(summary.title).toBe("Summary");
    expect(sections.map(({ number, title }) => `${number} ${title}`)).toEqual([
      "1 Identification summary",
      "2 IUT conformance status",
      "3 Static conformance summary",
      "4 Dynamic conformance summary",
      "5 Static conformance review report",
      "6 Test campaign report",
      "7 Observations",
      "Annex A Requirement matrix",
      "Annex B Fault, tearing and negative-result matrices",
      "Annex C Times of commands",
      "Annex D A passing transaction of each flow",
    ]);
    expect(sections[0]?.sections?.map(({ number }) => number)).toEqual(["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"]);
  });

  test("lists every case with selected, run, verdict and the number of its observation", () => {
    const rows = tableOf(sectionOf(run, "campaign")).rows.map(({ cells: [id, , selected, ran, , observation] }) => [
      words(id),
      selected,
      ran,
      words(observation),
    ]);
    expect(rows).toEqual([
      ["PAY-CARD-001", "yes", "yes", "–"],
      ["PAY-CARD-002", "yes", "yes", "link 1 observation-1 : card"],
      ["PAY-CARD-003", "yes", "yes", "link 2 observation-2 : reader"],
      ["PAY-CARD-004", "yes", "yes", "link 3 observation-3 : bench"],
      ["LOAD-CARD-001", "no", "no", "PICS: the card cannot be loaded"],
      ["LOAD-CARD-002", "yes", "no", "the run broke off before this case"],
    ]);
  });

  test("cites requirement and paragraph of a failed case and the command that runs it again", () => {
    const text = words(sectionOf(run, "observation-1").blocks[0]);
    expect(text).toContain("The card debits no more than the amount shown. (must; paragraph 0071 of the source)");
    expect(text).toContain("pursebench certify --bench fixtures/benches/virtual-lab.yaml --case PAY-CARD-002");
  });

  test("quotes for a shell what needs it", () => {
    const about = { ...run.about, command: { card: "pcsc:ACS 'ACR' 00", diagnose: true, retry: 0 } };
    expect(commandFor(about, "A-1")).toBe(
      `pursebench certify --bench fixtures/benches/virtual-lab.yaml --card 'pcsc:ACS '\\''ACR'\\'' 00' --case A-1`,
    );
  });

  test("shows every attempt, also of a case that passed in the end", () => {
    const attempt = { verdict: "inconc", reason: "no card", durationMs: 5, events: { from: 3, to: 4 } } as const;
    const attempts = [attempt, { ...attempt, verdict: "pass", reason: "", events: { from: 9, to: 12 } }] as const;
    const flaky = changed({ "PAY-CARD-001": { attempts } });
    expect(tableOf(sectionOf(flaky, "observation-1")).rows.map(({ cells }) => words(cells))).toEqual([
      "1 status inconc no card 5 ms 3 to 4",
      "2 status pass – 5 ms 9 to 12",
    ]);
  });

  test("tells waivers in the status, on the first page and with the case, and leaves the verdict", () => {
    const waiver = {
      case: "PAY-CARD-002",
      product: "Purse",
      version: "1.2",
      reason: "known",
      approver: "A. Approver",
      expires: "2027-01-31",
    };
    const waived = changed({ "PAY-CARD-002": { waiver } });
    expect(conformanceStatus(waived)).toContain("1 case failed for reasons of its own, 1 of them accepted by a waiver");
    expect(words(sectionOf(waived, "summary"))).toContain("accepted by A. Approver until 2027-01-31: known");
    expect(words(sectionOf(waived, "observation-1"))).toContain("for Purse, version 1.2, until 2027-01-31");
    expect(tableOf(sectionOf(waived, "campaign")).rows[1]?.show).toBe("fail");
  });

  test("reviews the PICS item by item", () => {
    const claimed = changed({}, { claims: { pics: PICS } });
    expect(reportDocument(claimed, BASIS).subject).toBe(
      "card: Example Cards Purse, version 1.2 (simulated card in slot 0)",
    );
    const rows = tableOf(sectionOf(claimed, "review")).rows;
    expect(rows.map(({ cells }) => [cells[0], cells[4]])).toContainEqual(["C.1", "04"]);
    expect(rows).toHaveLength(8);
    expect(words(sectionOf(claimed, "static"))).toContain("2 of 8 items are answered");
    expect(words(sectionOf(run, "static"))).toContain("No PICS was given");
  });

  test("makes no statement when a golden device did not pass", () => {
    const golden = { when: "after", device: "card", spec: "sim", outcome: "fail", reason: "S3", cases: ["A"] } as const;
    expect(conformanceStatus(changed({}, { golden: [golden] }))).toContain("No statement on the conformance");
  });
});

describe("the status of the item", () => {
  const only = (...verdicts: readonly CaseRecord["verdict"][]) => {
    const [first] = run.cases;
    const cases = verdicts.flatMap((verdict) => (first ? [{ ...first, verdict, owner: "card" }] : []));
    const summary = { pass: 0, fail: 0, inconc: 0, error: 0, notApplicable: 0, notRun: 0 };
    for (const verdict of verdicts) summary[verdict]++;
    return { ...run, cases, summary };
  };

  test("is one sentence for each way that a run can end", () => {
    expect(conformanceStatus(only("pass"))).toContain("was not shown to break the specification that it was tested");
    expect(conformanceStatus(only("pass", "inconc"))).toContain("conformance is not established either: 1 case");
    expect(conformanceStatus(only("notRun"))).toContain("no case was judged");
    expect(conformanceStatus(only("pass", "fail"))).toContain("was shown not to conform");
    const others = only("fail");
    const owned = { ...others, cases: others.cases.map((one) => ({ ...one, owner: "reader" })) };
    expect(conformanceStatus(owned)).toContain("not the card's own; its conformance is not established");
  });
});

describe("expected and actual exchange", () => {
  const message = (n: number, from: string, name: string, decoded: Exchange["decoded"] = []): Exchange => ({
    n,
    atMs: n,
    kind: "message",
    link: "235",
    from,
    to: from === "card" ? "set-top-box" : "card",
    step: "",
    name,
    bytes: "",
    decoded,
  });
  const debit = (first: number, status: string, S3: string, time: string) => [
    message(first, "set-top-box", "DEBIT IEP", [["TIME", time]]),
    message(first + 1, "card", status, [["S3", S3]]),
  ];
  const failed = (reruns: CaseRecord["reruns"]): CaseRecord => {
    const one = run.cases[1] ?? expect.fail();
    return {
      ...one,
      at: 4,
      before: 0,
      reruns,
      exchanges: [...debit(1, "9000 ok", "AA", "1"), ...debit(3, "6985", "00", "2")],
    };
  };
  const rerun = (exchanges: readonly Exchange[]) => ({ outcome: "pass", reason: "", before: 0, exchanges }) as const;

  test("are aligned with the rerun that passed: the second command with the second, and its answer whatever it is", () => {
    const better = rerun([...debit(11, "9000 ok", "AA", "1"), ...debit(13, "9000 ok", "BB", "5")]);
    const again = {
      ...rerun([...debit(21, "9000 ok", "AA", "1"), ...debit(23, "6985", "00", "7")]),
      outcome: "fail",
    } as const;
    const [question, answer, ...none] = comparisonsOf(
      failed([again, { ...better, replaced: ["card"], by: "our card" }]),
    );
    expect(none).toEqual([]);
    expect(question?.rows.find(({ name }) => name === "TIME")).toMatchObject({ differs: false, varies: true });
    expect(answer?.rows.filter(({ differs }) => differs)).toEqual([
      { name: "message", expected: "9000 ok", actual: "6985", differs: true, varies: false },
      { name: "S3", expected: "BB", actual: "00", differs: true, varies: false },
    ]);
    expect(answer?.expectedFrom).toBe("as recorded with our card, where the case passed");
  });

  test("are the case's own words where no rerun passed", () => {
    const [only] = comparisonsOf(failed([]));
    expect(only?.rows[0]).toMatchObject({ expected: "9302; or a closed channel", actual: "0000", differs: true });
    expect(only?.expectedFrom).toContain("no rerun of it passed");
  });
});
