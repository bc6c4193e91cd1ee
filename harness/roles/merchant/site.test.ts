import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { merchant } from "./model.ts";
import { book, buy, confirm, identity, news, order, post, session, shop } from "./testing/shop.ts";

describe("the merchant's site", () => {
  test("shows the catalogue with prices", async () => {
    const { status, body } = await shop().handler({ method: "GET", path: "/?from=portal", headers: {}, body: "" });
    expect(status).toBe(200);
    expect(body).toContain("The &quot;News&quot; &amp; &lt;more&gt;");
    expect(body).toContain("1.23 EUR");
  });

  test.each([
    ["GET", "/nowhere", 404],
    ["POST", "/", 405],
    ["GET", "/checkout", 405],
    ["GET", "/status", 405],
  ] as const)("answers %s %s with %i and a sentence", async (method, path, status) => {
    const response = await shop().handler({ method, path, headers: {}, body: "" });
    expect(response.status).toBe(status);
    expect(response.body).toMatch(/<p>[A-Z][^<]+\.<\/p>/);
  });

  test.each([
    [16_384, 400],
    [16_385, 413],
  ])("answers a body of %i bytes with %i", async (length, status) => {
    const request = { ...post("/status", {}), body: "x".repeat(length) };
    expect((await shop().handler(request)).status).toBe(status);
  });

  test("answers whatever is asked, and opens no sale by accident", async () => {
    const server = shop();
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("/checkout", "/status", "/", "item=news-1", "session=0123456789abcdef"),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("GET", "POST"), text, text, text, async (method, path, cookie, body) => {
        const { status } = await server.handler({ method, path, headers: { cookie }, body });
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(500);
      }),
    );
    expect(await server.sales()).toEqual([]);
  });

  test("serves another role than the reference one", async () => {
    const server = shop({
      role: {
        handle(state, input) {
          const step = merchant.handle(state, input);
          return { ...step, outputs: step.outputs.filter(({ kind }) => kind !== "log") };
        },
      },
    });
    await buy(server);
    expect(server.trace).toEqual([]);
  });

  test.each([
    [{ identity: { ...identity, IDMER: "shop" } }],
    [{ identity: { ...identity, KMER: new Uint8Array(8) } }],
    [{ identity: { ...identity, origin: "shop" } }],
    [{ identity: { ...identity, paymentServer: { host: "", port: 1 } } }],
    [{ identity: { ...identity, paymentServer: { host: "x", port: 0 } } }],
    [{ catalogue: [{ ...book, price: 0 }] }],
    [{ catalogue: [{ ...book, CURR: "978" }] }],
    [{ catalogue: [book, book] }],
    [{ catalogue: [{ ...news, content: "x".repeat(5_000) }] }],
  ])("refuses to start with what could make no allowed page (%#)", (over) => {
    expect(() => shop(over)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  test("delivers the longest content within what a result message carries", async () => {
    const server = shop({ catalogue: [{ ...news, content: '"'.repeat(4_096), title: "&".repeat(256) }] });
    const { body } = await confirm(server, await buy(server));
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(32_768);
  });
});

describe("a price on the page", () => {
  test.each([
    [1234, "0978", 2, "12.34 EUR"],
    [1500, "0392", 0, "1500 JPY"],
    [2500, "0414", 3, "2.500 KWD"],
    [25, "0999", 0, "25 points"],
  ])("of %i minor units of %s with %i decimals is %j", async (price, CURR, CEXP, text) => {
    const server = shop({ catalogue: [{ ...news, price, CURR, CEXP }] });
    const { body } = await server.handler(post("/checkout", { ...order, quantity: "1" }, session));
    expect(body).toContain(`Total: ${text}<`);
  });
});
