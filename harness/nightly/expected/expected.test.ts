import { describe, expect, test } from "vitest";
import { parseYaml } from "../../bench/yaml-file.ts";
import { caseOf } from "../testing/results.ts";
import { acceptedText } from "./accept.ts";
import { type Expected, ExpectedSchema } from "./file.ts";
import { matcher, surprises } from "./judge.ts";

const DAY = "2031-05-06";
const parse = (text: string): Expected => parseYaml(text, "expected.yaml", ExpectedSchema, "file of expected results");

const FILE = `# The lab's own words.
format: pursebench-expected/1
baseline:
  - A-1 # the first
  - A-2
  - B-1
expect:
  # The vendor knows.
  - cases: [ A-2 ]
    outcome: fail
    because: firmware 1.0 forgets its log
    ticket: LAB-12
    until: 2031-12-31
  - { cases: [ "B-*" ], outcome: notApplicable, because: no public keys }
`;

const kinds = (cases: ReturnType<typeof caseOf>[], file: string | undefined = FILE, day = DAY) =>
  surprises({ cases }, file === undefined ? undefined : parse(file), day).map(({ kind, about }) => `${kind} ${about}`);

const AS_EXPECTED = [caseOf("A-1", "pass"), caseOf("A-2", "fail"), caseOf("B-1", "notApplicable")];

describe("what is expected", () => {
  test("is no surprise", () => {
    expect(kinds(AS_EXPECTED)).toEqual([]);
  });

  test("an unexpected fail, an unexpected pass and an outcome that says nothing are told, with the reason", () => {
    const cases = [caseOf("A-1", "fail", "BALIEP is 5"), caseOf("A-2", "pass"), caseOf("B-1", "inconc", "no card")];
    expect(surprises({ cases }, parse(FILE), DAY)).toEqual([
      { kind: "unexpected-fail", about: "A-1", text: "failed, expected pass: BALIEP is 5" },
      { kind: "unexpected-pass", about: "A-2", text: "passed, expected fail (firmware 1.0 forgets its log)" },
      {
        kind: "unexpected-outcome",
        about: "B-1",
        text: "inconc, expected notApplicable (no public keys): no card",
      },
    ]);
  });

  test("new cases, missing cases and entries about nothing are told", () => {
    expect(kinds([caseOf("A-1", "pass"), caseOf("C-1", "pass")])).toEqual([
      "new-case C-1",
      "missing-case A-2",
      "missing-case B-1",
      "unused-entry A-2",
      "unused-entry B-*",
    ]);
  });

  test("an entry past its day is told and counts no more", () => {
    expect(kinds(AS_EXPECTED, FILE, "2031-12-31")).toEqual([]);
    expect(kinds(AS_EXPECTED, FILE, "2032-01-01")).toEqual(["unexpected-fail A-2", "expired-entry A-2"]);
  });

  test("a failure that somebody accepts by a waiver is expected", () => {
    const waived = { ...caseOf("A-1", "fail"), waiver: { reason: "known", expires: "2031-12-31" } };
    expect(kinds([waived, ...AS_EXPECTED.slice(1)])).toEqual([]);
  });

  test("an exact entry speaks before one with a star, wherever it stands", () => {
    const file = `${FILE}  - { cases: [B-1], outcome: pass, because: this one has keys }\n`;
    expect(kinds([...AS_EXPECTED.slice(0, 2), caseOf("B-1", "pass")], file)).toEqual([]);
  });

  test("without a file everything must pass or not apply", () => {
    const cases = [caseOf("A-1", "pass"), caseOf("A-2", "notApplicable"), caseOf("A-3", "notRun")];
    expect(surprises({ cases }, undefined, DAY).map(({ about }) => about)).toEqual(["A-3"]);
  });

  test("stars stand for any characters, in time that does not grow with their number", () => {
    expect([matcher(["A-*-1"])("A-x-y-1"), matcher(["A-*-1"])("A-1"), matcher(["*"])("Q")]).toEqual([
      true,
      false,
      true,
    ]);
    expect([matcher(["*a*b*"])("xaxbx"), matcher(["*a*b*"])("xbxax"), matcher(["A*A"])("A")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(matcher([`${"*a".repeat(40)}*b`])("a".repeat(80))).toBe(false);
  });

  test("a file that is wrong is told with its line", () => {
    const bad = FILE.replace("because: no public keys", 'because: ""');
    expect(() => parse(bad)).toThrow(/^expected.yaml:14: expect.1.because: .*expected why/);
    expect(() => parse(FILE.replace("2031-12-31", "soon"))).toThrow(/^expected.yaml:13: .*expected a day/);
  });
});

describe("accepting", () => {
  test("what was as expected changes nothing", () => {
    expect(acceptedText({ cases: AS_EXPECTED }, FILE, DAY)).toBe(FILE);
  });

  test("keeps comments and entries that are true, drops what is over and adds what is new", () => {
    const cases = [caseOf("A-1", "fail", "two  times\nthe value"), caseOf("A-2", "fail"), caseOf("C-1", "pass")];
    const text = acceptedText({ cases }, FILE, DAY);
    expect(text).toBe(`# The lab's own words.
format: pursebench-expected/1
baseline:
  - A-1 # the first
  - A-2
  - C-1
expect:
  # The vendor knows.
  - cases: [ A-2 ]
    outcome: fail
    because: firmware 1.0 forgets its log
    ticket: LAB-12
    until: 2031-12-31
  - cases:
      - A-1
    outcome: fail
    because: "accepted 2031-05-06: two times the value"
`);
    expect(surprises({ cases }, parse(text), DAY)).toEqual([]);
  });

  test("a case that ended otherwise than its pattern says gets an entry of its own", () => {
    const cases = [...AS_EXPECTED, caseOf("B-2", "pass")];
    const text = acceptedText({ cases }, FILE, DAY);
    expect(parse(text).expect.at(-1)).toMatchObject({ cases: ["B-2"], outcome: "pass" });
    expect(surprises({ cases }, parse(text), DAY)).toEqual([]);
  });

  test("an entry past its day is made anew, so that somebody has to say why again", () => {
    const text = acceptedText({ cases: AS_EXPECTED }, FILE, "2032-01-01");
    expect(text).not.toContain("LAB-12");
    expect(surprises({ cases: AS_EXPECTED }, parse(text), "2032-01-01")).toEqual([]);
  });

  test("a first file", () => {
    const cases = [
      caseOf("A-1", "pass"),
      caseOf("A-2", "notApplicable", "no RSA"),
      caseOf("A-3", "notApplicable", "no RSA"),
    ];
    const text = acceptedText({ cases }, undefined, DAY);
    expect(text).toContain("# Written by `pursebench nightly CONFIG --accept JOB`");
    expect(parse(text)).toEqual({
      format: "pursebench-expected/1",
      baseline: ["A-1", "A-2", "A-3"],
      expect: [{ cases: ["A-2", "A-3"], outcome: "notApplicable", because: "accepted 2031-05-06: no RSA" }],
    });
    expect(surprises({ cases }, parse(text), DAY)).toEqual([]);
  });
});
