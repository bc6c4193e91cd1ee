import { cmac } from "@noble/ciphers/aes.js";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import { isRefusal } from "./compare.ts";
import {
  answer,
  E3,
  EB,
  EC,
  goodMerchant,
  IDTRX,
  initResponse,
  ORIGIN,
  type Parties,
  type Party,
  page,
  type Reply,
  session,
} from "./test-bench.ts";

const KTA = fromHex("544553544B544130544553544B544131");
const EXPECTED = EC.CARDRSP;
/** NTPSAM 9, 2031-05-06 07:08:09. */
const DEBITDATA = fromHex(
  `654321 11223344 00000009 000004E2 0978 02 20310506070809 00000099 ${IDTRX} 5252525252525252`,
);
const COMMAND = { ...EB, DEBITDATA, EXPECTED } as const;
const [NEGATIVE, WRONG] = [
  fromHex("9401 0007 000004E2 BBBBBBBBBBBBBBBB"),
  fromHex("0000 0007 00000000 BBBBBBBBBBBBBBBB"),
];
const NOTHING = new Uint8Array(0);

const payment: Party = (heard) => (heard.kind === "draw-request" ? COMMAND : undefined);

/** The set-top box with one reply after the other to the debit command, the last one again and again. */
function box(...replies: readonly Reply[]): Party {
  let turn = 0;
  return (heard) => {
    if (heard.kind === "page") return E3;
    return heard.kind === "debit-command" ? replies[Math.min(turn++, replies.length - 1)] : undefined;
  };
}

function fig6(parties: Parties = {}) {
  const merchant: Parties["merchant"] = (request) =>
    request.path === "/checkout" ? answer(200, page({ comparison: "head-end" })) : answer(200, "<p>sunny</p>");
  const trusted = { trustedAgent: (IDMER: string) => (IDMER === "MERCH001" ? KTA : undefined) };
  return session({ merchant, payment, box: box(EC), ...parties, options: { ...trusted, ...parties.options } });
}

function kinds(messages: readonly Message[]): readonly string[] {
  return messages.map(({ kind }) => kind);
}

/** 49 bytes by keys-and-signatures.md 5 and 6, CMAC under KAGENT. */
function clearConfirmation(CC: string): string {
  const text = `02 ${IDTRX} ${toHex(new TextEncoder().encode("MERCH001"))} ${CC} 000004E2 0978 02 00000000 00000009 20310506070809`;
  const KAGENT = cmac(fromHex(`C4 ${IDTRX}`), KTA);
  return toHex(concat(fromHex(text), cmac(fromHex(text), KAGENT)));
}

