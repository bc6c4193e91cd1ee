import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { seededRandom } from "../../core/random.ts";
import { BASE_PROFILE, type CipherSuite, type SaleProfile } from "../../core/sale-profile.ts";
import { agentClearKey, type Confirmation, sealResultM, serverClearKey } from "../../crypto/confirmation.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { securityInformation } from "../../crypto/security-information.ts";
import { openTsk } from "../../crypto/transaction-keys.ts";
import { memorySaleStore } from "./sale.ts";
import { clear, confirmation, derived, IDMER, KMER, KSH, KTA, SUITES, sealed, shop } from "./testing/profiled-shop.ts";

describe("the page of a sale", () => {
  test.each(["payment-server", "head-end", "merchant"] as const)(
    "that the %s decides says so, and SECINFO covers it",
    async (comparison) => {
      const page = await shop({ comparison }).order();
      expect(page.comparison).toBe(comparison);
      const terms = { IDMER, IDTRX: page["transaction-id"] ?? "", MPDA: 123, CURRPDA: "0978", CEXPPDA: 2 };
      const SECINFO = securityInformation(KMER, terms, { comparison, encryption: undefined });
      expect(page["security-information"]).toBe(toHex(SECINFO));
      expect(toHex(SECINFO)).not.toBe(toHex(securityInformation(KMER, terms)));
    },
  );

  test("of the base payment has none of the new parameters", async () => {
    const page = await shop({}).order();
    for (const name of ["comparison", "random", "session-key", "encrypted-session-key"])
      expect(page).not.toHaveProperty(name);
    expect(page["encryption-method"]).toBe("AES-128-GCM");
  });

  test.each(SUITES)("under %s holds a TSK, and ETSK that only the payment server opens", async (suite) => {
    const server = shop({ encryption: suite, comparison: "merchant" });
    const [page, other] = [await server.order(), await server.order()];
    expect(page["encryption-method"]).toBe(suite);
    const IDTRX = page["transaction-id"] ?? "";
    const names = { IDMER, IDTRX, RND: fromHex(page.random ?? "") };
    const TSK = openTsk(suite, derived(suite, page), names, fromHex(page["encrypted-session-key"] ?? ""));
    expect(toHex(TSK ?? new Uint8Array())).toBe(page["session-key"]);
    expect(page["session-key"]).not.toBe(other["session-key"]);
    expect(page.random).not.toBe(other.random);
    const terms = { IDMER, IDTRX, MPDA: 123, CURRPDA: "0978", CEXPPDA: 2 };
    const SECINFO = securityInformation(KMER, terms, { comparison: "merchant", encryption: suite });
    expect(page["security-information"]).toBe(toHex(SECINFO));
  });

  test.each(SUITES)("under %s leaves RND with the sale, and the TSK nowhere", async (suite) => {
    const server = shop({ encryption: suite });
    const page = await server.order();
    const [sale] = await server.sales();
    expect(sale?.RND).toBe(page.random);
    expect(JSON.stringify([sale, server.trace])).not.toContain(page["session-key"]);
  });

  test.each([
    [{ encryption: "AES-128-GCM" }, { KSH: undefined }],
    [{ encryption: "3DES-CBC-MAC" }, { KSH: new Uint8Array(8) }],
    [{ comparison: "head-end" }, { KTA: undefined }],
  ] as const)("is not made without the key that it needs: %j", (profile, key) => {
    const identity = { IDMER, KMER, KSH, KTA, origin: "https://s.test", paymentServer: { host: "h", port: 1 } };
    const agreed = { ...identity, ...key, profile: { ...BASE_PROFILE, ...profile } };
    expect(() => shop({}, { identity: agreed })).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

describe("under the encryption layer", () => {
  const resultM = (suite: CipherSuite, page: Readonly<Record<string, string>>, over: Partial<Confirmation> = {}) => {
    const said = confirmation(page["transaction-id"] ?? "", over);
    const nonce = new Uint8Array(nonceLength(suite)).fill(3);
    return { confirmation: toHex(sealResultM(suite, derived(suite, page), said, nonce)) };
  };

  test.each(SUITES)("debit result M of %s releases, and one of failure does not", async (suite) => {
    const server = shop({ encryption: suite });
    const [good, bad] = [await server.order(), await server.order()];
    expect((await server.claim(good["transaction-id"] ?? "", resultM(suite, good))).status).toBe(200);
    expect((await server.claim(bad["transaction-id"] ?? "", resultM(suite, bad, { CC: "9404" }))).status).toBe(402);
  });

  test.each(SUITES)(
    "of %s neither CONF nor M of another transaction is taken, nor M with one bit changed",
    async (suite) => {
      const server = shop({ encryption: suite });
      const [page, other] = [await server.order(), await server.order()];
      const IDTRX = page["transaction-id"] ?? "";
      expect((await server.claim(IDTRX, sealed(IDTRX))).status).toBe(403);
      expect((await server.claim(IDTRX, resultM(suite, other))).status).toBe(403);
      const M = fromHex(resultM(suite, page).confirmation);
      for (let index = 0; index < M.length; index++) {
        const altered = M.map((byte, at) => (at === index ? byte ^ (1 << (index % 8)) : byte));
        expect((await server.claim(IDTRX, { confirmation: toHex(altered) })).status).toBe(403);
      }
      expect(await server.sale(IDTRX)).toMatchObject({ status: "open" });
    },
  );

  test("M reaches a merchant that was started again: the derived key comes from KSH and the sale", async () => {
    const store = memorySaleStore();
    const page = await shop({ encryption: "3DES-CBC-MAC" }, { store }).order();
    const again = shop({ encryption: "3DES-CBC-MAC" }, { store, random: seededRandom("again") });
    expect((await again.claim(page["transaction-id"] ?? "", resultM("3DES-CBC-MAC", page))).status).toBe(200);
  });
});

describe("a clear confirmation", () => {
  const server = (IDTRX: string) => serverClearKey(KMER, IDTRX);
  const agent = (IDTRX: string) => agentClearKey(KTA, IDTRX);

  test.each<[string, Partial<SaleProfile>, (IDTRX: string) => Uint8Array, number]>([
    ["the payment server's, by contract clear", { confirmation: "clear" }, server, 200],
    ["the payment server's, by contract both", { confirmation: "both" }, server, 200],
    ["the payment server's, by contract sealed", {}, server, 403],
    ["the payment server's, where the head end compares", { comparison: "head-end" }, server, 403],
    ["the head end's, where it compares", { comparison: "head-end" }, agent, 200],
    ["the head end's, where the payment server compares", { comparison: "payment-server" }, agent, 403],
    ["the head end's, where the merchant compares", { comparison: "merchant" }, agent, 403],
    ["the head end's, by contract clear", { confirmation: "clear" }, agent, 403],
    ["under the contract key itself", { confirmation: "clear" }, () => KMER, 403],
  ])("that is %s: %#", async (_what, profile, key, status) => {
    const shopOf = shop(profile);
    const IDTRX = await shopOf.buy();
    const response = await shopOf.claim(IDTRX, clear(key(IDTRX), IDTRX));
    expect(response.status).toBe(status);
    expect(response.body.includes("rain at noon")).toBe(status === 200);
    expect(await shopOf.sale(IDTRX)).toMatchObject({ status: status === 200 ? "released" : "open" });
  });

  test.each([
    ["another amount", { MPDA: 122 }, 403],
    ["another currency", { CURRPDA: "0840" }, 403],
    ["a failure", { CC: "9401" }, 402],
  ])("of %s releases nothing", async (_what, over, status) => {
    const shopOf = shop({ confirmation: "clear" });
    const IDTRX = await shopOf.buy();
    expect((await shopOf.claim(IDTRX, clear(server(IDTRX), IDTRX, over))).status).toBe(status);
  });

  test("with any one bit changed is not accepted", async () => {
    const shopOf = shop({ comparison: "head-end" });
    const IDTRX = await shopOf.buy();
    const CLEARCONF = fromHex(clear(agent(IDTRX), IDTRX)["clear-confirmation"]);
    for (let index = 0; index < CLEARCONF.length; index++) {
      const altered = CLEARCONF.map((byte, at) => (at === index ? byte ^ (1 << (index % 8)) : byte));
      expect((await shopOf.claim(IDTRX, { "clear-confirmation": toHex(altered) })).status).toBe(403);
    }
  });
});

test.each(["payment-server", "head-end", "merchant"] as const)(
  "CONF of the payment server counts where the %s compares: a recovery",
  async (comparison) => {
    const server = shop({ comparison });
    const IDTRX = await server.buy();
    expect((await server.claim(IDTRX, sealed(IDTRX))).status).toBe(200);
  },
);

test("the cable provider's own merchant module speaks as the head end", async () => {
  const server = shop({}, { as: "head-end" });
  const IDTRX = await server.buy();
  await server.claim(IDTRX, sealed(IDTRX));
  expect(server.entries().map(([role]) => role)).toEqual(["head-end", "head-end", "head-end"]);
});
