import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { layerFlaw, layerOf } from "./encryption-layer.ts";
import { parsePaymentPage } from "./payment-page.ts";

const BASE: Readonly<Record<string, string>> = {
  "total-cost": "1250",
  currency: "978",
  "currency-exponent": "2",
  "payment-server-host": "127.0.0.1",
  "payment-server-port": "7236",
  "transaction-id": "00112233445566778899aabbccddeeff",
  "merchant-id": "MERCH001",
  "status-url": "https://shop.test/status",
  "security-information": "0102030405060708",
  "release-level": "1.0",
  "encryption-method": "AES-128-GCM",
  title: "Tea",
};

const KEY = "5353ab53535353535353535353535353";
const LAYER: Readonly<Record<string, string>> = {
  random: "a1a2a3a4a5a6a7a8",
  "session-key": KEY,
  "encrypted-session-key": "e7".repeat(44),
};

function parse(over: Readonly<Record<string, string>>, more = "") {
  const values = Object.entries({ ...BASE, ...over });
  const params = values.map(([name, value]) => `<param name="${name}" value="${value}">`).join("");
  return parsePaymentPage(`<object type="application/x-purse-payment">${params}${more}</object>`);
}

describe("who compares S3", () => {
  it.each([
    ["payment-server", 1],
    ["head-end", 2],
    ["merchant", 3],
  ])("%s is COMPARE %i", (comparison, COMPARE) => {
    expect(parse({ comparison })).toMatchObject({ ok: true, page: { COMPARE } });
  });

  it("leaves COMPARE out where the page says nothing", () => {
    const parsed = parse({});
    expect(parsed.ok && Object.keys(parsed.page)).not.toContain("COMPARE");
    expect(parsed.ok && Object.keys(parsed.page)).not.toContain("TSK");
  });

  it.each(["psam", "", "Head-End", "constructor", "02"])("refuses %j", (comparison) => {
    expect(parse({ comparison })).toEqual({ ok: false, reason: "parameter comparison is not in its range" });
  });

  it("refuses a page that says it twice", () => {
    const twice = '<param name="comparison" value="merchant">';
    expect(parse({ comparison: "merchant" }, twice)).toEqual({
      ok: false,
      reason: "parameter comparison is given twice",
    });
  });
});

describe("the encryption layer on the page", () => {
  it("gives RND, TSK and ETSK", () => {
    const RND = "A1A2A3A4A5A6A7A8";
    const [TSK, ETSK] = [fromHex(KEY), new Uint8Array(44).fill(0xe7)];
    expect(parse(LAYER)).toMatchObject({ ok: true, page: { RND, TSK, ETSK, ENCRYPTION: "AES-128-GCM" } });
    const short = { ...LAYER, "encryption-method": "3DES-CBC-MAC", "encrypted-session-key": "E7".repeat(40) };
    expect(parse(short)).toMatchObject({ ok: true, page: { ETSK: ETSK.subarray(0, 40) } });
  });

  it.each(Object.keys(LAYER))("refuses a page that lacks %s alone, or has it alone", (name) => {
    const rest = Object.fromEntries(Object.entries(LAYER).filter(([each]) => each !== name));
    for (const half of [rest, { [name]: LAYER[name] ?? "" }]) {
      expect(parse(half)).toEqual({
        ok: false,
        reason: "the encryption layer is not in order: RND, TSK and ETSK are not all there",
      });
    }
  });

  it.each([
    ["a suite that is none", { "encryption-method": "DES" }, "cipher suite"],
    ["an ETSK of the other suite", { "encrypted-session-key": "e7".repeat(40) }, "not 44"],
    ["a TSK that is too short", { "session-key": KEY.slice(2) }, "session-key"],
    ["a TSK that is no hex", { "session-key": `zz${KEY.slice(2)}` }, "session-key"],
    ["an RND that is too long", { random: `${LAYER.random}00` }, "random"],
    ["an ETSK of no suite", { "encrypted-session-key": "e7".repeat(41) }, "encrypted-session-key"],
  ])("refuses %s, and no reason shows the key", (_, over, text) => {
    const parsed = parse({ ...LAYER, ...over });
    expect(parsed).toMatchObject({ ok: false, reason: expect.stringContaining(text) });
    expect(JSON.stringify(parsed)).not.toContain(KEY.slice(2, 12));
  });

  it("does not mind an unknown method where there is no layer", () => {
    expect(parse({ "encryption-method": "none" }).ok).toBe(true);
  });
});

describe("the layer of a message", () => {
  const [RND, TSK, ETSK] = ["A1A2A3A4A5A6A7A8", new Uint8Array(16), new Uint8Array(40)];

  it("is there with all three and a suite", () => {
    const message = { ENCRYPTION: "3DES-CBC-MAC", RND, TSK, ETSK };
    expect(layerFlaw(message)).toBeUndefined();
    expect(layerOf(message)).toEqual({ suite: "3DES-CBC-MAC", RND, TSK, ETSK });
  });

  it("is absent without any", () => {
    expect(layerFlaw({ ENCRYPTION: "AES-128-GCM" })).toBeUndefined();
    expect(layerOf({ ENCRYPTION: "AES-128-GCM" })).toBeUndefined();
  });

  it.each([{ RND }, { TSK, ETSK }, { RND, TSK, ETSK }, { RND, TSK, ETSK, ENCRYPTION: "AES-128-GCM" }])(
    "has a flaw in %o",
    (message) => {
      expect(layerFlaw(message)).toBeDefined();
    },
  );
});
