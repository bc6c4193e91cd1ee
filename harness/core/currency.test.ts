import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { currencyOf, formatAmount, verbOf } from "./currency.ts";

describe("currencies", () => {
  it.each([
    ["0978", "EUR", 2],
    ["0840", "USD", 2],
    ["0826", "GBP", 2],
    ["0756", "CHF", 2],
    ["0392", "JPY", 0],
    ["0414", "KWD", 3],
    ["0410", "KRW", 0],
    ["0963", "XTS", 0],
    ["0036", "AUD", 2],
  ])("knows %s as %s with %i decimals, as ISO 4217 does", (CURR, alphabetic, decimals) => {
    expect(currencyOf(CURR)).toMatchObject({ alphabetic, decimals });
    expect(currencyOf(CURR.slice(1))).toBe(currencyOf(CURR));
  });

  it("does not know a code that is no currency, nor one with a leading digit that is not zero", () => {
    expect(currencyOf("0999")).toBeUndefined();
    expect(currencyOf("1978")).toBeUndefined();
    expect(currencyOf("")).toBeUndefined();
  });
});

describe("amounts for people", () => {
  it.each([
    [1250, "0978", 2, "12.50 EUR"],
    [8750, "0978", 2, "87.50 EUR"],
    [5, "0978", 2, "0.05 EUR"],
    [0, "0978", 2, "0.00 EUR"],
    [1500, "0392", 0, "1500 JPY"],
    [1500, "0414", 3, "1.500 KWD"],
    [4294967295, "0840", 2, "42949672.95 USD"],
    [1250, "0999", 2, "12.50 (currency 0999)"],
    [12, "0999", 0, "12 points"],
    [1, "0999", 0, "1 point"],
    [0, "0999", 0, "0 points"],
    [12, "0123", 0, "12 (currency 0123)"],
    [-5, "0978", 2, "-0.05 EUR"],
  ])("shows %i of %s with exponent %i as %s", (minor, CURR, CEXP, shown) => {
    expect(formatAmount(minor, CURR, CEXP)).toBe(shown);
  });

  it.each([
    [12, "0999", 0, "were"],
    [0, "0999", 0, "were"],
    [1, "0999", 0, "was"],
    [1250, "0999", 2, "was"],
    [1250, "0978", 2, "was"],
  ])("%i of %s with exponent %i %s debited", (minor, CURR, CEXP, verb) => {
    expect(verbOf(minor, CURR, CEXP)).toBe(verb);
  });

  it("loses no minor unit, whatever the amount and the exponent", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 3 }), (minor, CEXP) => {
        const [number = ""] = formatAmount(minor, "0978", CEXP).split(" ");
        expect(number.split(".")[1]?.length ?? 0).toBe(CEXP);
        expect(Number(number.replace(".", ""))).toBe(minor);
      }),
    );
  });
});
