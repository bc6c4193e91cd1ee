import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { serveTerminal } from "./serve.ts";
import { phaseOf } from "./state.ts";
import { cancel, IDTERM, ids, respond, type TerminalBed, terminalBed } from "./testing/terminal-bed.ts";

const A = ids("A");
const OK = fromHex("9000");
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

const ISSUER = filled(244, 0x11);
const CARD = filled(244, 0x22);
const PSAMCERT = filled(244, 0x33);
const SESSKEY = filled(224, 0x44);
/** Balance 10,000, NTIEP 7; AMIEP at offset 19. */
const INITRSP = fromHex(`000123${"0000004711"}10301231${"00002710"}0978020200070101020304`);
const SECRET_KEY_CARD = INITRSP.map((byte, index) => (index === 19 ? 1 : byte));
const DEBITDATA = fromHex(`00078900A10001000000050000007B0978022026073012345600490001${A}${"0102030405060708"}`);
const EXPECTED = fromHex(`00000007${"00002695"}A1A2A3A4A5A6A7A8`);

const DRAW = {
  kind: "t-draw",
  IDTERM,
  IDTRX: A,
  IDMER: "MERCHT01",
  ATR: fromHex("3B00"),
  INITRSP,
  MPDA: 123,
  CURRPDA: "0978",
  CEXPPDA: 2,
  CERTS: concat(ISSUER, CARD),
} as const;

/** INS and P1 of a command and what a good PSAM answers. */
const ANSWERS: Readonly<Record<string, Uint8Array>> = {
  A404: fromHex("6F228408F050422D50534D31A516DF1003000789DF110400A10001DF1F065053414D2D319000"),
  "7000": OK,
  "7001": concat(fromHex("00078900A1000100000005"), OK),
  "7002": OK,
  "7003": OK,
  "7200": concat(DEBITDATA, OK),
  "7201": concat(DEBITDATA, EXPECTED, OK),
  "7800": concat(PSAMCERT, OK),
  "7801": concat(SESSKEY, OK),
  "8E00": OK,
};

/** A terminal whose PSAM answers from the table, or with what `other` says. */
function bench(other: Readonly<Record<string, Uint8Array | "silence">> = {}) {
  const clock = new VirtualClock(new Date("2026-07-30T12:34:56Z"));
  const commands: Uint8Array[] = [];
  const terminal = serveTerminal({
    identity: { IDTERM, LOC: "00490001" },
    clock,
    trace: () => undefined,
    psam: {
      async exchange(command) {
        commands.push(command.slice());
        const name = toHex(command.subarray(1, 3));
        const answer = other[name] ?? ANSWERS[name];
        if (answer === undefined || answer === "silence") return new Promise<Uint8Array>(() => undefined);
        return answer;
      },
    },
  });
  const say = async (message: Message) =>
    parseMessage(await terminal.exchange(encodeMessage(message), deadlineIn(clock, 20_000)));
  return { terminal, say, commands, names: () => commands.map((command) => toHex(command.subarray(1, 3))) };
}

describe("terminal and public key cards", () => {
  it("hands over both certificates before the debit, and reads the card's needs after it", async () => {
    const { say, names, commands, terminal } = bench();
    expect(await say(DRAW)).toEqual({ kind: "t-debit", IDTERM, IDTRX: A, DEBITDATA, PSAMCERT, SESSKEY });
    expect(names()).toEqual(["A404", "7000", "7001", "7002", "7003", "7200", "7800", "7801"]);
    expect(toHex(commands[3] ?? OK)).toBe(`90700200F4${toHex(ISSUER)}`);
    expect(toHex(commands[4] ?? OK)).toBe(`90700300F4${toHex(CARD)}`);
    expect(toHex(commands[6] ?? OK)).toBe("90780000F4");
    expect(toHex(commands[7] ?? OK)).toBe("90780100E0");
    expect(phaseOf(terminal.state)).toBe("draw amount");
  });

  it("does the same in single trip", async () => {
    const { say, names } = bench();
    expect(await say({ ...DRAW, COMPARE: 3 })).toEqual({
      kind: "t-debit",
      IDTERM,
      IDTRX: A,
      DEBITDATA,
      PSAMCERT,
      SESSKEY,
      EXPECTED,
    });
    expect(names().slice(5)).toEqual(["7201", "7800", "7801"]);
  });

  it.each([
    ["without certificates", { ...DRAW, CERTS: undefined }],
    ["with certificates of a secret key card", { ...DRAW, INITRSP: SECRET_KEY_CARD }],
  ])("refuses a draw %s with A001 and asks nobody", async (_, draw) => {
    const { say, names } = bench();
    expect(await say(draw)).toEqual({ kind: "t-refusal", IDTERM, IDTRX: A, CC: "A001" });
    expect(names()).toEqual([]);
  });

  it.each([
    ["7002", "9421"],
    ["7002", "9422"],
    ["7003", "9420"],
    ["7003", "6A80"],
  ])("passes on the refusal of package %s with %s", async (name, SW) => {
    const { say, names } = bench({ [name]: fromHex(SW) });
    expect(await say(DRAW)).toEqual({ kind: "t-refusal", IDTERM, IDTRX: A, CC: SW });
    expect(names().at(-1)).toBe(name);
  });

  it.each([
    ["7800", "silence", "A010"],
    ["7801", "silence", "A010"],
    ["7800", fromHex("6985"), "6985"],
    ["7801", concat(SESSKEY.subarray(1), OK), "6F00"],
  ] as const)("has the debit withdrawn when %s cannot be read", async (name, answer, CC) => {
    for (const COMPARE of [undefined, 1]) {
      const { say, names } = bench({ [name]: answer });
      expect(await say({ ...DRAW, COMPARE })).toEqual({ kind: "t-refusal", IDTERM, IDTRX: A, CC });
      const before = names().length;
      await say(cancel(ids("B"), 0));
      expect(names().slice(before)).toEqual(["A404", "8E00", "8E00"]);
    }
  });
});

describe("terminal with a public key card and a PSAM that knows its CA", () => {
  const certificates = (bed: TerminalBed) =>
    concat(bed.apdu("00B2011400").slice(0, 244), bed.apdu("00B2021400").slice(0, 244));

  it.each([undefined, 1])("takes a purchase, COMPARE %s", async (COMPARE) => {
    const bed = terminalBed("rsa");
    const draw = bed.draw(A, 1250, COMPARE);
    const debit = await bed.say({ ...draw, CERTS: certificates(bed) });
    if (debit.kind !== "t-debit" || !debit.PSAMCERT || !debit.SESSKEY) throw new Error(`no keys in ${debit.kind}`);
    expect(toHex(bed.apdu(`90580000F4${toHex(debit.PSAMCERT)}`))).toBe("9000");
    expect(toHex(bed.apdu(`90580100E0${toHex(debit.SESSKEY)}`))).toBe("9000");
    const CARDRSP = bed.debitCard(debit);
    expect(debit.EXPECTED).toEqual(COMPARE === undefined ? undefined : CARDRSP);
    expect(await bed.say(respond(A, CARDRSP))).toMatchObject({ kind: "t-result", CC: "0000" });
    expect(bed.totals()).toEqual([1250, 1]);
  });

  it.each([
    ["rsa-expired-certificate", "9420"],
    ["rsa-other-ca", "9422"],
  ])("passes on what the PSAM has against the card %s", async (name, CC) => {
    const bed = terminalBed(name);
    const draw = bed.draw(A);
    expect(await bed.say({ ...draw, CERTS: certificates(bed) })).toMatchObject({ kind: "t-refusal", CC });
    expect(bed.totals()).toEqual([0, 0]);
  });
});
