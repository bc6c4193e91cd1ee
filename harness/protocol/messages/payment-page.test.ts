import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { PAGE_LIMIT } from "./page-object.ts";
import { parsePaymentPage } from "./payment-page.ts";

const VALUES: Readonly<Record<string, string>> = {
  "total-cost": "1250",
  currency: "978",
  "currency-exponent": "2",
  "payment-server-host": "127.0.0.1",
  "payment-server-port": "7236",
  "transaction-id": "00112233445566778899aabbccddeeff",
  "merchant-id": "MERCH001",
  "status-url": "https://shop.test/status?id=1&amp;x=2",
  "security-information": "0102030405060708",
  "release-level": "1.0",
  "encryption-method": "AES-128-GCM",
  title: "Caf&eacute; &amp; &quot;tea&quot; &#8364;",
};

function params(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<param name="${name}" value="${value}">`)
    .join("\n");
}

function page(content: string): string {
  return `<!DOCTYPE html><html><head><title>Pay</title></head><body>
    <object type="application/x-purse-payment">${content}</object></body></html>`;
}

function without(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(VALUES).filter(([key]) => key !== name));
}

describe("the payment page", () => {
  it("gives every parameter in the form of the page message", () => {
    expect(parsePaymentPage(page(params(VALUES)))).toEqual({
      ok: true,
      page: {
        MPDA: 1250,
        CURRPDA: "0978",
        CEXPPDA: 2,
        HOST: "127.0.0.1",
        PORT: 7236,
        IDTRX: "00112233445566778899AABBCCDDEEFF",
        IDMER: "MERCH001",
        URL: "https://shop.test/status?id=1&x=2",
        SECINFO: fromHex("0102030405060708"),
        RELEASE: "1.0",
        ENCRYPTION: "AES-128-GCM",
        TEXT: 'Caf&eacute; & "tea" €',
      },
    });
  });

  it("reads attributes in any order, case and quoting, and self-closing tags", () => {
    const odd = `${params(without("total-cost"))}<PARAM VALUE = '1250' nAmE=total-cost />`;
    expect(parsePaymentPage(page(odd))).toMatchObject({ ok: true, page: { MPDA: 1250 } });
  });

  it("ignores parameters that it does not know", () => {
    const more = `${params(VALUES)}<param name="colour" value="red"><param name="colour" value="blue">`;
    expect(parsePaymentPage(page(more)).ok).toBe(true);
  });

  it.each(Object.keys(VALUES))("refuses a page without %s", (name) => {
    expect(parsePaymentPage(page(params(without(name))))).toEqual({
      ok: false,
      reason: `parameter ${name} is missing`,
    });
  });

  it.each(Object.keys(VALUES))("refuses a page that gives %s twice, even with the same value", (name) => {
    const twice = `${params(VALUES)}<param name="${name}" value="${VALUES[name]}">`;
    expect(parsePaymentPage(page(twice))).toEqual({ ok: false, reason: `parameter ${name} is given twice` });
  });

  it.each([
    ["total-cost", "0"],
    ["total-cost", "-5"],
    ["total-cost", "12.50"],
    ["total-cost", "012"],
    ["total-cost", "4294967296"],
    ["total-cost", "1e3"],
    ["currency", "EUR"],
    ["currency", "0978"],
    ["currency-exponent", "4"],
    ["payment-server-host", ""],
    ["payment-server-host", "evil host"],
    ["payment-server-port", "0"],
    ["payment-server-port", "65536"],
    ["transaction-id", "00112233445566778899AABBCCDDEE"],
    ["transaction-id", "zz112233445566778899aabbccddeeff"],
    ["merchant-id", "merch001"],
    ["merchant-id", "MERCH01"],
    ["status-url", "javascript:alert(1)"],
    ["status-url", "/status"],
    ["status-url", `https://shop.test/${"a".repeat(1100)}`],
    ["security-information", "01020304050607"],
    ["release-level", ""],
    ["encryption-method", "A".repeat(17)],
    ["title", "€".repeat(400)],
    ["title", "t".repeat(1025)],
  ])("refuses %s = %s with a reason that names it", (name, value) => {
    const result = parsePaymentPage(page(params({ ...VALUES, [name]: value })));
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining(name) });
  });

  it("takes the largest amount, port and the highest exponent", () => {
    const most = { ...VALUES, "total-cost": "4294967295", "payment-server-port": "65535", "currency-exponent": "3" };
    expect(parsePaymentPage(page(params(most)))).toMatchObject({
      ok: true,
      page: { MPDA: 4294967295, PORT: 65535, CEXPPDA: 3 },
    });
  });

  it("refuses a page without payment object, with another type, or with two", () => {
    expect(parsePaymentPage("")).toMatchObject({ ok: false });
    expect(parsePaymentPage(params(VALUES))).toMatchObject({ ok: false });
    expect(parsePaymentPage(`<object type="text/plain">${params(VALUES)}</object>`)).toMatchObject({ ok: false });
    expect(parsePaymentPage(page(params(VALUES)).repeat(2))).toMatchObject({
      ok: false,
      reason: expect.stringContaining("2 payment objects"),
    });
  });

  it("does not take tags out of comments, scripts or attribute values", () => {
    const object = `<object type="application/x-purse-payment">${params(VALUES)}</object>`;
    const quoted = object.replaceAll('"', "'");
    for (const hidden of [`<!-- ${object} -->`, `<script>${object}</script>`, `<p title="${quoted}">x</p>`]) {
      expect(parsePaymentPage(hidden)).toMatchObject({ ok: false });
      expect(parsePaymentPage(hidden + page(params(VALUES))).ok).toBe(true);
    }
  });

  it("does not take params that stand outside of the object", () => {
    const outside = page(params(without("title"))) + params({ title: "x" });
    expect(parsePaymentPage(outside)).toMatchObject({ ok: false, reason: "parameter title is missing" });
  });

  it("refuses a page that ends anywhere before the last parameter is complete", () => {
    const whole = page(params(VALUES));
    const last = whole.lastIndexOf(">", whole.indexOf("</object>"));
    for (let end = 0; end < last; end++) expect(parsePaymentPage(whole.slice(0, end)).ok).toBe(false);
  });

  it("has an answer to any text, and soon", () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parsePaymentPage(text).ok === "boolean"));
    fc.assert(fc.property(fc.string(), (text) => typeof parsePaymentPage(page(text)).ok === "boolean"));
    for (const text of ["<", "<a ", "<a b=", "<!--", "<script>", '<a b="', "<a =", "</"]) {
      const started = performance.now();
      expect(parsePaymentPage(text.repeat(PAGE_LIMIT / text.length)).ok).toBe(false);
      expect(performance.now() - started).toBeLessThan(2_000);
    }
    expect(parsePaymentPage("x".repeat(PAGE_LIMIT + 1))).toMatchObject({ ok: false });
  });
});
