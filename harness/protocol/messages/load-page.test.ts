import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { type LoadOffer, loadPageObject, parseLoadPage } from "./load-page.ts";
import {
  cardInformationObject,
  loadAuthorisationObject,
  loadRefusalObject,
  parseCardInformationObject,
  parseLoadAuthorisation,
  parseLoadRefusal,
} from "./load-page-objects.ts";
import { PAGE_LIMIT } from "./page-object.ts";

const KEY = "5353AB53535353535353535353535353";

const offer: LoadOffer = {
  page: {
    SOURCE: 1,
    IDMER: "BNK00001",
    IDTRX: "00112233445566778899AABBCCDDEEFF",
    MLDAmax: 5000,
    CURRLDA: "0978",
    CEXPLDA: 2,
    IDACQ: "00004711",
    DTHR: "20260102030405",
    HOST: "127.0.0.1",
    PORT: 7236,
    URL: "https://bank.test/load/status?a=1&b=2",
    SECINFO: fromHex("0102030405060708"),
    RELEASE: "1.0",
    ENCRYPTION: "AES-128-GCM",
    TEXT: 'Account "A&B" <1>',
    RND: "A1A2A3A4A5A6A7A8",
    TSK: fromHex(KEY),
    ETSK: new Uint8Array(44).fill(0xe7),
  },
  amountUrl: "https://bank.test/load/amount",
};

const VALUES: Readonly<Record<string, string>> = {
  source: "bank",
  "maximum-load-value": "5000",
  currency: "978",
  "currency-exponent": "2",
  "load-server-host": "127.0.0.1",
  "load-server-port": "7236",
  "transaction-id": "00112233445566778899aabbccddeeff",
  "account-holder-id": "BNK00001",
  "acquirer-id": "00004711",
  "time-stamp": "20260102030405",
  "amount-url": "https://bank.test/load/amount",
  "status-url": "https://bank.test/load/status?a=1&amp;b=2",
  "security-information": "0102030405060708",
  "release-level": "1.0",
  "encryption-method": "AES-128-GCM",
  title: "Account &quot;A&amp;B&quot; &lt;1&gt;",
  random: "a1a2a3a4a5a6a7a8",
  "session-key": KEY.toLowerCase(),
  "encrypted-session-key": "e7".repeat(44),
};

function page(values: Readonly<Record<string, string>>, more = ""): string {
  const params = Object.entries(values).map(([name, value]) => `<param name="${name}" value="${value}">`);
  return `<html><body><object type="application/x-purse-load">${params.join("")}${more}</object></body></html>`;
}

function without(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(VALUES).filter(([key]) => key !== name));
}

