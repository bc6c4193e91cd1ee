import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { encodeCommandApdu } from "../apdu/command-apdu.ts";
import { parseResponseApdu, type ResponseApdu } from "../apdu/response-apdu.ts";
import { type CaseOf, startT0Icc, stepT0Icc, type T0IccAction, type T0IccEvent } from "./icc-machine.ts";

/** 50 is a case 1 command, 5C case 2, 52 case 3, 54 case 4; class D0 has a GET RESPONSE of its own. */
const caseOf: CaseOf = ({ cla, ins }) =>
  ins === 0x5c || (cla === 0xd0 && ins === 0xc0) ? 2 : ins === 0x52 ? 3 : ins === 0x54 ? 4 : 1;

function response(hex: string): ResponseApdu {
  const parsed = parseResponseApdu(fromHex(hex));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.apdu;
}

function show(action: T0IccAction): string {
  switch (action.kind) {
    case "transmit":
      return `> ${toHex(action.bytes)}`;
    case "deliver":
      return `deliver ${toHex(encodeCommandApdu(action.apdu))}`;
    case "ignore":
      return "ignore";
  }
}

/** "= 9000" is the application's answer, "wait" its wish for time, anything else bytes from the line. */
function run(script: readonly string[]): readonly string[] {
  let state = startT0Icc(caseOf);
  const shown: string[] = [];
  for (const line of script) {
    const event: T0IccEvent =
      line === "wait"
        ? { kind: "wait" }
        : line.startsWith("=")
          ? { kind: "reply", response: response(line.slice(1)) }
          : { kind: "bytes", bytes: fromHex(line) };
    const step = stepT0Icc(state, event);
    state = step.state;
    shown.push(...step.actions.map(show));
  }
  return shown;
}

const ROWS: readonly [situation: string, script: readonly string[], expected: readonly string[]][] = [
  ["case 1", ["9050000000", "= 9000"], ["deliver 90500000", "> 9000"]],
  ["case 2 with the right length", ["905C000002", "= 01029000"], ["deliver 905C000002", "> 5C01029000"]],
  [
    "case 2 with 256 bytes",
    ["905C000000", `= ${"AB".repeat(256)}9000`],
    ["deliver 905C000000", `> 5C${"AB".repeat(256)}9000`],
  ],
  ["case 2 refused", ["905C000002", "= 6985"], ["deliver 905C000002", "> 6985"]],
  [
    "case 2 with too much asked for: executed once",
    ["905C000000", "= 01029000", "905C000002"],
    ["deliver 905C000000", "> 6C02", "> 5C01029000"],
  ],
  [
    "case 2 with too little asked for",
    ["905C000001", "= 01029000", "905C000002"],
    ["deliver 905C000001", "> 6C02", "> 5C01029000"],
  ],
  ["a wrong length once more", ["905C000000", "= 01029000", "905C000003"], ["deliver 905C000000", "> 6C02", "> 6C02"]],
  [
    "another command forgets the held answer",
    ["905C000000", "= 01029000", "9050000000", "= 9000", "905C000002"],
    ["deliver 905C000000", "> 6C02", "deliver 90500000", "> 9000", "deliver 905C000002"],
  ],
  ["case 3", ["9052000002", "AABB", "= 9000"], ["> 52", "deliver 9052000002AABB", "> 9000"]],
  ["case 3 in pieces", ["90", "520000", "02", "AA", "BB", "= 9000"], ["> 52", "deliver 9052000002AABB", "> 9000"]],
  [
    "case 4",
    ["9054000001", "AA", "= 01029000", "00C0000002"],
    ["> 54", "deliver 9054000001AA00", "> 6102", "> C001029000"],
  ],
  [
    "case 4 with 256 bytes",
    ["9054000001", "AA", `= ${"07".repeat(256)}9000`, "00C0000000"],
    ["> 54", "deliver 9054000001AA00", "> 6100", `> C0${"07".repeat(256)}9000`],
  ],
  [
    "case 4 fetched in two parts",
    ["9054000001", "AA", "= 01029401", "00C0000001", "00C0000001"],
    ["> 54", "deliver 9054000001AA00", "> 6102", "> C0016101", "> C0029401"],
  ],
  [
    "case 4 with too much fetched",
    ["9054000001", "AA", "= 01029000", "00C0000008", "00C0000002"],
    ["> 54", "deliver 9054000001AA00", "> 6102", "> 6C02", "> C001029000"],
  ],
  ["case 4 refused", ["9054000001", "AA", "= 9302"], ["> 54", "deliver 9054000001AA00", "> 9302"]],
  ["GET RESPONSE with nothing held", ["00C0000002"], ["> 6985"]],
  [
    "GET RESPONSE twice",
    ["9054000001", "AA", "= 019000", "00C0000001", "00C0000001"],
    ["> 54", "deliver 9054000001AA00", "> 6101", "> C0019000", "> 6985"],
  ],
  ["INS 6x", ["0060000000"], ["> 6D00"]],
  ["INS 9x", ["0090000000"], ["> 6D00"]],
  ["a GET RESPONSE of the application's own", ["D0C0000002", "= 01029000"], ["deliver D0C0000002", "> C001029000"]],
  ["more time", ["9050000000", "wait", "wait", "= 9000"], ["deliver 90500000", "> 60", "> 60", "> 9000"]],
  ["more time for nothing", ["wait"], ["ignore"]],
  ["bytes while working", ["9050000000", "00"], ["deliver 90500000", "ignore"]],
  ["a reply to nothing", ["= 9000"], ["ignore"]],
];

describe("T=0 card", () => {
  it.each(ROWS)("%s", (_situation, script, expected) => {
    expect(run(script)).toEqual(expected);
  });
});
