import { describe, expect, test } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { seededRandom } from "../../core/random.ts";
import { BASE_PROFILE, type CipherSuite, type SaleProfile } from "../../core/sale-profile.ts";
import type { TraceEvent } from "../../core/trace.ts";
import {
  agentClearKey,
  type Confirmation,
  clearConfirmation,
  sealConfirmation,
  sealResultM,
  serverClearKey,
} from "../../crypto/confirmation.ts";
import { type MerchantSecret, sealExpected } from "../../crypto/expected-signature.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { securityInformation } from "../../crypto/security-information.ts";
import { deriveTransactionKey, openTsk } from "../../crypto/transaction-keys.ts";
import { htmlTags } from "../../protocol/messages/html-tags.ts";
import { memorySaleStore } from "./sale.ts";
import { type MerchantOptions, serveMerchant } from "./serve.ts";

const IDMER = "SHOP0001";
const KMER = fromHex("000102030405060708090A0B0C0D0E0F");
const KSH = fromHex("01020407080B0D0E10131516191A1C1F");
const KTA = fromHex("F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF");
const EXPECTED = fromHex("0000 0007 000003E8 1122334455667788");
const SESSION = "0123456789ABCDEF";
const SALE = { IDTERM: "00000001", NTPSAM: 9, DTHR: "20310506070809" };
const SUITES = ["AES-128-GCM", "3DES-CBC-MAC"] as const;

function shop(profile: Partial<SaleProfile>, over: Partial<MerchantOptions> = {}) {
  const trace: TraceEvent[] = [];
  const identity = {
    IDMER,
    KMER,
    KSH,
    KTA,
    origin: "https://shop.test",
    paymentServer: { host: "10.1.2.3", port: 4711 },
  };
  const server = serveMerchant({
    identity: { ...identity, profile: { ...BASE_PROFILE, ...profile } },
    catalogue: [
      { ITEM: "news", title: "News", price: 123, CURR: "0978", CEXP: 2, kind: "information", content: "rain at noon" },
    ],
    clock: systemClock,
    random: seededRandom("profiles"),
    trace: (event) => trace.push(event),
    ...over,
  });
  const post = (path: string, fields: Readonly<Record<string, string>>, session?: string) =>
    server.handler({
      method: "POST",
      path,
      headers: session === undefined ? {} : { cookie: `session=${session}` },
      body: new URLSearchParams(fields).toString(),
    });
  /** What the page's parameters say. */
  const order = async (): Promise<Readonly<Record<string, string>>> => {
    const { body } = await post("/checkout", { item: "news", quantity: "1", payment: "smart-card" }, SESSION);
    const tags = htmlTags(body).filter(({ name }) => name === "param");
    return Object.fromEntries(tags.map(({ attributes }) => [attributes.get("name"), attributes.get("value")]));
  };
  const buy = async () => (await order())["transaction-id"] ?? "";
  const claim = (IDTRX: string, proof: Readonly<Record<string, string>>, session?: string) =>
    post("/status", { "transaction-id": IDTRX, ...proof }, session);
  const direct = (IDTRX: string, proof: Readonly<Record<string, string>>) =>
    post("/status/direct", { "transaction-id": IDTRX, ...proof });
  const entries = () =>
    trace.flatMap((event) => (event.kind === "log" ? [[event.role, event.entry, event.step, event.fields]] : []));
  return { ...server, order, buy, claim, direct, entries, trace };
}

function confirmation(IDTRX: string, over: Partial<Confirmation> = {}): Confirmation {
  return { IDTRX, IDMER, MPDA: 123, CURRPDA: "0978", CEXPPDA: 2, CC: "0000", ...SALE, ...over };
}

const sealed = (IDTRX: string, over: Partial<Confirmation> = {}) => ({
  confirmation: toHex(sealConfirmation(KMER, confirmation(IDTRX, over), new Uint8Array(12).fill(7))),
});

const clear = (key: Uint8Array, IDTRX: string, over: Partial<Confirmation> = {}) => ({
  "clear-confirmation": toHex(clearConfirmation(key, confirmation(IDTRX, over))),
});

function derived(suite: CipherSuite, page: Readonly<Record<string, string>>): Uint8Array {
  return deriveTransactionKey(suite, KSH, IDMER, page["transaction-id"] ?? "", fromHex(page.random ?? ""));
}

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

test.each(["payment-server", "head-end", "merchant"] as const)(
  "CONF of the payment server counts where the %s compares: a recovery",
  async (comparison) => {
    const server = shop({ comparison });
    const IDTRX = await server.buy();
    expect((await server.claim(IDTRX, sealed(IDTRX))).status).toBe(200);
  },
);

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

test("the cable provider's own merchant module speaks as the head end", async () => {
  const server = shop({}, { as: "head-end" });
  const IDTRX = await server.buy();
  await server.claim(IDTRX, sealed(IDTRX));
  expect(server.entries().map(([role]) => role)).toEqual(["head-end", "head-end", "head-end"]);
});