describe("the load page", () => {
  it("gives every parameter in the form of the load page message", () => {
    expect(parseLoadPage(page(VALUES))).toEqual({ ok: true, ...offer });
  });

  it("is read as it was made, by both sources and both suites", () => {
    expect(parseLoadPage(`<p>Load</p>${loadPageObject(offer)}`)).toEqual({ ok: true, ...offer });
    const { URL: _, ...rest } = offer.page;
    const other = { ...rest, SOURCE: 2, ENCRYPTION: "3DES-CBC-MAC", ETSK: new Uint8Array(40) };
    expect(parseLoadPage(loadPageObject({ ...offer, page: other }))).toEqual({ ok: true, ...offer, page: other });
  });

  it.each(Object.keys(VALUES))("refuses a page without %s, or with two of it", (name) => {
    expect(parseLoadPage(page(without(name)))).toEqual({ ok: false, reason: `parameter ${name} is missing` });
    const twice = page(VALUES, `<param name="${name}" value="${VALUES[name]}">`);
    expect(parseLoadPage(twice)).toEqual({ ok: false, reason: `parameter ${name} is given twice` });
  });

  it.each([
    ["source", "purse"],
    ["maximum-load-value", "0"],
    ["maximum-load-value", "4294967296"],
    ["maximum-load-value", "50.00"],
    ["currency", "EUR"],
    ["currency-exponent", "4"],
    ["load-server-host", "evil host"],
    ["load-server-port", "65536"],
    ["transaction-id", "00"],
    ["account-holder-id", "bnk00001"],
    ["acquirer-id", "4711"],
    ["time-stamp", "20260230030405"],
    ["time-stamp", "2026-01-02"],
    ["amount-url", "/load/amount"],
    ["status-url", "javascript:alert(1)"],
    ["security-information", "01"],
    ["release-level", ""],
    ["encryption-method", "A".repeat(17)],
    ["title", "€".repeat(400)],
    ["random", "00"],
    ["session-key", `${KEY}00`],
    ["encrypted-session-key", "00"],
  ])("refuses %s = %s with a reason that names it", (name, value) => {
    const parsed = parseLoadPage(page({ ...VALUES, [name]: value }));
    expect(parsed).toMatchObject({ ok: false, reason: expect.stringContaining(name) });
    expect(JSON.stringify(parsed)).not.toContain(KEY.slice(2, 12));
  });

  it.each([
    { "encryption-method": "DES" },
    { "encryption-method": "3DES-CBC-MAC" },
    { "encrypted-session-key": "e7".repeat(40) },
  ])("refuses a layer that is not in order: %o", (over) => {
    const reason = expect.stringContaining("the encryption layer is not in order");
    expect(parseLoadPage(page({ ...VALUES, ...over }))).toMatchObject({ ok: false, reason });
  });

  it("needs no status URL with pre-funded accounts, and takes any server's over HTTPS", () => {
    const funded = { ...without("status-url"), source: "pre-funded" };
    const parsed = parseLoadPage(page(funded));
    expect(parsed).toMatchObject({ ok: true, page: { SOURCE: 2 } });
    expect(parsed.ok && Object.keys(parsed.page)).not.toContain("URL");
    const elsewhere = { ...funded, "status-url": "https://elsewhere.test/x" };
    expect(parseLoadPage(page(elsewhere))).toMatchObject({ ok: true, page: { URL: "https://elsewhere.test/x" } });
    expect(parseLoadPage(page({ ...funded, "status-url": "http://elsewhere.test/x" })).ok).toBe(false);
  });

  it("refuses a page without load object or with two, and has an answer to any text", () => {
    expect(parseLoadPage("")).toMatchObject({ ok: false });
    expect(parseLoadPage(page(VALUES).repeat(2))).toMatchObject({
      ok: false,
      reason: "the page has 2 load objects instead of one",
    });
    expect(parseLoadPage("x".repeat(PAGE_LIMIT + 1))).toMatchObject({ ok: false });
    fc.assert(fc.property(fc.string(), (text) => typeof parseLoadPage(text).ok === "boolean"));
    fc.assert(fc.property(fc.string(), (text) => typeof parseLoadPage(page({ source: text })).ok === "boolean"));
  });
});

describe("the small objects of an account holder", () => {
  it("are read as they were made", () => {
    expect(parseCardInformationObject(cardInformationObject("bank"))).toEqual({ ok: true, value: "bank" });
    expect(parseCardInformationObject(cardInformationObject("pre-funded"))).toEqual({ ok: true, value: "pre-funded" });
    const SECLOAD = fromHex("0102030405060708");
    expect(parseLoadAuthorisation(loadAuthorisationObject(SECLOAD))).toEqual({ ok: true, value: SECLOAD });
    expect(parseLoadRefusal(loadRefusalObject("A021"))).toEqual({ ok: true, value: "A021" });
  });

  it("have the types and parameters of the specification", () => {
    expect(cardInformationObject("bank")).toContain(
      '<object type="application/x-purse-card-information">\n<param name="source" value="bank">',
    );
    expect(loadAuthorisationObject(new Uint8Array(8))).toContain(
      '<object type="application/x-purse-load-authorisation">\n<param name="security" value="0000000000000000">',
    );
    expect(loadRefusalObject("A012")).toContain(
      '<object type="application/x-purse-refusal">\n<param name="reason" value="A012">',
    );
  });

  it.each([
    ["no object", ""],
    ["no parameter", '<object type="application/x-purse-refusal"></object>'],
    ["another form", '<object type="application/x-purse-refusal"><param name="reason" value="A0"></object>'],
    ["one given twice", loadRefusalObject("A012").replace("<p>", '<param name="reason" value="A012"><p>')],
    ["two objects", loadRefusalObject("A012") + loadRefusalObject("A013")],
  ])("are refused with %s", (_, html) => {
    expect(parseLoadRefusal(html)).toMatchObject({ ok: false, reason: expect.any(String) });
  });
});
