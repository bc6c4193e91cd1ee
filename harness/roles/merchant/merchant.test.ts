import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { seededRandom } from "../../core/random.ts";
import { securityInformation } from "../../crypto/security-information.ts";
import { escapeHtml } from "../../protocol/messages/html-tags.ts";
import { parsePaymentPage } from "../../protocol/messages/payment-page.ts";
import { memorySaleStore } from "./sale.ts";
import { buy, confirm, confirmationFor, KMER, logged, news, order, post, session, shop } from "./testing/shop.ts";

describe("the payment page", () => {
  test("holds every parameter of the specification, and the security information fits them", async () => {
    const page = await buy(shop());
    expect(page).toMatchObject({
      IDMER: "SHOP0001",
      MPDA: 369,
      CURRPDA: "0978",
      CEXPPDA: 2,
      HOST: "10.1.2.3",
      PORT: 4711,
      URL: "https://shop.test/status",
      RELEASE: "1.0",
      ENCRYPTION: "AES-128-GCM",
      TEXT: news.title,
    });
    expect(page.SECINFO).toEqual(securityInformation(KMER, page));
  });

  test("shows the total to the user with its currency, in a page that a person can read", async () => {
    const { body, headers } = await shop().handler(post("/checkout", order, session));
    expect(body).toContain("Total: 3.69 EUR");
    for (const needed of ["<!DOCTYPE html>", '<html lang="en">', "<title>Payment</title>", 'name="viewport"']) {
      expect(body).toContain(needed);
    }
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(body).not.toContain("<more>"); // of the title: escaped wherever it stands
  });

  test("has another identifier for every sale", async () => {
    const server = shop();
    const identifiers = new Set<string>();
    for (let sale = 0; sale < 50; sale++) identifiers.add((await buy(server)).IDTRX);
    expect(identifiers.size).toBe(50);
  });

  test("leaves an open sale and the log entry 606 behind", async () => {
    const server = shop();
    const { IDTRX } = await buy(server);
    expect(await server.sales()).toMatchObject([
      { IDTRX, ITEM: "news-1", QUANTITY: 3, MPDA: 369, CURRPDA: "0978", CEXPPDA: 2, status: "open" },
    ]);
    expect(server.trace).toMatchObject([{ kind: "log", role: "merchant", step: "606", IDTRX }]);
    expect(logged(server)).toEqual([["transaction-created", { MPDA: 369, ITEM: "news-1" }]]);
  });

  test("ignores an amount that the request names", async () => {
    const response = await shop().handler(post("/checkout", { ...order, "total-cost": "1" }, session));
    expect(parsePaymentPage(response.body)).toMatchObject({ ok: true, page: { MPDA: 369 } });
  });

  test.each([
    ["no item", { quantity: "1", payment: "smart-card" }, session, 400],
    ["another payment", { ...order, payment: "cash" }, session, 400],
    ["quantity 0", { ...order, quantity: "0" }, session, 400],
    ["quantity 256", { ...order, quantity: "256" }, session, 400],
    ["quantity 1.5", { ...order, quantity: "1.5" }, session, 400],
    ["quantity -1", { ...order, quantity: "-1" }, session, 400],
    ["a total above four bytes", { ...order, item: "book", quantity: "3" }, session, 400],
    ["no session", order, {}, 400],
    ["a short session", order, { cookie: "session=0123" }, 400],
    ["two sessions", order, { cookie: "session=0123456789abcdef; session=0123456789abcde0" }, 400],
    ["an unknown item", { ...order, item: "moon" }, session, 404],
  ])("is not made for an order with %s", async (_what, fields, headers, status) => {
    const server = shop();
    expect((await server.handler(post("/checkout", fields, headers))).status).toBe(status);
    expect(await server.sales()).toEqual([]);
  });

  test("is not made for a field that is there twice or a body of another type", async () => {
    const server = shop();
    const twice = post("/checkout", order, session);
    expect((await server.handler({ ...twice, body: `${twice.body}&quantity=1` })).status).toBe(400);
    const json = post("/checkout", order, { ...session, "content-type": "application/json" });
    expect((await server.handler(json)).status).toBe(400);
  });
});

