import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { clearConfirmation, serverClearKey } from "../../crypto/confirmation.ts";
import type { DebitResult } from "../../protocol/messages/layouts.ts";
import { headEnd } from "./model.ts";
import { Orders } from "./orders.ts";
import { newSession } from "./state.ts";
import {
  answer,
  CONF,
  E3,
  EB,
  EC,
  ED,
  goodMerchant,
  goodPayment,
  IDMER,
  IDTRX,
  ORIGIN,
  type Parties,
  page,
  session,
} from "./test-bench.ts";

const KCLEAR = serverClearKey(fromHex("544553544B4D4552544553544B4D4552"), IDTRX);
const SALE = { IDMER, IDTRX, MPDA: 1250, CURRPDA: "0978", CEXPPDA: 2 };
const REST = { CC: "0000", IDTERM: "00000001", NTPSAM: 9, DTHR: "20310506070809" };
const CLEARCONF = clearConfirmation(KCLEAR, { ...SALE, ...REST });
const NONE: DebitResult = { kind: "debit-result", IDTRX, IDMER };

function ending(result: DebitResult, parties: Parties = {}) {
  return session({ payment: (heard) => (heard.kind === "debit-response" ? result : goodPayment(heard)), ...parties });
}

/** The merchant with that answer at the status URL. */
function status(code: number): NonNullable<Parties["merchant"]> {
  return (request) => (request.path === "/checkout" ? goodMerchant(request) : answer(code, "no"));
}

describe("forms of the confirmation (messages.md 3c)", () => {
  it("posts a clear one as it is", async () => {
    const run = await ending({ ...NONE, CLEARCONF });
    expect(run.posts[1]?.request.body).toBe(`transaction-id=${IDTRX}&clear-confirmation=${toHex(CLEARCONF)}`);
    expect(run.box.at(-1)).toMatchObject({ kind: "result", CC: "0000" });
  });

  it("posts the sealed one of both", async () => {
    const run = await ending({ ...ED, CLEARCONF });
    expect(run.posts[1]?.request.body).toBe(`transaction-id=${IDTRX}&confirmation=${toHex(CONF)}`);
    expect(run.box.at(-1)).toMatchObject({ kind: "result" });
  });

  it("posts a negative clear one too", async () => {
    const negative = clearConfirmation(KCLEAR, { ...SALE, ...REST, CC: "9404" });
    const run = await ending({ ...NONE, CC: "9404", CLEARCONF: negative });
    expect(run.posts[1]?.request.body).toContain(toHex(negative));
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "9404" });
  });

  const altered: readonly [string, Partial<typeof SALE & typeof REST>, Partial<DebitResult>][] = [
    ["another CC than the result", { CC: "9404" }, {}],
    ["no CC, and the result one", {}, { CC: "9404" }],
    ["another transaction", { IDTRX: "F".repeat(32) }, {}],
    ["another merchant", { IDMER: "MERCH002" }, {}],
    ["another amount", { MPDA: 1249 }, {}],
    ["another currency", { CURRPDA: "0840" }, {}],
    ["another exponent", { CEXPPDA: 3 }, {}],
  ];
  it.each(altered)("takes for nothing what says %s, alone or beside a sealed one", async (_, said, result) => {
    const other = clearConfirmation(KCLEAR, { ...SALE, ...REST, ...said });
    for (const form of [NONE, ED]) {
      const run = await ending({ ...form, ...result, CLEARCONF: other });
      expect(run.posts).toHaveLength(1);
      expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A01A" });
      expect(run.entry("message-refused")).toMatchObject([{ fields: { from: "payment-server" } }]);
    }
  });

  it("takes for nothing what is no confirmation", async () => {
    const run = await ending({ ...ED, CLEARCONF: new Uint8Array(65) });
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
  });

  it("fetches what the merchant was told of directly, in the user's session", async () => {
    const run = await ending(NONE);
    expect(run.posts[1]).toMatchObject({ origin: ORIGIN, request: { body: `transaction-id=${IDTRX}` } });
    expect(run.posts[1]?.request.headers.cookie).toBe("session=0123456789ABCDEF");
    expect(run.box.at(-1)).toMatchObject({ kind: "result", CONTENT: "<p>sunny</p>" });
    expect(run.entry("payment-confirmed")).toHaveLength(1);
  });

  it.each([
    [400, "A01A"],
    [402, "A01A"],
    [500, "A01A"],
    [403, "A01A"],
    [404, "A01A"],
    [409, "A018"],
  ])("after %i to that it ends with %s: what was not given out stays for a recovery", async (code, CC) => {
    const run = await ending(NONE, { merchant: status(code) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
    expect(run.entry("payment-confirmed")).toEqual([]);
  });

  it("has nothing to fetch when the merchant was told of a failure directly", async () => {
    const run = await ending({ ...NONE, CC: "9404" });
    expect(run.posts).toHaveLength(1);
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "9404" });
  });
});

