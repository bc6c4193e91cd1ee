import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { describeT1Block, encodeT1Block, type InvalidBlock, type T1Block } from "./block.ts";
import { decodeT1Block } from "./decode-block.ts";
import { type IccAction, type IccEvent, type IccState, startIcc, stepIcc } from "./icc-machine.ts";
import type { T1Options } from "./machine.ts";

const reply = (hex: string): IccEvent => ({ kind: "reply", data: fromHex(hex) });
const block = (value: T1Block): IccEvent => ({ kind: "block", block: value });
const i = (ns: 0 | 1, hex: string, more = false): IccEvent => block({ kind: "I", nad: 0, ns, more, inf: fromHex(hex) });
const r = (nr: 0 | 1, error: 0 | 1 | 2 = 0): IccEvent => block({ kind: "R", nad: 0, nr, error });
const s = (direction: "request" | "response", type: "RESYNCH" | "ABORT"): IccEvent =>
  block({ kind: "S", nad: 0, direction, type });
const sv = (direction: "request" | "response", type: "IFS" | "WTX", value: number): IccEvent =>
  block({ kind: "S", nad: 0, direction, type, value });
const bad = (reason: InvalidBlock["reason"]): IccEvent => block({ kind: "invalid", reason, bytes: new Uint8Array(4) });
const wtx = (multiplier: number): IccEvent => ({ kind: "wtx", multiplier });
const cut: IccEvent = { kind: "timeout" };
const resynch = s("request", "RESYNCH");

function show(action: IccAction): string {
  switch (action.kind) {
    case "transmit":
      return action.block.kind === "I"
        ? `> ${describeT1Block(action.block)} ${toHex(action.block.inf)}`
        : `> ${describeT1Block(action.block)}`;
    case "deliver":
      return `deliver ${toHex(action.data)}`;
    case "abandon":
    case "ignore":
      return action.kind;
  }
}

function run(events: readonly IccEvent[], options: T1Options = {}): { state: IccState; actions: readonly string[] } {
  let state = startIcc(options);
  let actions: readonly IccAction[] = [];
  for (const event of events) ({ state, actions } = stepIcc(state, event));
  return { state, actions: actions.map(show) };
}

/** Information field of 2 bytes at the interface device: 5 bytes travel in three blocks. */
const small: T1Options = { ifsd: 2 };
const answered = [i(0, "00"), reply("9000")];
const chaining = [i(0, "00"), reply("0102030405")];

