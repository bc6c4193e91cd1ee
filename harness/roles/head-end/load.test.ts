import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import {
  A1,
  A2,
  A3,
  A5,
  A6,
  A9,
  AA,
  AMOUNT_PATH,
  BANK,
  boxOf,
  CONF,
  directServerOf,
  ETSK,
  FUND,
  fundPage,
  HOLDER,
  heardBy,
  holderOf,
  IDTRX,
  kinds,
  LOADINIT,
  LOADRSP,
  load,
  pageOf,
  RND,
  SECLOAD,
  STATUS,
  seal,
  serverOf,
  TSK,
} from "./load-test-bench.ts";
import { answer } from "./test-bench.ts";

const LOADED = { kind: "result", IDTRX, CC: "0000", CONTENT: "The card was loaded with 10.00 EUR." };
const form = { "content-type": "application/x-www-form-urlencoded" };
const withCookie = { ...form, cookie: "session=0123456789ABCDEF" };

describe.each(["AES-128-GCM", "3DES-CBC-MAC"] as const)("a load from a bank account (FIG 15), %s", (suite) => {
  const parties = { box: boxOf({}, suite), payment: serverOf({}, suite), merchant: holderOf(pageOf(suite)) };

  it("says to the set-top box what is its part", async () => {
    const run = await load(parties);
    expect(run.box).toEqual([A2, pageOf(suite), A6, A9, LOADED]);
  });

  it("asks the account holder in the user's session, and posts the confirmation unaltered", async () => {
    const { posts } = await load({ ...parties, box: boxOf({}, suite) });
    const post = (path: string, body: string) => ({
      origin: BANK,
      request: { method: "POST", path, headers: withCookie, body },
    });
    const account = "account=DE-100+200";
    expect(posts).toEqual([
      post("/load", account),
      post(
        "/load/card",
        `${account}&atr=3B00&balance=000004E200004E200978020007&card-information=${toHex(A3.CARDINFO)}`,
      ),
      post(AMOUNT_PATH, `transaction-id=${IDTRX}&amount=1000`),
      post("/status?n=1", `transaction-id=${IDTRX}&confirmation=${toHex(CONF)}`),
    ]);
  });

  it("gives the load server everything in one sealed request, and then the card's answer as it came", async () => {
    const run = await load({ ...parties, box: boxOf({}, suite) });
    expect(run.connected).toEqual(["load.test:7236"]);
    expect(run.payment[0]).toMatchObject({ kind: "sealed-opening", IDMER: HOLDER, IDTRX, RND, ETSK: ETSK[suite] });
    expect(heardBy(run, suite)[0]).toEqual({
      kind: "load-request",
      SOURCE: 1,
      IDMER: HOLDER,
      IDTRX,
      ATR: A3.ATR,
      LOADINIT,
      LOADRSP,
      SECLOAD,
    });
    expect(run.payment.slice(1)).toEqual([seal(AA, suite)]);
  });

  it("logs the steps of section 8, and no key", async () => {
    const run = await load({ ...parties, box: boxOf({}, suite) });
    expect(run.logs.map(({ entry, step, fields }) => [entry, step, fields])).toEqual([
      ["load-module-activated", "874", { IDMER: HOLDER }],
      ["load-request-sent", "878", { IDMER: HOLDER, MLDA: 1000, host: "load.test", port: 7236 }],
      ["load-result", "883", { CC: "0000", SW: "9000" }],
      ["load-confirmed", "891", { url: STATUS }],
    ]);
    expect(run.logs.every((entry) => entry.IDTRX === IDTRX)).toBe(true);
    expect(JSON.stringify(run.logs).toUpperCase()).not.toContain(toHex(TSK));
  });
});

