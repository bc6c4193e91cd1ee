import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { describeT1Block, encodeT1Block, type InvalidBlock, type T1Block } from "./block.ts";
import { decodeT1Block } from "./decode-block.ts";
import { type IfdAction, type IfdEvent, type IfdState, isIdle, startIfd, stepIfd } from "./ifd-machine.ts";
import type { T1Options } from "./machine.ts";

const send = (hex: string): IfdEvent => ({ kind: "send", data: fromHex(hex) });
const block = (value: T1Block): IfdEvent => ({ kind: "block", block: value });
const i = (ns: 0 | 1, hex: string, more = false): IfdEvent => block({ kind: "I", nad: 0, ns, more, inf: fromHex(hex) });
const r = (nr: 0 | 1, error: 0 | 1 | 2 = 0): IfdEvent => block({ kind: "R", nad: 0, nr, error });
const s = (direction: "request" | "response", type: "RESYNCH" | "ABORT"): IfdEvent =>
  block({ kind: "S", nad: 0, direction, type });
const sv = (direction: "request" | "response", type: "IFS" | "WTX", value: number): IfdEvent =>
  block({ kind: "S", nad: 0, direction, type, value });
const bad = (reason: InvalidBlock["reason"]): IfdEvent => block({ kind: "invalid", reason, bytes: new Uint8Array(4) });
const silence: IfdEvent = { kind: "timeout" };
const resynchronise: IfdEvent = { kind: "resynch" };
const resynched = s("response", "RESYNCH");

function show(action: IfdAction): string {
  switch (action.kind) {
    case "transmit":
      return action.block.kind === "I"
        ? `> ${describeT1Block(action.block)} ${toHex(action.block.inf)}`
        : `> ${describeT1Block(action.block)}`;
    case "deliver":
      return `deliver ${toHex(action.data)}`;
    case "wait":
      return `wait ${action.multiplier}`;
    case "fail":
      return action.isUsable ? "fail, line usable" : "fail, line dead";
    case "settled":
      return `settled ${action.request}`;
    case "ignore":
      return "ignore";
  }
}

/** The actions of the last event, after all events before it. */
function run(events: readonly IfdEvent[], options: T1Options = {}): { state: IfdState; actions: readonly string[] } {
  let state = startIfd(options);
  let actions: readonly IfdAction[] = [];
  for (const event of events) ({ state, actions } = stepIfd(state, event));
  return { state, actions: actions.map(show) };
}

/** Information field of 2 bytes at the card: 5 bytes travel in three blocks. */
const small: T1Options = { ifsc: 2 };