describe("a recovery of a sale that is confirmed directly", () => {
  const sale = { IDTRX, IDMER, HOST: "payment.test", PORT: 7236, URL: `${ORIGIN}/status` };
  const recovery = { kind: "recovery", ...sale, CARDRSP: EC.CARDRSP, SW: "9000" } as const;

  it("asks for what was bought in the session that ordered it", () => {
    const fetching = { ...newSession({ sites: { shop: ORIGIN }, announceDebit: true }), phase: "ordering" } as const;
    const session = "0123456789ABCDEF";
    const opened = headEnd.handle(fetching, { kind: "cable", message: recovery, today: "310506", session });
    const sent = [{ kind: "payment-open" }, { kind: "payment-sent" }, { kind: "payment", message: NONE }] as const;
    const { outputs } = sent.reduce((step, input) => headEnd.handle(step.state, input), opened);
    expect(outputs.at(-1)).toMatchObject({ kind: "post", session, form: [["transaction-id", IDTRX]] });
  });

  it.each([
    [402, "A01A"],
    [403, "A018"],
    [404, "A018"],
    [409, "A018"],
  ])("is over after %i, with %s, where another one could not do more", async (code, CC) => {
    const run = await ending(NONE, { first: recovery, merchant: status(code) });
    expect(run.posts).toHaveLength(1);
    expect(run.posts[0]?.request.headers.cookie).toBeUndefined();
    expect(run.box.at(-1)).toMatchObject({ CC });
  });

  it("is known by its session as long as it is among the last 1,000", () => {
    const orders = new Orders();
    for (let n = 0; n <= 1_000; n++) orders.remember(String(n), `session ${n}`);
    expect(orders.sessionOf("0")).toBeUndefined();
    expect(orders.sessionOf("1")).toBe("session 1");
    expect(orders.sessionOf("1000")).toBe("session 1000");
  });
});

describe("a sale of the cable provider (messages.md 3d)", () => {
  it("is made and confirmed at the address of the head end's own module", async () => {
    const cable = "https://cable4.cable.invalid";
    const run = await session({
      first: { kind: "selection", SESSION: "0123456789ABCDEF", SITE: "cable4", ITEM: "film", QUANTITY: 1, PAYMENT: 1 },
      options: { sites: { shop: ORIGIN, cable4: cable } },
      merchant: ({ path }) =>
        path === "/checkout" ? answer(200, page({ "status-url": `${cable}/status` })) : answer(200, "the film"),
    });
    expect(run.posts.map(({ origin, request }) => [origin, request.path])).toEqual([
      [cable, "/checkout"],
      [cable, "/status"],
    ]);
    expect(run.connected).toEqual(["payment.test:7236"]);
    expect(run.box.at(-1)).toMatchObject({ kind: "result", CONTENT: "the film" });
  });

  it("does not let another merchant's page confirm at the module's address", async () => {
    const cable = "https://cable4.cable.invalid";
    const run = await session({
      options: { sites: { shop: ORIGIN, cable4: cable } },
      merchant: () => answer(200, page({ "status-url": `${cable}/status` })),
    });
    expect(run.box).toMatchObject([{ kind: "user-message", CC: "A017" }]);
  });
});

it("certificates of the card go into the draw request unchanged", async () => {
  const CERTS = new Uint8Array(488).fill(0xce);
  const keys = { PSAMCERT: new Uint8Array(244).fill(1), SESSKEY: new Uint8Array(224).fill(2) };
  const run = await session({
    box: (heard) => (heard.kind === "page" ? { ...E3, CERTS } : heard.kind === "debit-command" ? EC : undefined),
    payment: (heard) => (heard.kind === "draw-request" ? { ...EB, ...keys } : goodPayment(heard)),
  });
  expect(run.payment[0]).toMatchObject({ kind: "draw-request", CERTS });
  expect(run.box[1]).toMatchObject({ kind: "debit-command", ...keys });
});