describe("FIG 6: the head end compares", () => {
  it("confirms to the merchant itself and sends the payment server nothing but draw request and notice", async () => {
    const run = await fig6();
    expect(kinds(run.payment)).toEqual(["draw-request", "notice"]);
    expect(run.payment[0]).toMatchObject({ COMPARE: 2 });
    expect(run.payment[1]).toEqual({ kind: "notice", IDTRX, CC: "0000", CARDRSP: EXPECTED, SW: "9000" });
    expect(run.posts[1]).toMatchObject({
      origin: ORIGIN,
      request: { path: "/status?n=1", body: `transaction-id=${IDTRX}&clear-confirmation=${clearConfirmation("0000")}` },
    });
    expect(kinds(run.box)).toEqual(["page", "debit-command", "user-message", "result"]);
    expect(run.logs.map(({ entry, step, fields }) => [entry, step, fields])).toEqual([
      ["draw-request-sent", "612", expect.anything()],
      ["card-debit-result", "622", { CC: "0000", SW: "9000", debited: true }],
      ["signatures-compared", "732", { equal: true }],
      ["confirmation-made", "734", { CC: "0000" }],
      ["payment-confirmed", "636", { url: `${ORIGIN}/status?n=1` }],
      ["merchant-response", "640", { status: 200 }],
      ["notice-sent", undefined, { CC: "0000" }],
    ]);
  });

  it("shows the page's COMPARE to the set-top box, and never what the answer is compared with", async () => {
    const run = await fig6({ payment: () => ({ ...COMMAND, SEXP: new Uint8Array(67) }) });
    expect(run.box[0]).toMatchObject({ kind: "page", COMPARE: 2 });
    expect(run.box[1]).toEqual({ kind: "debit-command", IDTRX, DEBITDATA });
    expect(JSON.stringify(run.logs)).not.toContain(toHex(EXPECTED));
    expect(JSON.stringify(run.logs)).not.toContain(toHex(KTA));
  });

  it("is refused with A00B, before the user is asked, for a merchant that it has no key of", async () => {
    for (const trustedAgent of [undefined, () => undefined]) {
      const run = await fig6({ options: { trustedAgent } });
      expect(run.box).toMatchObject([{ kind: "user-message", IDTRX, CC: "A00B" }]);
      expect(run.connected).toEqual([]);
    }
  });

  it("asks the card once more when the answer is not the expected one, and takes the right one then", async () => {
    for (const first of [WRONG, NEGATIVE]) {
      const run = await fig6({ box: box({ ...EC, CARDRSP: first }, { ...EC, RECOVERED: 1 }) });
      expect(kinds(run.box)).toEqual(["page", "debit-command", "debit-command", "user-message", "result"]);
      expect(run.box[2]).toEqual(run.box[1]);
      expect(run.entry("signatures-compared")).toMatchObject([
        { fields: { equal: false } },
        { fields: { equal: true } },
      ]);
      expect(run.payment.slice(1)).toMatchObject([{ kind: "notice", CC: "0000", CARDRSP: EXPECTED }]);
    }
  });

  it("confirms nothing when it is unequal again: unresolved, and the payment server hears 9302", async () => {
    const run = await fig6({ box: box({ ...EC, CARDRSP: WRONG }) });
    expect(kinds(run.box)).toEqual(["page", "debit-command", "debit-command", "user-message"]);
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
    expect(run.posts).toHaveLength(1);
    expect(run.entry("confirmation-made")).toEqual([]);
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC: "9302", CARDRSP: WRONG, SW: "9000" }]);
    expect(run.entry("notice-sent")).toMatchObject([{ fields: { CC: "9302" } }]);
  });

  it.each([
    ["negative twice", { ...EC, CARDRSP: NEGATIVE }, "9401"],
    ["a refusal of the card", { ...EC, CARDRSP: NOTHING, SW: "9302" }, "9404"],
    ["none: the card was never debited", { ...EC, CARDRSP: NOTHING, SW: "9406", RECOVERED: 1 as const }, "9404"],
  ])("tells the merchant of the failure when the answer is %s", async (_, response, CC) => {
    const run = await fig6({ box: box(response) });
    expect(run.posts[1]?.request.body).toBe(`transaction-id=${IDTRX}&clear-confirmation=${clearConfirmation(CC)}`);
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
    expect(run.entry("payment-confirmed")).toEqual([]);
    const { CARDRSP, SW } = response;
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC, CARDRSP, SW }]);
  });

  it.each(["0000", "9000", "6110"])("decides nothing on an empty answer with %s", async (SW) => {
    const run = await fig6({ box: box({ ...EC, CARDRSP: NOTHING, SW }) });
    expect(run.posts).toHaveLength(1);
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC: "A01A", CARDRSP: NOTHING, SW }]);
  });

  it("goes by the answer and not by the status word beside it", async () => {
    const run = await fig6({ box: box({ ...EC, SW: "6F00" }) });
    expect(run.payment.slice(1)).toMatchObject([{ kind: "notice", CC: "0000", SW: "6F00" }]);
  });

  const endings: readonly [string, Reply][] = [
    ["silent", undefined],
    ["gone", "close"],
    ["garbage", fromHex("EC 03 DF13")],
    ["out of turn", E3],
  ];
  it.each(endings)("sends the notice also when the set-top box is %s", async (_, reply) => {
    const run = await fig6({ box: box(reply) });
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC: "A01A", CARDRSP: NOTHING, SW: "0000" }]);
    expect(run.tookMs).toBeLessThan(60_000);
  });

  it("sends the notice when the set-top box stops in place of the debit, with its reason", async () => {
    const run = await fig6({ box: box({ kind: "stop", IDTRX, CC: "A016" }) });
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC: "A016", CARDRSP: NOTHING, SW: "0000" }]);
    expect(run.posts).toHaveLength(1);
    expect(run.entry("transaction-failed")).toMatchObject([{ fields: { CC: "A016" } }]);
  });

  it("keeps the first answer for the notice when the second never comes", async () => {
    const run = await fig6({ box: box({ ...EC, CARDRSP: WRONG }, undefined) });
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC: "A01A", CARDRSP: WRONG, SW: "9000" }]);
  });

  it.each([
    ["silent", "A010"],
    ["absent", "A019"],
  ] as const)("has decided although the merchant is %s: notice 0000, and the user may recover", async (how, CC) => {
    const merchant: Parties["merchant"] = (request) =>
      request.path === "/checkout" ? answer(200, page({ comparison: "head-end" })) : how;
    const run = await fig6({ merchant });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC });
    expect(run.payment.slice(1)).toMatchObject([{ kind: "notice", CC: "0000" }]);
  });

  it("logs a notice that cannot be sent", async () => {
    let sent = 0;
    const connect = async () => ({
      send: async () => {
        if (sent++ > 0) throw new PursebenchError("DEVICE_LOST", "the channel is closed");
      },
      receive: async () => encodeMessage(COMMAND),
      [Symbol.asyncDispose]: async () => undefined,
    });
    const run = await fig6({ options: { connectPayment: () => ({ connect }) } });
    expect(run.box.at(-1)).toMatchObject({ kind: "result" });
    expect(run.entry("notice-sent")).toEqual([]);
    expect(run.entry("notice-not-sent")).toMatchObject([{ IDTRX, fields: { CC: "0000" } }]);
  });

  it("gives the card's answer as a recovery when the payment server has decided without the notice", async () => {
    const tooLate: Party = (heard) => {
      if (heard.kind === "draw-request") return COMMAND;
      if (heard.kind === "notice") return { kind: "refusal", IDTRX, CC: "A01A" };
      return { kind: "debit-result", IDTRX, IDMER: "MERCH001", CONF: new Uint8Array(77) };
    };
    const run = await fig6({ payment: tooLate });
    expect(run.connected).toHaveLength(2);
    expect(run.payment.slice(2)).toEqual([{ ...EC, RECOVERED: 1 }]);
    expect(run.entry("notice-settled")).toMatchObject([{ fields: { CC: "0000" } }]);
    expect(run.box.at(-1)).toMatchObject({ kind: "result", CC: "0000" });
    expect(run.posts).toHaveLength(2);
  });

  it("gives nothing more when the card did not pay", async () => {
    const tooLate: Party = (heard) =>
      heard.kind === "draw-request" ? COMMAND : { kind: "refusal", IDTRX, CC: "A01A" };
    const run = await fig6({ payment: tooLate, box: box({ ...EC, CARDRSP: NEGATIVE }) });
    expect(kinds(run.payment)).toEqual(["draw-request", "notice"]);
    expect(run.connected).toHaveLength(1);
  });

  it("passes no debit command on that has nothing to compare with, and says so in the notice", async () => {
    const run = await fig6({ payment: (heard) => (heard.kind === "draw-request" ? EB : undefined) });
    expect(kinds(run.box)).toEqual(["page", "user-message"]);
    expect(run.payment.slice(1)).toEqual([{ kind: "notice", IDTRX, CC: "A001", CARDRSP: NOTHING, SW: "0000" }]);
  });

  it("owes no notice where there was no debit command", async () => {
    const refusing = await fig6({ payment: () => ({ kind: "refusal", IDTRX, CC: "A007" }) });
    expect(kinds(refusing.payment)).toEqual(["draw-request"]);
    const poor = { ...E3, INITRSP: initResponse({ BALIEP: "00000001" }) };
    expect((await fig6({ box: (heard) => (heard.kind === "page" ? poor : undefined) })).payment).toEqual([]);
  });
});

describe("without COMPARE 02 or 03", () => {
  it.each([{}, { comparison: "payment-server" }])("no notice is sent and nothing compared here (%o)", async (over) => {
    const run = await session({
      merchant: (request) => (request.path === "/checkout" ? answer(200, page(over)) : goodMerchant(request)),
    });
    expect(kinds(run.payment)).toEqual(["draw-request", "debit-response"]);
    expect(run.entry("signatures-compared")).toEqual([]);
  });
});

it("tells a refusal of the card from a status word that proves nothing", () => {
  for (const SW of ["9302", "9303", "6985", "9406", "9422", "6A80"]) expect(isRefusal(SW)).toBe(true);
  for (const SW of ["0000", "9000", "6110", "6281", "6300"]) expect(isRefusal(SW)).toBe(false);
});