const ROWS: readonly [
  situation: string,
  before: readonly IfdEvent[],
  event: IfdEvent,
  expected: readonly string[],
  T1Options?,
][] = [
  ["a message in one block", [], send("00A4"), ["> I(0) 2 bytes 00A4"]],
  ["its answer", [send("00A4")], i(0, "9000"), ["deliver 9000"]],
  ["the second message", [send("00A4"), i(0, "9000")], send("00B0"), ["> I(1) 2 bytes 00B0"]],
  ["an empty message", [], send(""), ["> I(0) 0 bytes "]],
  ["a message that fills the block", [], send("0102"), ["> I(0) 2 bytes 0102"], small],
  // chaining, rule 5
  ["a message in three blocks", [], send("0102030405"), ["> I(0, more) 2 bytes 0102"], small],
  ["first block acknowledged", [send("0102030405")], r(1), ["> I(1, more) 2 bytes 0304"], small],
  ["second block acknowledged", [send("0102030405"), r(1)], r(0), ["> I(0) 1 bytes 05"], small],
  ["first block asked for again", [send("0102030405")], r(0, 1), ["> I(0, more) 2 bytes 0102"], small],
  ["second block asked for again", [send("0102030405"), r(1)], r(1, 2), ["> I(1, more) 2 bytes 0304"], small],
  ["an answer to half a message", [send("0102030405")], i(0, "9000"), ["> R(0) other error"], small],
  ["an answer in two blocks", [send("00")], i(0, "01", true), ["> R(1)"]],
  ["its second block", [send("00"), i(0, "01", true)], i(1, "02"), ["deliver 0102"]],
  ["a third block", [send("00"), i(0, "01", true), i(1, "02", true)], i(0, "03"), ["deliver 010203"]],
  // rule 7.1: the block under way got lost or came damaged
  ["silence after a message", [send("00")], silence, ["> R(0)"]],
  ["a wrong EDC", [send("00")], bad("edc"), ["> R(0) EDC error"]],
  ["a wrong length", [send("00")], bad("length"), ["> R(0) other error"]],
  ["a wrong PCB", [send("00")], bad("pcb"), ["> R(0) other error"]],
  ["a wrong NAD", [send("00")], bad("nad"), ["> R(0) other error"]],
  ["a forbidden size", [send("00")], i(0, "0102", false), ["> R(0) other error"], { ifsd: 1 }],
  ["a wrong N(S)", [send("00")], i(1, "9000"), ["> R(0) other error"]],
  ["damage in the second exchange", [send("00"), i(0, "9000"), send("00")], bad("edc"), ["> R(1) EDC error"]],
  ["the message asked for again", [send("00A4")], r(0), ["> I(0) 2 bytes 00A4"]],
  ["an acknowledgement instead of the answer", [send("00A4")], r(1), ["> R(0) other error"]],
  // rule 7.2: the same R-block again, whatever went wrong this time
  ["damage after a complaint", [send("00"), bad("edc")], bad("pcb"), ["> R(0) EDC error"]],
  ["silence after a complaint", [send("00"), bad("pcb")], silence, ["> R(0) other error"]],
  ["damage after silence", [send("00"), silence], bad("edc"), ["> R(0)"]],
  ["the answer after a complaint", [send("00"), bad("edc")], i(0, "9000"), ["deliver 9000"]],
  ["silence in a chain of the card", [send("00"), i(0, "01", true)], silence, ["> R(1)"]],
  ["damage in a chain of the card", [send("00"), i(0, "01", true)], bad("edc"), ["> R(1) EDC error"]],
  ["R in a chain of the card", [send("00"), i(0, "01", true)], r(1, 1), ["> R(1)"]],
  ["the same block twice in a chain", [send("00"), i(0, "01", true)], i(0, "01", true), ["> R(1) other error"]],
  // rule 7.4 and 6.4: three tries, then RESYNCH, three tries, then the end
  ["third complaint", [send("00"), bad("edc"), bad("edc")], bad("edc"), ["> R(0) EDC error"]],
  ["fourth failure", [send("00"), silence, silence, silence], silence, ["> S(RESYNCH request)"]],
  ["silence after RESYNCH", [send("00"), silence, silence, silence, silence], silence, ["> S(RESYNCH request)"]],
  ["damage after RESYNCH", [send("00"), silence, silence, silence, silence], bad("edc"), ["> S(RESYNCH request)"]],
  ["an answer after RESYNCH", [send("00"), silence, silence, silence, silence], i(0, "9000"), ["> S(RESYNCH request)"]],
  ["third RESYNCH unanswered", [send("00"), ...Array<IfdEvent>(6).fill(silence)], silence, ["fail, line dead"]],
  [
    "RESYNCH answered in mid-message",
    [send("00"), silence, silence, silence, silence],
    resynched,
    ["fail, line usable"],
  ],
  ["the same block asked for four times", [send("00"), r(0), r(0), r(0)], r(0), ["> S(RESYNCH request)"]],
  [
    "a valid block makes failures count anew",
    [send("010203"), silence, silence, silence, r(1)],
    silence,
    ["> R(0)"],
    small,
  ],
  // RESYNCH of its own accord
  ["RESYNCH before the first message", [], resynchronise, ["> S(RESYNCH request)"]],
  ["its answer", [resynchronise], resynched, ["settled RESYNCH"]],
  ["no answer", [resynchronise, silence, silence], silence, ["fail, line dead"]],
  ["N(S) begins anew", [send("00"), i(0, "9000"), resynchronise, resynched], send("01"), ["> I(0) 1 bytes 01"]],
  [
    "N(R) begins anew",
    [send("00"), i(0, "9000"), resynchronise, resynched, send("01")],
    i(0, "9000"),
    ["deliver 9000"],
  ],
  ["RESYNCH asked by the card", [send("00")], s("request", "RESYNCH"), ["> R(0) other error"]],
  // IFS, rule 4
  ["IFS announced", [], { kind: "request-ifs", ifsd: 254 }, ["> S(IFS request 254)"]],
  ["IFS accepted", [{ kind: "request-ifs", ifsd: 254 }], sv("response", "IFS", 254), ["settled IFS"]],
  ["another IFS echoed", [{ kind: "request-ifs", ifsd: 254 }], sv("response", "IFS", 253), ["> S(IFS request 254)"]],
  ["R instead of the IFS response", [{ kind: "request-ifs", ifsd: 254 }], r(0), ["> S(IFS request 254)"]],
  ["no answer to IFS", [{ kind: "request-ifs", ifsd: 254 }, silence, silence], silence, ["> S(RESYNCH request)"]],
  ["IFS of the card", [send("010203")], sv("request", "IFS", 1), ["> S(IFS response 1)"], small],
  ["the next block keeps to it", [send("01020304"), sv("request", "IFS", 1)], r(1), ["> I(1, more) 1 bytes 03"], small],
  [
    "RESYNCH takes the size back",
    [send("0102"), sv("request", "IFS", 1), i(0, "90"), resynchronise, resynched],
    send("0102"),
    ["> I(0) 2 bytes 0102"],
    small,
  ],
  // WTX, rule 3
  ["more time", [send("00")], sv("request", "WTX", 5), ["> S(WTX response 5)", "wait 5"]],
  ["the answer after more time", [send("00"), sv("request", "WTX", 5)], i(0, "9000"), ["deliver 9000"]],
  ["silence after more time", [send("00"), sv("request", "WTX", 5)], silence, ["> R(0)"]],
  ["a WTX response", [send("00")], sv("response", "WTX", 5), ["> R(0) other error"]],
  // ABORT, rule 9
  ["ABORT by the card", [send("010203")], s("request", "ABORT"), ["> S(ABORT response)"], small],
  ["R after ABORT", [send("010203"), s("request", "ABORT")], r(1), ["fail, line usable"], small],
  ["an answer after ABORT", [send("010203"), s("request", "ABORT")], i(0, "6700"), ["deliver 6700"], small],
  ["ABORT of the card's own chain", [send("00"), i(0, "01", true), s("request", "ABORT")], i(1, "02"), ["deliver 02"]],
  ["too long a chain", [send("00"), i(0, "0102", true)], i(1, "0304", true), ["> S(ABORT request)"], { maxMessage: 3 }],
  [
    "its ABORT answered",
    [send("00"), i(0, "0102", true), i(1, "0304", true)],
    s("response", "ABORT"),
    ["fail, line usable"],
    { maxMessage: 3 },
  ],
  ["too long an answer", [send("00")], i(0, "01020304"), ["fail, line usable"], { maxMessage: 3 }],
  ["an answer as long as allowed", [send("00")], i(0, "010203"), ["deliver 010203"], { maxMessage: 3 }],
  // what is not for this machine
  ["a block while idle", [], i(0, "9000"), ["ignore"]],
  ["noise while idle", [], bad("edc"), ["ignore"]],
  ["silence while idle", [], silence, ["ignore"]],
  ["a block for another node", [send("00")], block({ kind: "R", nad: 0x21, nr: 0, error: 0 }), ["ignore"]],
  ["a late answer after the end", [send("00"), ...Array<IfdEvent>(7).fill(silence)], i(0, "9000"), ["ignore"]],
];