const ROWS: readonly [
  situation: string,
  before: readonly IccEvent[],
  event: IccEvent,
  expected: readonly string[],
  T1Options?,
][] = [
  ["a message in one block", [], i(0, "00A4"), ["deliver 00A4"]],
  ["its answer", [i(0, "00A4")], reply("9000"), ["> I(0) 2 bytes 9000"]],
  ["the second message", answered, i(1, "00B0"), ["deliver 00B0"]],
  ["its answer has the other N(S)", [...answered, i(1, "00B0")], reply("6A82"), ["> I(1) 2 bytes 6A82"]],
  // chaining, rule 5
  ["a first block of several", [], i(0, "01", true), ["> R(1)"]],
  ["the last one", [i(0, "01", true)], i(1, "02"), ["deliver 0102"]],
  ["a middle one", [i(0, "01", true)], i(1, "02", true), ["> R(0)"]],
  ["a long answer", [i(0, "00")], reply("0102030405"), ["> I(0, more) 2 bytes 0102"], small],
  ["its first block acknowledged", chaining, r(1), ["> I(1, more) 2 bytes 0304"], small],
  ["its second block acknowledged", [...chaining, r(1)], r(0), ["> I(0) 1 bytes 05"], small],
  ["its first block asked for again", chaining, r(0, 1), ["> I(0, more) 2 bytes 0102"], small],
  ["acknowledged with an error named", chaining, r(1, 2), ["> I(1, more) 2 bytes 0304"], small],
  ["a new message in the middle of an answer", chaining, i(1, "00"), ["> R(1) other error"], small],
  // rule 7
  ["a wrong EDC", [], bad("edc"), ["> R(0) EDC error"]],
  ["a wrong length", [], bad("length"), ["> R(0) other error"]],
  ["a wrong NAD", [], bad("nad"), ["> R(0) other error"]],
  ["a block that is cut off", [], cut, ["> R(0) other error"]],
  ["too long an information field", [], i(0, "0102"), ["> R(0) other error"], { ifsc: 1 }],
  ["damage in a chain", [i(0, "01", true)], bad("edc"), ["> R(1) EDC error"]],
  ["damage after a complaint: the same again", [bad("edc")], bad("pcb"), ["> R(0) EDC error"]],
  ["damage after an answer", answered, bad("edc"), ["> R(1) EDC error"]],
  ["fourth failure: keeps silent", [bad("edc"), bad("edc"), bad("edc")], bad("edc"), ["ignore"]],
  ["listens all the same", [bad("edc"), bad("edc"), bad("edc"), bad("edc")], i(0, "00"), ["deliver 00"]],
  ["R before the first block: asks for it", [], r(0), ["> R(0)"]],
  ["answer asked for again", answered, r(0), ["> I(0) 2 bytes 9000"]],
  ["answer asked for again after damage", [...answered, bad("edc")], r(0, 1), ["> I(0) 2 bytes 9000"]],
  ["next message got lost: asks for it", answered, r(1), ["> R(1)"]],
  ["acknowledgement got lost: sends it again", [i(0, "01", true)], r(0), ["> R(1)"]],
  ["a message that comes twice is not delivered twice", answered, i(0, "00"), ["> R(1) other error"]],
  ["a chain block that comes twice", [i(0, "01", true)], i(0, "01", true), ["> R(1) other error"]],
  ["asked again while working", [i(0, "00")], r(0), ["ignore"]],
  ["the message again while working", [i(0, "00")], i(0, "00"), ["ignore"]],
  ["noise while working", [i(0, "00")], bad("edc"), ["ignore"]],
  ["a response that nobody asked for", [], sv("response", "WTX", 1), ["> R(0) other error"]],
  // RESYNCH, rule 6
  ["RESYNCH", [], resynch, ["> S(RESYNCH response)"]],
  ["RESYNCH after failures", [bad("edc"), bad("edc"), bad("edc"), bad("edc")], resynch, ["> S(RESYNCH response)"]],
  ["RESYNCH while working", [i(0, "00")], resynch, ["abandon", "> S(RESYNCH response)"]],
  ["the late answer to an abandoned message", [i(0, "00"), resynch], reply("9000"), ["ignore"]],
  ["N(S) of both ends is 0 after RESYNCH", [...answered, resynch], i(0, "00"), ["deliver 00"]],
  ["the answer after RESYNCH", [...answered, resynch, i(0, "00")], reply("9000"), ["> I(0) 2 bytes 9000"]],
  ["half a message is gone after RESYNCH", [i(0, "01", true), resynch], i(0, "02"), ["deliver 02"]],
  ["the old answer is gone after RESYNCH", [...answered, resynch], r(0), ["> R(0)"]],
  // IFS, rule 4
  ["IFS of the interface device", [], sv("request", "IFS", 1), ["> S(IFS response 1)"]],
  ["the answer keeps to it", [sv("request", "IFS", 1), i(0, "00")], reply("9000"), ["> I(0, more) 1 bytes 90"]],
  ["RESYNCH takes it back", [sv("request", "IFS", 1), resynch, i(0, "00")], reply("9000"), ["> I(0) 2 bytes 9000"]],
  ["own IFS", [i(0, "00")], { kind: "request-ifs", ifsc: 254 }, ["> S(IFS request 254)"]],
  ["own IFS outside of its turn", [], { kind: "request-ifs", ifsc: 254 }, ["ignore"]],
  // WTX, rule 3
  ["more time", [i(0, "00")], wtx(3), ["> S(WTX request 3)"]],
  ["more time granted", [i(0, "00"), wtx(3)], sv("response", "WTX", 3), []],
  ["still more time", [i(0, "00"), wtx(3), sv("response", "WTX", 3)], wtx(4), ["> S(WTX request 4)"]],
  ["the answer afterwards", [i(0, "00"), wtx(3), sv("response", "WTX", 3)], reply("9000"), ["> I(0) 2 bytes 9000"]],
  ["an answer before the time is granted waits", [i(0, "00"), wtx(3)], reply("9000"), []],
  ["and goes out when it is", [i(0, "00"), wtx(3), reply("9000")], sv("response", "WTX", 3), ["> I(0) 2 bytes 9000"]],
  ["another multiplier echoed", [i(0, "00"), wtx(3)], sv("response", "WTX", 4), ["> S(WTX request 3)"]],
  ["R instead of the WTX response", [i(0, "00"), wtx(3)], r(0), ["> S(WTX request 3)"]],
  ["damage instead of the WTX response", [i(0, "00"), wtx(3)], bad("edc"), ["> S(WTX request 3)"]],
  ["third repetition of WTX fails too", [i(0, "00"), wtx(3), bad("edc"), bad("edc")], bad("edc"), ["ignore"]],
  ["more time without a message", [], wtx(3), ["ignore"]],
  ["an impossible multiplier", [i(0, "00")], wtx(256), ["ignore"]],
  ["WTX asked by the interface device", [], sv("request", "WTX", 1), ["> R(0) other error"]],
  // ABORT, rule 9
  ["ABORT of the answer", chaining, s("request", "ABORT"), ["> S(ABORT response)"], small],
  ["the message after ABORT", [...chaining, s("request", "ABORT")], i(1, "00"), ["deliver 00"], small],
  ["ABORT while working", [i(0, "00")], s("request", "ABORT"), ["abandon", "> S(ABORT response)"]],
  ["too long a message", [i(0, "0102", true)], i(1, "0304", true), ["> S(ABORT request)"], { maxMessage: 3 }],
  [
    "its ABORT answered",
    [i(0, "0102", true), i(1, "0304", true)],
    s("response", "ABORT"),
    ["> R(0)"],
    { maxMessage: 3 },
  ],
  ["a message as long as allowed", [i(0, "0102", true)], i(1, "03"), ["deliver 010203"], { maxMessage: 3 }],
  // what is not for this machine
  ["a reply to nothing", [], reply("9000"), ["ignore"]],
  ["a second reply", answered, reply("9000"), ["ignore"]],
  ["a block for another node", [], block({ kind: "I", nad: 0x21, ns: 0, more: false, inf: fromHex("00") }), ["ignore"]],
];

describe("card or terminal", () => {
  it.each(ROWS)("%s", (_situation, before, event, expected, options = {}) => {
    expect(run([...before, event], options).actions).toEqual(expected);
  });

  it("speaks the printed bytes of a terminal towards the host", () => {
    let state = startIcc({ address: { sad: 1, dad: 2 } });
    const sent = (event: IccEvent): readonly string[] => {
      const step = stepIcc(state, event);
      state = step.state;
      return step.actions.map((action) =>
        action.kind === "transmit" ? toHex(encodeT1Block(action.block, "LRC")) : action.kind,
      );
    };
    const heard = (hex: string) => block(decodeT1Block(fromHex(hex), "LRC"));
    expect(sent(heard("12C000D2"))).toEqual(["21E000C1"]);
    expect(sent(heard("12C101FE2C"))).toEqual(["21E101FE3F"]);
    expect(sent(heard("120001AAB9"))).toEqual(["deliver"]);
    expect(sent({ kind: "wtx", multiplier: 2 })).toEqual(["21C30102E1"]);
    expect(sent(heard("12E30102F2"))).toEqual([]);
    expect(sent(heard("02000500A4040000A7"))).toEqual(["ignore"]); // for the card in slot 1
  });
});
