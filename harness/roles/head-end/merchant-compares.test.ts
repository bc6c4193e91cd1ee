import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import {
  answer,
  E3,
  EB,
  EC,
  goodBox,
  IDTRX,
  ORIGIN,
  type Parties,
  type Party,
  page,
  type Reply,
  session,
} from "./test-bench.ts";

const SEXP = new Uint8Array(67).fill(0x5e);
const NEGATIVE = fromHex("9401 0007 000004E2 BBBBBBBBBBBBBBBB");
const NOTHING = new Uint8Array(0);

/** The merchant that answers the card's responses with one status after the other, the last one again and again. */
function judging(...statuses: readonly (number | "silent" | "absent")[]): NonNullable<Parties["merchant"]> {
  let turn = 0;
  return ({ path }) => {
    if (path === "/checkout") return answer(200, page({ comparison: "merchant" }));
    const status = statuses[Math.min(turn++, statuses.length - 1)] ?? 500;
    return typeof status === "number" ? answer(status, "<p>sunny</p>") : status;
  };
}

const payment: Party = (heard) => (heard.kind === "draw-request" ? { ...EB, SEXP } : undefined);

function fig7(parties: Parties = {}) {
  return session({ merchant: judging(200), payment, ...parties });
}

function kinds(messages: readonly Message[]): readonly string[] {
  return messages.map(({ kind }) => kind);
}

/** The set-top box with that reply to every debit command. */
function box(reply: Reply): Party {
  return (heard) => (heard.kind === "page" ? E3 : heard.kind === "debit-command" ? reply : undefined);
}

describe("FIG 7: the merchant compares", () => {
  it("gets the card's answer and the sealed one, raw and unaltered, and the payment server only the notice", async () => {
    const run = await fig7();
    expect(run.posts[1]).toMatchObject({
      origin: ORIGIN,
      request: {
        path: "/status?n=1",
        body: `transaction-id=${IDTRX}&card-response=${toHex(EC.CARDRSP)}&expected-signature=${"5E".repeat(67)}`,
      },
    });
    expect(run.posts[1]?.request.headers.cookie).toBe("session=0123456789ABCDEF");
    expect(kinds(run.payment)).toEqual(["draw-request", "notice"]);
    expect(run.payment[0]).toMatchObject({ COMPARE: 3 });
    expect(run.payment[1]).toEqual({ kind: "notice", IDTRX, CC: "0000", CARDRSP: EC.CARDRSP, SW: "9000" });
  });

  it("tells the user 'debited' only when the merchant has compared", async () => {
    const run = await fig7();
    expect(kinds(run.box)).toEqual(["page", "debit-command", "user-message", "result"]);
    expect(run.box[2]).toMatchObject({ CC: "0000", TEXT: "12.50 EUR was debited." });
    expect(run.logs.map(({ entry }) => entry)).toEqual([
      "draw-request-sent",
      "card-debit-result",
      "payment-confirmed",
      "merchant-response",
      "notice-sent",
    ]);
    const silent = await fig7({ options: { announceDebit: false } });
    expect(kinds(silent.box)).toEqual(["page", "debit-command", "result"]);
  });

  it("keeps SEXP, and an EXPECTED that was sent along, from the set-top box", async () => {
    const run = await fig7({ payment: () => ({ ...EB, SEXP, EXPECTED: EC.CARDRSP }) });
    expect(run.box[1]).toEqual(EB);
  });

  it.each([422, 402])("asks the card once more after %i, and the second answer may be right", async (status) => {
    const run = await fig7({ merchant: judging(status, 200) });
    expect(kinds(run.box)).toEqual(["page", "debit-command", "debit-command", "user-message", "result"]);
    expect(run.posts).toHaveLength(3);
    expect(run.payment.slice(1)).toMatchObject([{ kind: "notice", CC: "0000" }]);
  });

  it("ends as unresolved when it is unequal again, and the payment server hears 9302", async () => {
    const run = await fig7({ merchant: judging(422) });
    expect(kinds(run.box)).toEqual(["page", "debit-command", "debit-command", "user-message"]);
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC: "9302", CARDRSP: EC.CARDRSP, SW: "9000" }]);
    expect(run.entry("payment-confirmed")).toEqual([]);
  });

  it("gives the user the card's code when it was negative twice", async () => {
    const run = await fig7({ merchant: judging(402), box: box({ ...EC, CARDRSP: NEGATIVE }) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "9401" });
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC: "9401", CARDRSP: NEGATIVE, SW: "9000" }]);
  });

  it.each([403, 404, 409, 500])("an answer %i leaves a debited card's sale for a recovery", async (status) => {
    const run = await fig7({ merchant: judging(status) });
    expect(kinds(run.box)).toEqual(["page", "debit-command", "user-message"]);
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
    expect(run.payment.slice(1)).toMatchObject([{ kind: "notice", CC: "A018", CARDRSP: EC.CARDRSP }]);
  });

  it("does not take 402 for the last word on a card that says that it was debited", async () => {
    const run = await fig7({ merchant: judging(402) });
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
    expect(run.payment.slice(1)).toMatchObject([{ kind: "notice", CC: "A018" }]);
  });

  it.each([
    ["9302", "9404"],
    ["9406", "9404"],
    ["0000", "A01A"],
    ["9000", "A01A"],
  ])("shows the merchant no empty answer (%s)", async (SW, CC) => {
    const run = await fig7({ box: box({ ...EC, CARDRSP: NOTHING, SW }) });
    expect(run.posts).toHaveLength(1);
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC, CARDRSP: NOTHING, SW }]);
  });

  it.each([
    ["silent", "A010"],
    ["absent", "A019"],
  ] as const)(
    "a merchant that is %s: the user may recover, the payment server gets the card's answer",
    async (how, CC) => {
      const run = await fig7({ merchant: judging(how) });
      expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
      expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC, CARDRSP: EC.CARDRSP, SW: "9000" }]);
    },
  );

  it.each([
    ["silent", undefined],
    ["gone", "close" as const],
    ["out of turn", E3],
  ])("sends the notice also when the set-top box is %s", async (_, reply) => {
    const run = await fig7({ box: box(reply) });
    expect(run.posts).toHaveLength(1);
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC: "A01A", CARDRSP: NOTHING, SW: "0000" }]);
  });

  it("passes no debit command on without SEXP", async () => {
    const run = await fig7({ payment: (heard) => (heard.kind === "draw-request" ? EB : undefined), box: goodBox });
    expect(kinds(run.box)).toEqual(["page", "user-message"]);
    expect(run.payment.slice(1)).toMatchObject([{ kind: "notice", CC: "A001" }]);
  });
});
