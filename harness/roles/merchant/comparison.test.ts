import { describe, expect, test } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import type { Confirmation } from "../../crypto/confirmation.ts";
import { type MerchantSecret, sealExpected } from "../../crypto/expected-signature.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { confirmation, derived, EXPECTED, KMER, SUITES, shop } from "./testing/profiled-shop.ts";

describe("the merchant's own comparison", () => {
  const told = (how: MerchantSecret, IDTRX: string, CARDRSP = EXPECTED, over: Partial<Confirmation> = {}) => ({
    "card-response": toHex(CARDRSP),
    "expected-signature": toHex(
      sealExpected(
        how,
        { ...confirmation(IDTRX, over), EXPECTED },
        new Uint8Array("KDER" in how ? nonceLength(how.suite) : 12).fill(5),
      ),
    ),
  });

  test("of equal answers releases, once", async () => {
    const server = shop({ comparison: "merchant" });
    const IDTRX = await server.buy();
    const answers = await Promise.all([1, 2, 3].map(() => server.claim(IDTRX, told({ KMER }, IDTRX))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(server.entries().filter(([, entry]) => entry === "item-released")).toHaveLength(1);
  });

  test("is logged before what follows from it", async () => {
    const server = shop({ comparison: "merchant" });
    const IDTRX = await server.buy();
    await server.claim(IDTRX, told({ KMER }, IDTRX));
    expect(server.entries().slice(1)).toEqual([
      ["merchant", "signatures-compared", "754", { equal: true }],
      ["merchant", "confirmation-registered", "638", { accepted: true, CC: "0000" }],
      ["merchant", "item-released", "640", { ITEM: "news" }],
    ]);
  });

  test.each(SUITES)("under %s opens SEXP with the derived key, and with no other", async (suite) => {
    const server = shop({ comparison: "merchant", encryption: suite });
    const page = await server.order();
    const IDTRX = page["transaction-id"] ?? "";
    expect((await server.claim(IDTRX, told({ KMER }, IDTRX))).status).toBe(403);
    expect((await server.claim(IDTRX, told({ suite, KDER: derived(suite, page) }, IDTRX))).status).toBe(200);
  });

  test.each([0, 2, 3, 4, 7, 8, 15])(
    "finds a difference in byte %i of the answer, and the sale stays open",
    async (index) => {
      const server = shop({ comparison: "merchant" });
      const IDTRX = await server.buy();
      const CARDRSP = EXPECTED.map((byte, at) => (at === index ? byte ^ 0x10 : byte));
      const response = await server.claim(IDTRX, told({ KMER }, IDTRX, CARDRSP));
      expect(response.status).toBe(index < 2 ? 402 : 422);
      expect(response.body).not.toContain("rain");
      expect(server.entries().at(-1)?.slice(1)).toEqual(
        index < 2
          ? ["confirmation-registered", "638", { accepted: false, CC: "1000" }]
          : ["signatures-compared", "754", { equal: false }],
      );
      expect((await server.claim(IDTRX, told({ KMER }, IDTRX))).status).toBe(200);
    },
  );

  test.each<[string, Partial<Confirmation>]>([
    ["another amount", { MPDA: 122 }],
    ["another currency", { CURRPDA: "0840" }],
    ["another exponent", { CEXPPDA: 0 }],
  ])("does not take an expected answer for %s", async (_what, over) => {
    const server = shop({ comparison: "merchant" });
    const IDTRX = await server.buy();
    expect((await server.claim(IDTRX, told({ KMER }, IDTRX, EXPECTED, over))).status).toBe(403);
  });

  test("does not take the expected answer of another sale, nor an altered one", async () => {
    const server = shop({ comparison: "merchant" });
    const [first, second] = [await server.buy(), await server.buy()];
    expect((await server.claim(second, told({ KMER }, first))).status).toBe(403);
    const good = told({ KMER }, second);
    const SEXP = fromHex(good["expected-signature"]);
    for (const bytes of [
      SEXP.slice(1),
      concat(SEXP, Uint8Array.of(0)),
      SEXP.map((byte) => byte ^ 1),
      SEXP.slice(0, 1),
    ]) {
      expect((await server.claim(second, { ...good, "expected-signature": toHex(bytes) })).status).toBe(403);
    }
  });

  test.each([undefined, "payment-server", "head-end"] as const)(
    "is not made where the %s compares",
    async (comparison) => {
      const server = shop({ comparison: comparison ?? "psam" });
      const IDTRX = await server.buy();
      expect((await server.claim(IDTRX, told({ KMER }, IDTRX))).status).toBe(403);
    },
  );

  test.each<[string, (good: Readonly<Record<string, string>>) => Record<string, string>]>([
    ["an empty answer", (good) => ({ ...good, "card-response": "" })],
    ["a short answer", (good) => ({ ...good, "card-response": "0000" })],
    ["no expected answer", (good) => ({ "card-response": good["card-response"] ?? "" })],
    ["an expected answer alone", (good) => ({ "expected-signature": good["expected-signature"] ?? "" })],
    ["no hex", (good) => ({ ...good, "expected-signature": "xy" })],
    ["two proofs at once", (good) => ({ ...good, confirmation: "00" })],
  ])("is not made for %s", async (_what, change) => {
    const server = shop({ comparison: "merchant" });
    const IDTRX = await server.buy();
    expect((await server.claim(IDTRX, change(told({ KMER }, IDTRX)))).status).toBe(400);
    expect(await server.sale(IDTRX)).toMatchObject({ status: "open" });
  });
});
