import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { type CommandApdu, parseCommandApdu } from "../apdu/command-apdu.ts";
import { encodeResponseApdu } from "../apdu/response-apdu.ts";
import { startT0Ifd, stepT0Ifd, type T0IfdAction, type T0IfdEvent } from "./ifd-machine.ts";

function apdu(hex: string): CommandApdu {
  const parsed = parseCommandApdu(fromHex(hex));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.apdu;
}

function show(action: T0IfdAction): string {
  switch (action.kind) {
    case "transmit":
      return `> ${toHex(action.bytes)}`;
    case "deliver":
      return `deliver ${toHex(encodeResponseApdu(action.response))}`;
    case "wait":
    case "fail":
    case "ignore":
      return action.kind;
  }
}

/** Sends `command`, then plays what the card sends; all actions in order. */
function run(command: string, card: readonly string[]): readonly string[] {
  const events: T0IfdEvent[] = [{ kind: "send", apdu: apdu(command) }];
  for (const hex of card) events.push(hex === "silence" ? { kind: "timeout" } : { kind: "bytes", bytes: fromHex(hex) });
  let state = startT0Ifd();
  const actions: T0IfdAction[] = [];
  for (const event of events) {
    const step = stepT0Ifd(state, event);
    state = step.state;
    actions.push(...step.actions);
  }
  return actions.map(show);
}

/** Clauses of ISO/IEC 7816-3, 12.2: 1; 2S.1 to 2S.3; 3S; 4S.1 to 4S.3; and 10.3.3 for procedure bytes. */
const ROWS: readonly [situation: string, command: string, card: readonly string[], expected: readonly string[]][] = [
  ["case 1", "90500000", ["9000"], ["> 9050000000", "deliver 9000"]],
  ["case 1 with 61xx: nothing was asked for", "90500000", ["6104"], ["> 9050000000", "deliver 6104"]],
  ["case 2, all at once", "905C000004", ["5C 01020304 9000"], ["> 905C000004", "deliver 010203049000"]],
  ["case 2 refused", "905C000004", ["6A86"], ["> 905C000004", "deliver 6A86"]],
  [
    "case 2, INS as complement: byte by byte",
    "905C000003",
    ["A301 A302", "5C03 9000"],
    ["> 905C000003", "deliver 0102039000"],
  ],
  [
    "case 2, 256 bytes",
    "00B0000000",
    [`B0${"AB".repeat(256)}9000`],
    ["> 00B0000000", `deliver ${"AB".repeat(256)}9000`],
  ],
  [
    "case 2 corrected by 6Cxx",
    "905C000000",
    ["6C02", "5C 0102 9000"],
    ["> 905C000000", "> 905C000002", "deliver 01029000"],
  ],
  [
    "case 2 corrected upwards: cut to Le",
    "905C000001",
    ["6C02", "5C 0102 9000"],
    ["> 905C000001", "> 905C000002", "deliver 019000"],
  ],
  [
    "case 4, a promise that is not kept",
    "9054000001AA00",
    ["54", "6104", "6104"],
    ["> 9054000001", "> AA", "> 00C0000004", "deliver 6104"],
  ],
  ["case 2 corrected twice", "905C000000", ["6C02", "6C03"], ["> 905C000000", "> 905C000002", "deliver 6C03"]],
  ["case 3", "9054000002AABB", ["54", "9000"], ["> 9054000002", "> AABB", "deliver 9000"]],
  ["case 3 refused at the header", "9054000002AABB", ["6D00"], ["> 9054000002", "deliver 6D00"]],
  [
    "case 3, INS as complement",
    "9054000003AABBCC",
    ["AB", "AB", "54", "9000"],
    ["> 9054000003", "> AA", "> BB", "> CC", "deliver 9000"],
  ],
  ["case 3 with 61xx: nothing was asked for", "9054000001AA", ["54", "6108"], ["> 9054000001", "> AA", "deliver 6108"]],
  [
    "case 4 with 61xx",
    "9054000001AA08",
    ["54", "6108", "C0 0102030405060708 9000"],
    ["> 9054000001", "> AA", "> 00C0000008", "deliver 01020304050607089000"],
  ],
  [
    "case 4, less asked for than there is",
    "9054000001AA02",
    ["54", "6108", "C0 0102 6106"],
    ["> 9054000001", "> AA", "> 00C0000002", "deliver 01026106"],
  ],
  [
    "case 4 in two parts",
    "9054000001AA00",
    ["54", "6102", "C0 0102 6101", "C0 03 9000"],
    ["> 9054000001", "> AA", "> 00C0000002", "> 00C0000001", "deliver 0102039000"],
  ],
  [
    "case 4 with 256 bytes",
    "9054000001AA00",
    ["54", "6100", `C0${"07".repeat(256)}9000`],
    ["> 9054000001", "> AA", "> 00C0000000", `deliver ${"07".repeat(256)}9000`],
  ],
  [
    "case 4 with 9000 at once",
    "9054000001AA04",
    ["54", "9000", "C0 01020304 9000"],
    ["> 9054000001", "> AA", "> 00C0000004", "deliver 010203049000"],
  ],
  [
    "case 4, GET RESPONSE corrected",
    "9054000001AA00",
    ["54", "9000", "6C01", "C0 55 9000"],
    ["> 9054000001", "> AA", "> 00C0000000", "> 00C0000001", "deliver 559000"],
  ],
  ["case 4 with an error", "9054000001AA08", ["54", "9302"], ["> 9054000001", "> AA", "deliver 9302"]],
  [
    "NULL before the status",
    "90500000",
    ["60", "6060", "9000"],
    ["> 9050000000", "wait", "wait", "wait", "deliver 9000"],
  ],
  ["NULL in front of the data", "905C000002", ["60 5C 6061 9000"], ["> 905C000002", "wait", "deliver 60619000"]],
  ["60 as SW2", "90500000", ["9060"], ["> 9050000000", "deliver 9060"]],
  ["a procedure byte without meaning", "90500000", ["51"], ["> 9050000000", "fail"]],
  ["a transfer of nothing", "90500000", ["50"], ["> 9050000000", "fail"]],
  ["a second transfer of the same data", "9054000001AA", ["54", "54"], ["> 9054000001", "> AA", "fail"]],
  ["silence", "90500000", ["silence"], ["> 9050000000", "fail"]],
  ["silence between SW1 and SW2", "90500000", ["90", "silence"], ["> 9050000000", "fail"]],
  ["bytes behind the status", "90500000", ["900000"], ["> 9050000000", "deliver 9000", "ignore"]],
  ["silence afterwards", "90500000", ["9000", "silence"], ["> 9050000000", "deliver 9000", "ignore"]],
];