describe("a confirmation", () => {
  test("of success releases the information with the amount paid", async () => {
    const server = shop();
    const page = await buy(server);
    const response = await confirm(server, page);
    expect(response.status).toBe(200);
    expect(response.body).toContain("&lt;b&gt;rain&lt;/b&gt; at noon");
    expect(response.body).toContain("Paid: 3.69 EUR");
    expect(await server.sale(page.IDTRX)).toMatchObject({ status: "released" });
    expect(logged(server).slice(1)).toEqual([
      ["confirmation-registered", { accepted: true, CC: "0000" }],
      ["item-released", { ITEM: "news-1" }],
    ]);
  });

  test("of success for goods gives a receipt with amount and transaction", async () => {
    const server = shop();
    const page = await buy(server, { item: "book", quantity: "2" });
    const { body } = await confirm(server, page);
    expect(body).toContain("Receipt");
    expect(body).toContain("4294967294 JPY");
    expect(body).toContain(page.IDTRX);
  });

  test("of failure ends the sale without releasing anything", async () => {
    const server = shop();
    const page = await buy(server);
    const response = await confirm(server, page, confirmationFor(page, { CC: "9404" }));
    expect(response.status).toBe(402);
    expect(response.body).not.toContain("rain");
    expect(await server.sale(page.IDTRX)).toMatchObject({ status: "failed" });
    expect(logged(server).at(-1)).toEqual(["confirmation-registered", { accepted: true, CC: "9404" }]);
    expect((await confirm(server, page)).status).toBe(409);
  });

  test("releases once: the second time the sale is concluded already", async () => {
    const server = shop();
    const page = await buy(server);
    const answers = await Promise.all([1, 2, 3, 4].map(() => confirm(server, page)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect((await confirm(server, page)).status).toBe(409);
    expect(logged(server).filter(([entry]) => entry === "item-released")).toHaveLength(1);
  });

  test("of another transaction of the same amount is not accepted, and the sale stays open", async () => {
    const server = shop();
    const [first, second] = [await buy(server), await buy(server)];
    expect((await confirm(server, second, confirmationFor(first))).status).toBe(403);
    expect(await server.sale(second.IDTRX)).toMatchObject({ status: "open" });
    expect(logged(server).at(-1)).toEqual(["confirmation-registered", { accepted: false, CC: null }]);
    expect((await confirm(server, second)).status).toBe(200);
  });

  test.each([
    ["another amount", { MPDA: 368 }],
    ["another currency", { CURRPDA: "0840" }],
    ["another exponent", { CEXPPDA: 1 }],
  ])("about %s is not accepted", async (_what, over) => {
    const server = shop();
    const page = await buy(server);
    expect((await confirm(server, page, confirmationFor(page, over))).status).toBe(403);
  });

  test("under another contract key is not accepted", async () => {
    const server = shop();
    const page = await buy(server);
    const forged = confirmationFor(page, {}, new Uint8Array(16).fill(1));
    expect((await confirm(server, page, forged)).status).toBe(403);
  });

  test("with any one bit changed is not accepted", async () => {
    const server = shop();
    const page = await buy(server);
    const CONF = fromHex(confirmationFor(page));
    for (let index = 0; index < CONF.length; index++) {
      const altered = CONF.map((byte, at) => (at === index ? byte ^ (1 << (index % 8)) : byte));
      expect((await confirm(server, page, toHex(altered))).status).toBe(403);
    }
    expect((await confirm(server, page, toHex(CONF.slice(1)))).status).toBe(403);
    expect(await server.sale(page.IDTRX)).toMatchObject({ status: "open" });
  });

  test("for a transaction that nobody opened is 404", async () => {
    const server = shop();
    const page = await buy(server);
    expect((await confirm(server, { ...page, IDTRX: "E".repeat(32) })).status).toBe(404);
  });

  test.each([
    [{ "transaction-id": "12", confirmation: "00" }],
    [{ "transaction-id": "0".repeat(32), confirmation: "0g" }],
    [{ "transaction-id": "0".repeat(32), confirmation: "" }],
    [{ "transaction-id": "0".repeat(32) }],
  ])("that is malformed is 400: %j", async (fields) => {
    expect((await shop().handler(post("/status", fields))).status).toBe(400);
  });

  test("reaches a merchant that was started again on its sales", async () => {
    const store = memorySaleStore();
    const page = await buy(shop({ store }));
    expect((await confirm(shop({ store, random: seededRandom("after restart") }), page)).status).toBe(200);
  });
});

test("any title survives the page: what the shop wrote is what the head end reads", async () => {
  const title = fc
    .string({ unit: "binary", maxLength: 60 })
    .filter((text) => !text.includes("\r") && !text.includes("\0"));
  await fc.assert(
    fc.asyncProperty(title, async (text) => {
      expect((await buy(shop({ catalogue: [{ ...news, title: text }] }))).TEXT).toBe(text);
      expect(escapeHtml(text)).not.toMatch(/[<>"']/);
    }),
  );
});