describe("a load from a pre-funded account (FIG 17)", () => {
  const fund = (url?: string) => ({
    first: { ...A1, SITE: "fund" },
    merchant: holderOf(fundPage(url === undefined ? {} : { URL: url })),
  });

  it("is the same with the load server's own pages, without SECLOAD, and tells nobody", async () => {
    const run = await load(fund());
    expect(run.box).toEqual([{ ...A2, SOURCE: 2 }, fundPage(), A6, A9, LOADED]);
    expect(run.posts.map(({ origin, request }) => origin + request.path)).toEqual([
      `${FUND}/load`,
      `${FUND}/load/card`,
      `${FUND}${AMOUNT_PATH}`,
    ]);
    expect(heardBy(run)[0]).toEqual({
      kind: "load-request",
      SOURCE: 2,
      IDMER: "FND00001",
      IDTRX,
      ATR: A3.ATR,
      LOADINIT,
      LOADRSP,
    });
    expect(run.logs.map(({ entry, step }) => [entry, step])).toEqual([
      ["load-module-activated", "1074"],
      ["load-request-sent", "1078"],
      ["load-result", "1083"],
    ]);
  });

  it("tells the other server of the contract, without the user's session (1091)", async () => {
    const run = await load(fund("https://other.test:9000/status?n=1"));
    expect(run.posts[3]).toEqual({
      origin: "https://other.test:9000",
      request: {
        method: "POST",
        path: "/status?n=1",
        headers: form,
        body: `transaction-id=${IDTRX}&confirmation=${toHex(CONF)}`,
      },
    });
    expect(run.entry("load-confirmed")).toMatchObject([{ step: "1091" }]);
    expect(run.box.at(-1)).toEqual(LOADED);
  });

  it.each([["absent"], ["silent"], [answer(500)], [answer(403)], [answer(402)]] as const)(
    "has a result that the other server cannot change: %o",
    async (said) => {
      const page = fundPage({ URL: "https://other.test:9000/status?n=1" });
      const run = await load({ first: { ...A1, SITE: "fund" }, merchant: holderOf(page, { "/status?n=1": said }) });
      expect(run.box.at(-1)).toEqual(LOADED);
      expect(run.entry("load-confirmed")).toEqual([]);
      expect(run.entry("load-not-confirmed")).toHaveLength(1);
    },
  );
});

describe("the direct path to a load server (861)", () => {
  const first = { ...A1, SITE: "direct" };

  it("asks in clear on one channel, and loads on another one", async () => {
    const run = await load({ first, payment: directServerOf() });
    expect(run.connected).toEqual(["site.test:7300", "load.test:7236"]);
    expect(run.payment.slice(0, 3)).toEqual([first, A3, A5]);
    expect(kinds(run.payment)).toEqual(["load-selection", "balance", "load-amount", "sealed-opening", "sealed"]);
    expect(run.box).toEqual([{ ...A2, SOURCE: 2 }, fundPage(), A6, A9, LOADED]);
    expect(run.posts).toEqual([]);
  });

  it("posts the confirmation where the page names a server", async () => {
    const URL = "https://other.test/status?n=1";
    const run = await load({ first, payment: directServerOf(fundPage({ URL })) });
    expect(run.posts.map(({ origin }) => origin)).toEqual(["https://other.test"]);
    expect(run.box.at(-1)).toEqual(LOADED);
  });

  it.each(["load-selection", "balance", "load-amount"] as const)(
    "ends with the refusal that answers %s",
    async (kind) => {
      const payment = directServerOf(fundPage(), { [kind]: { kind: "refusal", CC: "A020" } });
      const run = await load({ first, payment });
      expect(run.box.at(-1)).toMatchObject({
        kind: "user-message",
        CC: "A020",
        TEXT: "There is no money in the account. Nothing was loaded.",
      });
      expect(run.connected).toHaveLength(1);
    },
  );

  const authorisation = { kind: "load-authorisation", IDTRX: "F".repeat(32), SECLOAD: new Uint8Array(0) } as const;
  it.each([
    ["load-selection", { kind: "card-information-request", SOURCE: 1 }, 1],
    ["load-selection", fundPage(), 1],
    ["balance", pageOf(), 2],
    ["balance", fundPage({ ENCRYPTION: "none" }), 2],
    ["balance", fundPage({ URL: "http://other.test/status" }), 2],
    ["balance", { kind: "refusal", CC: "0000" }, 2],
    ["balance", fromHex("A400"), 2],
    ["load-amount", authorisation, 3],
  ] as const)("ends with A017 when %s is answered with %o", async (kind, reply, heard) => {
    const run = await load({ first, payment: directServerOf(fundPage(), { [kind]: reply }) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A017" });
    expect(run.payment).toHaveLength(heard);
  });

  it.each(["load-selection", "balance", "load-amount"] as const)(
    "waits for the answer to %s as long as for a server",
    async (kind) => {
      const run = await load({ first, payment: directServerOf(fundPage(), { [kind]: undefined }) });
      expect(run.box.at(-1)).toMatchObject({ CC: "A010" });
      expect(run.tookMs).toBe(15_000);
    },
  );
});
