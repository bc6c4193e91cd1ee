import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import type { LinkName, RoleName } from "../../core/trace.ts";
import { describe as describeBytes, describeMessage } from "./describe.ts";
import { amountText } from "./describe-structure.ts";
import { encodeMessage } from "./message.ts";
import { stepOf } from "./steps.ts";

const text = (value: string) => new TextEncoder().encode(value);
const userMessage = (CC: string) => encodeMessage({ kind: "user-message", CC, TEXT: "" });

describe("stepOf", () => {
  it.each<[LinkName, RoleName, Uint8Array, string | undefined]>([
    ["236", "head-end", fromHex("EA00"), "612"],
    ["236", "payment-server", fromHex("EB00"), "616"],
    ["236", "head-end", fromHex("EC00"), "622"],
    ["236", "payment-server", fromHex("ED00"), "634"],
    ["236", "payment-server", fromHex("EE00"), undefined],
    ["cable", "set-top-box", fromHex("E100"), "602"],
    ["cable", "head-end", fromHex("E200"), "607"],
    ["cable", "set-top-box", fromHex("E300"), "608"],
    ["cable", "head-end", fromHex("EB00"), "617"],
    ["cable", "set-top-box", fromHex("EC00"), "621"],
    ["cable", "head-end", fromHex("E800"), "641"],
    ["cable", "head-end", userMessage("0000"), "636"],
    ["cable", "head-end", userMessage("A018"), undefined],
    ["line", "concentrator", fromHex("F100"), "686"],
    ["LAN", "payment-server", fromHex("00000001F100"), "686"],
    ["LAN", "concentrator", fromHex("F1F1F1F1F200"), "694"],
    ["line", "concentrator", fromHex("F300"), "624"],
    ["line", "terminal", fromHex("F400"), "628"],
    ["235", "set-top-box", fromHex("00A4040008"), "608"],
    ["235", "set-top-box", fromHex("905001001B"), "608"],
    ["235", "set-top-box", fromHex("9054010035"), "618"],
    ["235", "set-top-box", fromHex("905A0100"), undefined],
    ["SAM", "terminal", fromHex("90700000"), "688"],
    ["SAM", "terminal", fromHex("90700100"), "688"],
    ["SAM", "terminal", fromHex("90720000"), "688"],
    ["SAM", "terminal", fromHex("90740000"), "626"],
    ["SAM", "terminal", fromHex("908E0000"), undefined],
    ["234", "head-end", text("GET /\n\n"), undefined],
    ["234", "head-end", text("POST /checkout\n\nitem=1"), "604"],
    ["234", "head-end", text("POST /status/1\n\n"), "636"],
    ["ui", "user", text("accept"), undefined],
  ])("%s from %s", (link, from, bytes, step) => {
    expect(stepOf(link, from, bytes)).toBe(step);
  });

  it.each<[LinkName, RoleName, Uint8Array, Uint8Array, string | undefined]>([
    ["235", "card", fromHex("9000"), fromHex("90540100"), "620"],
    ["235", "card", fromHex("9000"), fromHex("905A0100"), undefined],
    ["SAM", "psam", fromHex("9000"), fromHex("90720000"), "692"],
    ["SAM", "psam", fromHex("9302"), fromHex("90740000"), "628"],
    ["234", "merchant", text("200\n\n"), text("POST /checkout\n\nitem=1"), "606"],
    ["234", "merchant", text("403\n\n"), text("POST /status/1\n\n"), "640"],
    ["234", "merchant", text("200\n\n"), text("GET /\n\n"), undefined],
  ])("of an answer on %s follows from its request", (link, from, bytes, request, step) => {
    expect(stepOf(link, from, bytes, request)).toBe(step);
    expect(stepOf(link, from, bytes)).toBeUndefined();
  });
});

describe("describe", () => {
  const INITRSP = fromHex("123456 0000004711 04 281231 000007D0 0978 02 01 0007 01 A1B2C3D4");

  it("shows amounts with decimals and currency, in the message and inside INITRSP", () => {
    const bytes = encodeMessage({
      kind: "t-draw",
      IDTERM: "00000001",
      IDTRX: "AB".repeat(16),
      IDMER: "MERCHT01",
      ATR: fromHex("3B00"),
      INITRSP,
      MPDA: 1250,
      CURRPDA: "0978",
      CEXPPDA: 2,
    });
    expect(describeMessage(bytes)).toMatchObject({
      message: "t-draw",
      IDMER: "MERCHT01",
      MPDA: "12.50 (0978)",
      "INITRSP.BALIEP": "20.00 (0978)",
      "INITRSP.NTIEP": "7",
    });
  });

  it.each([
    ["1250", 2, "12.50 (0978)"],
    ["5", 2, "0.05 (0978)"],
    ["5", 0, "5 (0978)"],
    ["1", 3, "0.001 (0978)"],
  ])("writes %s with %d decimals as %s", (minor, CEXP, expected) => {
    expect(amountText(minor, "0978", CEXP)).toBe(expected);
  });

  it("names commands, and reads a response by the command it answers", () => {
    const initialize = fromHex("905001001B");
    const response = fromHex("123456 0000004711 04 281231 000007D0 0978 02 01 0007 01 A1B2C3D4 9000");
    expect(describeBytes("235", "set-top-box", initialize)).toMatchObject({ command: "INITIALIZE IEP" });
    expect(describeBytes("235", "card", response, initialize)).toMatchObject({
      SW: "9000 success",
      BALIEP: "20.00 (0978)",
    });
    expect(describeBytes("235", "card", fromHex("9302"))).toEqual({ SW: "9302 MAC or signature wrong" });
  });

  it("says why bytes are no message and shows them", () => {
    expect(describeMessage(fromHex("FA00"))).toEqual({
      message: "unrecognised",
      reason: "t-read-totals: IDTERM is missing",
      bytes: "FA00",
    });
  });

  it("never throws", () => {
    const links = fc.constantFrom<LinkName>("235", "cable", "234", "236", "LAN", "line", "SAM", "ui");
    const roles = fc.constantFrom<RoleName>("card", "psam", "terminal", "head-end", "merchant");
    fc.assert(
      fc.property(
        links,
        roles,
        fc.uint8Array({ maxLength: 80 }),
        fc.uint8Array({ maxLength: 8 }),
        (link, from, bytes, to) => {
          stepOf(link, from, bytes, to);
          return Object.keys(describeBytes(link, from, bytes, to)).length >= 0;
        },
      ),
      { numRuns: 1000 },
    );
  });
});