describe("T=0 interface device", () => {
  it.each(ROWS)("%s", (_situation, command, card, expected) => {
    expect(run(command, card)).toEqual(expected);
  });

  it.each(ROWS)("%s, with every byte on its own", (_situation, command, card, expected) => {
    const single = card.flatMap((hex) => (hex === "silence" ? [hex] : (hex.replaceAll(" ", "").match(/../g) ?? [])));
    expect(run(command, single)).toEqual(expected);
  });

  it("uses the class for GET RESPONSE that it was given", () => {
    let state = startT0Ifd(0x90);
    state = stepT0Ifd(state, { kind: "send", apdu: apdu("9054000001AA08") }).state;
    state = stepT0Ifd(state, { kind: "bytes", bytes: fromHex("54") }).state;
    const { actions } = stepT0Ifd(state, { kind: "bytes", bytes: fromHex("6108") });
    expect(actions.map(show)).toEqual(["> 90C0000008"]);
  });

  it.each(["00600000", "009F0000"])("refuses %s, whose INS would be read as a status", (hex) => {
    expect(() => stepT0Ifd(startT0Ifd(), { kind: "send", apdu: apdu(hex) })).toThrow(
      expect.objectContaining({ code: "PROTOCOL" }),
    );
  });

  it("refuses a second command while the first is under way", () => {
    const { state } = stepT0Ifd(startT0Ifd(), { kind: "send", apdu: apdu("90500000") });
    expect(() => stepT0Ifd(state, { kind: "send", apdu: apdu("90500000") })).toThrow(
      expect.objectContaining({ code: "INTERNAL" }),
    );
  });
});
