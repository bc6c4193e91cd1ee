import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withUnits } from "./amounts.ts";
import { anchor } from "./anchor.ts";
import { escapeMarkup, visible } from "./clean.ts";
import { amount, duration, hexGroups, moment } from "./format.ts";
import { markup } from "./markup.ts";

describe("text of reports", () => {
  test("escaped text holds no character that markup gives a meaning, whatever comes in", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[<>"']/.test(escapeMarkup(text))));
  });

  test("visible text is well-formed Unicode (else encodeURIComponent throws) without controls", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => encodeURIComponent(visible(text)) !== "\ud800"));
    expect(visible("a\tb\nc\u0000\u009b\u202e\ud800😀")).toBe("a\tb\nc\\u0000\\u009b\\u202e\\ud800😀");
  });

  test("markup escapes strings and keeps markup", () => {
    expect(markup`<b title="${'"<'}">${markup`<i>${"&"}</i>`}${[markup`1`, markup`2`]}</b>`.text).toBe(
      '<b title="&quot;&lt;"><i>&amp;</i>1\n2</b>',
    );
  });

  test("different ids have different anchors", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => a === b || anchor("x", a) !== anchor("x", b)));
    expect(anchor("case", 'A" B')).toBe("case-A_22__20_B");
  });
});

describe("numbers with units", () => {
  test("amounts follow the exponent of their currency", () => {
    expect(amount(1250, "0978", 2)).toBe("12.50 EUR");
    expect(amount(5, "0978", 2)).toBe("0.05 EUR");
    expect(amount(700, "0392", 0)).toBe("700 JPY");
    expect(amount(-1, "0999", 3)).toBe("-0.001 currency 0999");
  });

  test("amount elements get the currency beside them, also inside structures", () => {
    const elements = [
      ["INITRSP.BALIEP", "5000"],
      ["INITRSP.CURRIEP", "0978"],
      ["INITRSP.CEXPIEP", "02"],
      ["MPDA", "12.50 (0840)"],
      ["MTOT", "7"],
      ["NTIEP", "7"],
    ] as const;
    expect(withUnits(elements).map(([, value]) => value)).toEqual([
      "50.00 EUR",
      "0978",
      "02",
      "12.50 USD",
      "7 minor units",
      "7",
    ]);
  });

  test("times and bytes are grouped for people", () => {
    expect([duration(0), duration(999.6), duration(12_400), duration(200_000)]).toEqual([
      "0 ms",
      "1.0 s",
      "12.4 s",
      "3 min 20 s",
    ]);
    expect(moment("2026-08-02T10:15:30.000Z")).toBe("2026-08-02 10:15:30 UTC");
    expect(hexGroups("9050000006")).toBe("9050 0000 06");
  });
});
