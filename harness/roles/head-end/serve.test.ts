import { describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import { inProcessEndpoint } from "../../device/virtual/in-process-endpoint.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import { serveHeadEnd } from "./serve.ts";
import {
  answer,
  CONF,
  E1,
  E3,
  EB,
  EC,
  ED,
  goodBox,
  goodMerchant,
  goodPayment,
  IDMER,
  IDTRX,
  initResponse,
  ORIGIN,
  type Party,
  page,
  type Reply,
  session,
} from "./test-bench.ts";

function kinds(messages: readonly Message[]): readonly string[] {
  return messages.map(({ kind }) => kind);
}

/** The party, but with another reply to messages of that kind. */
function but(party: Party, kind: Message["kind"], reply: Reply): Party {
  return (heard) => (heard.kind === kind ? reply : party(heard));
}

describe("a purchase at the head end", () => {
  it("takes every step in order and passes everything on unchanged", async () => {
    const run = await session();
    expect(kinds(run.box)).toEqual(["page", "debit-command", "user-message", "result"]);
    expect(kinds(run.payment)).toEqual(["draw-request", "debit-response"]);
    expect(run.connected).toEqual(["payment.test:7236"]);
    expect(run.box[0]).toMatchObject({ IDTRX, IDMER, MPDA: 1250, CURRPDA: "0978", TEXT: "Weather map" });
    expect(run.payment[0]).toEqual({
      kind: "draw-request",
      TOKEN: 0xd1,
      STATE: 1,
      IDMER,
      IDTRX,
      SECINFO: fromHex("0102030405060708"),
      ATR: E3.ATR,
      INITRSP: E3.INITRSP,
      MPDA: 1250,
      CURRPDA: "0978",
      CEXPPDA: 2,
    });
    expect(run.box[1]).toEqual(EB);
    expect(run.payment[1]).toEqual(EC);
    expect(run.box[2]).toMatchObject({ CC: "0000", TEXT: "12.50 EUR was debited." });
    expect(run.box[3]).toEqual({ kind: "result", IDTRX, CC: "0000", CONTENT: "<p>sunny</p>" });
  });

  it("asks the merchant in the user's session and posts the confirmation to the URL of the page", async () => {
    const { posts } = await session();
    expect(posts).toMatchObject([
      {
        origin: ORIGIN,
        request: { method: "POST", path: "/checkout", body: "item=map+%26+more&quantity=2&payment=smart-card" },
      },
      {
        origin: ORIGIN,
        request: { path: "/status?n=1", body: `transaction-id=${IDTRX}&confirmation=${"C0".repeat(CONF.length)}` },
      },
    ]);
    expect(posts[0]?.request.headers).toEqual({
      "content-type": "application/x-www-form-urlencoded",
      cookie: "session=0123456789ABCDEF",
    });
  });

  it("logs the entries of messages.md 7 with the transaction", async () => {
    const { logs } = await session();
    expect(logs).toMatchObject([
      {
        entry: "draw-request-sent",
        step: "612",
        IDTRX,
        fields: { IDMER, MPDA: 1250, host: "payment.test", port: 7236 },
      },
      { entry: "card-debit-result", step: "622", IDTRX, fields: { CC: "0000", SW: "9000", debited: true } },
      { entry: "payment-confirmed", step: "636", IDTRX, fields: { url: `${ORIGIN}/status?n=1` } },
      { entry: "merchant-response", step: "640", IDTRX, fields: { status: 200 } },
    ]);
    expect(logs).toHaveLength(4);
  });

  it("does not announce the debit where that is switched off", async () => {
    const run = await session({ options: { announceDebit: false } });
    expect(kinds(run.box)).toEqual(["page", "debit-command", "result"]);
  });

  it("cuts content that a result cannot hold, at a character", async () => {
    const merchant = (r: Parameters<typeof goodMerchant>[0]) =>
      r.path === "/checkout" ? goodMerchant(r) : answer(200, "€".repeat(20_000));
    const run = await session({ merchant });
    expect(run.box.at(-1)).toMatchObject({ kind: "result", CONTENT: "€".repeat(10_922) });
  });
});

describe("the checks before the draw request", () => {
  it.each([
    ["A013", "another currency", { CURRIEP: "0840" }],
    ["A013", "another exponent", { CEXPIEP: "03" }],
    ["A013", "another currency and expired", { CURRIEP: "0840", DEXPIEP: "310505" }],
    ["A012", "expired yesterday", { DEXPIEP: "310505" }],
    ["A012", "expired and empty", { DEXPIEP: "300507", BALIEP: "00000000" }],
    ["A014", "one unit too little", { BALIEP: "000004E1" }],
  ])("end it with %s for a card with %s: no draw request, and the user is told", async (CC, _, over) => {
    const run = await session({ box: but(goodBox, "page", { ...E3, INITRSP: initResponse(over) }) });
    expect(run.connected).toEqual([]);
    expect(run.payment).toEqual([]);
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", IDTRX, CC });
    expect(run.entry("check-failed")).toMatchObject([{ step: "609", IDTRX, fields: { CC } }]);
    expect(run.entry("draw-request-sent")).toEqual([]);
  });

  it("let a card pass on its last day with just enough", async () => {
    const box = but(goodBox, "page", { ...E3, INITRSP: initResponse({ DEXPIEP: "310506", BALIEP: "000004E2" }) });
    expect(kinds((await session({ box })).payment)).toContain("draw-request");
  });

  it("do not let an answer pass that is none of a purse", async () => {
    const box = but(goodBox, "page", { ...E3, INITRSP: initResponse({ CEXPIEP: "04" }) });
    expect((await session({ box })).box.at(-1)).toMatchObject({ kind: "user-message", CC: "A016" });
  });
});

describe("pages that cannot be paid", () => {
  it.each([
    ["404", answer(404)],
    ["no page", answer(200, "hello")],
    ["a status URL elsewhere", answer(200, page({ "status-url": "https://evil.test/status" }))],
    ["a status URL at another merchant", answer(200, page({ "status-url": "https://other.test/status" }))],
    ["a status URL with user name", answer(200, page({ "status-url": "https://shop.test:8443@evil.test/" }))],
  ])("%s: A017, and the set-top box sees no page", async (_, reply) => {
    const run = await session({ merchant: () => reply });
    expect(run.box).toMatchObject([{ kind: "user-message", CC: "A017" }]);
    expect(run.posts).toHaveLength(1);
  });

  it.each(["nowhere", "constructor", "__proto__"])("an order for the site %s is not sent anywhere", async (SITE) => {
    const run = await session({ first: { ...E1, SITE } });
    expect(run.box).toMatchObject([{ kind: "user-message", CC: "A017" }]);
    expect(run.posts).toEqual([]);
  });
});

describe("results that are negative", () => {
  it("a refusal of the draw request ends it without a debit command", async () => {
    const run = await session({ payment: () => ({ kind: "refusal", IDTRX, CC: "A007" }) });
    expect(kinds(run.box)).toEqual(["page", "user-message"]);
    expect(run.box.at(-1)).toMatchObject({ CC: "A007" });
    expect(run.entry("transaction-failed")).toMatchObject([{ IDTRX, fields: { CC: "A007" } }]);
  });

  it("a negative debit is logged and sent on", async () => {
    const negative = { ...EC, CARDRSP: new Uint8Array(0), SW: "9302" };
    const run = await session({ box: but(goodBox, "debit-command", negative) });
    expect(run.entry("card-debit-result")).toMatchObject([{ fields: { CC: null, SW: "9302", debited: false } }]);
    expect(run.payment.at(-1)).toEqual(negative);
  });

  it("a negative debit result still goes to the merchant, and the user gets its code whatever the merchant says", async () => {
    const run = await session({ payment: but(goodPayment, "debit-response", { ...ED, CC: "9404" }) });
    expect(run.posts).toHaveLength(2);
    expect(kinds(run.box)).toEqual(["page", "debit-command", "user-message"]);
    expect(run.box.at(-1)).toMatchObject({ CC: "9404" });
    expect(run.entry("payment-confirmed")).toEqual([]);
    expect(run.entry("transaction-failed")).toMatchObject([{ fields: { CC: "9404" } }]);
  });

  it.each([402, 403, 404, 409, 500])("an answer %i of the merchant is no result", async (status) => {
    const run = await session({ merchant: (r) => (r.path === "/checkout" ? goodMerchant(r) : answer(status, "no")) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A018" });
    expect(run.entry("merchant-response")).toMatchObject([{ fields: { status } }]);
  });

  it("a wrong S3 sends the debit command once more, and no more than once", async () => {
    const run = await session({ payment: but(goodPayment, "debit-response", { kind: "refusal", IDTRX, CC: "9302" }) });
    expect(kinds(run.box)).toEqual(["page", "debit-command", "debit-command", "user-message"]);
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
    expect(run.payment).toHaveLength(3);
  });

  it.each(["A001", "A004", "A009", "A00A"])("a refusal %s of some message is no judgement on the debit", async (CC) => {
    const run = await session({ payment: but(goodPayment, "debit-response", { kind: "refusal", IDTRX, CC }) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A01A" });
  });

  it("a stop of the set-top box after the debit command lets the payment server know at once", async () => {
    const stop = { kind: "stop", IDTRX, CC: "A016" } as const;
    const run = await session({ box: but(goodBox, "debit-command", stop) });
    expect(run.payment.at(-1)).toMatchObject({ kind: "debit-response", SW: "0000", CARDRSP: new Uint8Array(0) });
    expect(run.entry("transaction-failed")).toMatchObject([{ fields: { CC: "A016" } }]);
    expect(kinds(run.box)).not.toContain("result");
  });

  it("a cancellation by the user ends it in silence", async () => {
    const run = await session({
      box: (heard) => (heard.kind === "page" ? { kind: "stop", IDTRX, CC: "A011" } : undefined),
    });
    expect(kinds(run.box)).toEqual(["page"]);
    expect(run.connected).toEqual([]);
    expect(run.entry("transaction-failed")).toMatchObject([{ IDTRX, fields: { CC: "A011" } }]);
  });
});

describe("a recovery", () => {
  const recovery = {
    kind: "recovery",
    IDTRX,
    IDMER,
    HOST: "payment.test",
    PORT: 7236,
    URL: `${ORIGIN}/status`,
    CARDRSP: EC.CARDRSP,
    SW: "9000",
  } as const;

  it("begins at the payment server with the recovered debit response and goes on as after any other", async () => {
    const run = await session({ first: recovery });
    expect(run.payment).toEqual([{ ...EC, RECOVERED: 1 }]);
    expect(kinds(run.box)).toEqual(["user-message", "result"]);
    expect(run.posts).toMatchObject([{ origin: ORIGIN, request: { path: "/status" } }]);
  });

  it("does not post to an address that is no merchant's", async () => {
    const run = await session({ first: { ...recovery, URL: "https://evil.test/" } });
    expect(run.posts).toEqual([]);
    expect(run.payment).toEqual([]);
    expect(run.box).toMatchObject([{ kind: "user-message", CC: "A018" }]);
    expect(run.entry("status-url-refused")).toHaveLength(1);
  });

  it("has no debit command to repeat after a wrong S3", async () => {
    const run = await session({ first: recovery, payment: () => ({ kind: "refusal", IDTRX, CC: "9302" }) });
    expect(run.box).toMatchObject([{ kind: "user-message", CC: "9302" }]);
  });
});

describe("a party that fails", () => {
  const replies: readonly [string, Reply][] = [
    ["silent", undefined],
    ["closing", "close"],
    ["sending garbage", fromHex("EA 03 DF13")],
    ["out of turn", E1],
    ["of another transaction", { ...EB, IDTRX: "F".repeat(32) }],
  ];
  const turns = [
    ["box", "page"],
    ["box", "debit-command"],
    ["payment", "draw-request"],
    ["payment", "debit-response"],
  ] as const;

  it.each(turns.flatMap(([who, kind]) => replies.map(([how, reply]) => [who, how, kind, reply] as const)))(
    "%s %s after the %s: a clean end in bounded time, the user told, logged once",
    async (who, how, kind, reply) => {
      const good = who === "box" ? goodBox : goodPayment;
      const run = await session({ [who]: but(good, kind, reply) });
      expect(run.entry("crash")).toEqual([]);
      expect(run.tookMs).toBeLessThan(60_000);
      expect(run.entry("transaction-failed")).toHaveLength(1);
      expect(kinds(run.box)).not.toContain("result");
      expect(run.posts).toHaveLength(1);
      expect(kinds(run.box).filter((each) => each === "debit-command").length).toBeLessThanOrEqual(1);
      if (who === "box" && how === "closing") return;
      expect(run.box.at(-1)?.kind).toBe("user-message");
      const isAfterDebit = kind === "debit-command" || kind === "debit-response";
      if (isAfterDebit) expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
    },
  );

  it.each([
    ["/checkout", "silent", "A010"],
    ["/checkout", "absent", "A019"],
    ["/status?n=1", "silent", "A010"],
    ["/status?n=1", "absent", "A019"],
  ] as const)("a merchant that is at %s %s gives %s", async (path, how, CC) => {
    const run = await session({ merchant: (r) => (r.path === path ? how : goodMerchant(r)) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
    expect(run.entry("payment-confirmed")).toEqual([]);
    expect(run.tookMs).toBeLessThan(60_000);
  });

  it.each([
    ["garbage", fromHex("00")],
    ["a message that opens nothing", E3],
  ])("a set-top box that begins with %s is told and sent away", async (_, first) => {
    const run = await session({ first });
    expect(kinds(run.box)).toEqual(["user-message"]);
    expect(run.posts).toEqual([]);
  });

  it("does not log a draw request that could not be sent", async () => {
    const lost = new PursebenchError("DEVICE_LOST", "the channel is closed");
    const connect = async () => ({
      send: () => Promise.reject(lost),
      receive: async () => null,
      [Symbol.asyncDispose]: async () => undefined,
    });
    const run = await session({ options: { connectPayment: () => ({ connect }) } });
    expect(run.entry("draw-request-sent")).toEqual([]);
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A019" });
  });
});

it("serves several set-top boxes at once, each in its own session", async () => {
  const clock = new VirtualClock(new Date("2031-05-06T07:08:09Z"));
  const cookies: (string | undefined)[] = [];
  const serve = serveHeadEnd({
    http: async (_, request) => {
      cookies.push(request.headers.cookie);
      return answer(200, page({ title: request.headers.cookie ?? "" }));
    },
    sites: { shop: ORIGIN },
    connectPayment: () => ({ connect: () => Promise.reject(new PursebenchError("SERVICE_ABSENT", "nobody")) }),
    clock,
    random: () => new Uint8Array(0),
    trace: () => undefined,
  });
  const headEnd = inProcessEndpoint(serve);
  const deadline = deadlineIn(clock, 1_000);
  const boxes = [await headEnd.connect(deadline), await headEnd.connect(deadline)];
  const sessions = ["1111111111111111", "2222222222222222"];
  for (const [index, box] of boxes.entries()) {
    await box.send(encodeMessage({ ...E1, SESSION: sessions[index] ?? "" }));
  }
  for (const [index, box] of boxes.entries()) {
    const heard = parseMessage((await box.receive(deadline)) ?? new Uint8Array(0));
    expect(heard).toMatchObject({ kind: "page", TEXT: `session=${sessions[index]}` });
  }
  expect(cookies).toEqual(sessions.map((each) => `session=${each}`));
  await headEnd[Symbol.asyncDispose]();
});
