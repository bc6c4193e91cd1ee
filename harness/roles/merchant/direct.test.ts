import { describe, expect, test } from "vitest";
import { serverClearKey } from "../../crypto/confirmation.ts";
import { memorySaleStore } from "./sale.ts";
import { clear, KMER, SESSION, sealed, shop } from "./testing/profiled-shop.ts";

describe("a direct confirmation", () => {
  test("pays the sale, which its user then fetches once", async () => {
    const server = shop({ direct: true });
    const IDTRX = await server.buy();
    expect((await server.claim(IDTRX, {}, SESSION)).status).toBe(402);
    const heard = await server.direct(IDTRX, sealed(IDTRX));
    expect(heard).toMatchObject({ status: 200, body: "" });
    expect(await server.sale(IDTRX)).toMatchObject({ status: "paid" });
    expect(server.entries().some(([, entry]) => entry === "item-released")).toBe(false);
    const answers = await Promise.all([1, 2, 3].map(() => server.claim(IDTRX, {}, SESSION)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 200)?.body).toContain("rain at noon");
    expect((await server.claim(IDTRX, {}, SESSION)).status).toBe(409);
    expect((await server.direct(IDTRX, sealed(IDTRX))).status).toBe(409);
    expect(server.entries().filter(([, entry]) => entry === "item-released")).toHaveLength(1);
  });

  test("is delivered to nobody else", async () => {
    const server = shop({ direct: true });
    const IDTRX = await server.buy();
    await server.direct(IDTRX, sealed(IDTRX));
    expect((await server.claim(IDTRX, {}, "0123456789ABCDE0")).status).toBe(403);
    expect((await server.claim(IDTRX, {})).status).toBe(403);
    expect(await server.sale(IDTRX)).toMatchObject({ status: "paid" });
  });

  test("counts once and for all, however often it comes", async () => {
    const server = shop({ direct: true });
    const IDTRX = await server.buy();
    for (let time = 0; time < 3; time++)
      expect(await server.direct(IDTRX, sealed(IDTRX))).toMatchObject({ status: 200, body: "" });
    expect((await server.direct(IDTRX, sealed(IDTRX, { CC: "9404" }))).status).toBe(409);
    expect(await server.sale(IDTRX)).toMatchObject({ status: "paid" });
  });

  test("of failure ends the sale, and there is nothing to fetch", async () => {
    const server = shop({ direct: true });
    const IDTRX = await server.buy();
    expect((await server.direct(IDTRX, sealed(IDTRX, { CC: "9404" }))).status).toBe(402);
    expect((await server.claim(IDTRX, {}, SESSION)).status).toBe(402);
    expect(await server.sale(IDTRX)).toMatchObject({ status: "failed" });
  });

  test.each<[boolean, string | undefined]>([
    [false, SESSION],
    [true, SESSION],
    [false, undefined],
    [true, undefined],
  ])("may come by way of the head end: heard before %s, session %s", async (wasHeard, session) => {
    const server = shop({ direct: true });
    const IDTRX = await server.buy();
    if (wasHeard) await server.direct(IDTRX, sealed(IDTRX));
    const { status, body } = await server.claim(IDTRX, sealed(IDTRX), session); // a recovery has no session
    expect([status, body.includes("rain at noon")]).toEqual([200, true]);
    expect(await server.sale(IDTRX)).toMatchObject({ status: "released" });
  });

  test("is nothing to a merchant that has not agreed to it", async () => {
    const server = shop({});
    const IDTRX = await server.buy();
    expect((await server.claim(IDTRX, {}, SESSION)).status).toBe(400);
    expect((await server.direct(IDTRX, sealed(IDTRX))).status).toBe(404);
    expect((await server.claim(IDTRX, sealed(IDTRX))).body).toContain("rain at noon");
  });

  test.each<[string, (IDTRX: string) => Record<string, string>, number]>([
    ["nothing", () => ({}), 400],
    ["a clear confirmation", (IDTRX) => clear(serverClearKey(KMER, IDTRX), IDTRX), 400],
    ["an answer of the card", () => ({ "card-response": "00", "expected-signature": "00" }), 400],
    ["a confirmation of another sale", () => sealed("E".repeat(32)), 403],
  ])("is not made by %s", async (_what, proof, status) => {
    const server = shop({ direct: true, comparison: "merchant", confirmation: "both" });
    const IDTRX = await server.buy();
    expect((await server.direct(IDTRX, proof(IDTRX))).status).toBe(status);
    expect(await server.sale(IDTRX)).toMatchObject({ status: "open" });
  });

  test("outlives a restart", async () => {
    const store = memorySaleStore();
    const IDTRX = await shop({ direct: true }, { store }).buy();
    await shop({ direct: true }, { store }).direct(IDTRX, sealed(IDTRX));
    expect((await shop({ direct: true }, { store }).claim(IDTRX, {}, SESSION)).status).toBe(200);
  });
});