describe("interface device", () => {
  it.each(ROWS)("%s", (_situation, before, event, expected, options = {}) => {
    expect(run([...before, event], options).actions).toEqual(expected);
  });

  it("speaks the printed bytes between host and terminal", () => {
    const line: T1Options = { address: { sad: 2, dad: 1 } };
    const sent = (events: readonly IfdEvent[], event: IfdEvent) => {
      let state = startIfd(line);
      for (const earlier of events) state = stepIfd(state, earlier).state;
      return stepIfd(state, event).actions.flatMap((action) =>
        action.kind === "transmit" ? [toHex(encodeT1Block(action.block, "LRC"))] : [],
      );
    };
    const heard = (hex: string) => block(decodeT1Block(fromHex(hex), "LRC"));
    expect(sent([], resynchronise)).toEqual(["12C000D2"]);
    expect(sent([], { kind: "request-ifs", ifsd: 0xfe })).toEqual(["12C101FE2C"]);
    expect(sent([send("00")], heard("21C30102E1"))).toEqual(["12E30102F2"]);
    expect(sent([send("00")], heard("21000000"))).toEqual(["12810093"]); // an I-block whose EDC should be 21
    const first = "2120010000"; // I(0, more), one byte 00
    expect(sent([send("00")], heard(first))).toEqual(["12900082"]);
  });

  it("sends a SELECT to the card in slot 1 in the printed bytes", () => {
    const { actions } = stepIfd(startIfd({ address: { sad: 2, dad: 0 } }), send("00A4040000"));
    expect(actions).toEqual([{ kind: "transmit", block: decodeT1Block(fromHex("02000500A4040000A7"), "LRC") }]);
  });

  it("takes a size from the card for good and gives its own after settling", () => {
    expect(run([{ kind: "request-ifs", ifsd: 254 }, sv("response", "IFS", 254)]).state.ifsd).toBe(254);
    expect(run([send("00"), sv("request", "IFS", 100), i(0, "9000")]).state.ifsc).toBe(100);
  });

  it("never sends anything of the message again after RESYNCH", () => {
    const { state } = run([send("00"), silence, silence, silence, silence, resynched]);
    expect(isIdle(state)).toBe(true);
    expect(run([send("00"), silence, silence, silence, silence, resynched, silence]).actions).toEqual(["ignore"]);
  });

  it("refuses a second message while the first is under way", () => {
    for (const event of [send("01"), resynchronise, { kind: "request-ifs", ifsd: 10 } as const]) {
      expect(() => run([send("00"), event])).toThrow(expect.objectContaining({ code: "INTERNAL" }));
    }
  });

  it.each<T1Options>([{ ifsc: 0 }, { ifsd: 255 }, { address: { sad: 1, dad: 1 } }])(
    "cannot start with %o",
    (options) => {
      expect(() => startIfd(options)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
    },
  );

  it("leaves the state it was given as it was", () => {
    const before = startIfd();
    const copy = structuredClone(before);
    stepIfd(before, send("00"));
    expect(before).toEqual(copy);
  });
});
