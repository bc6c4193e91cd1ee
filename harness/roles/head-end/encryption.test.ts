import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import type { CipherSuite } from "../../core/sale-profile.ts";
import { nonceLength } from "../../crypto/seal.ts";
import { openMessage, sealMessage } from "../../crypto/sealed-message.ts";
import { LAYOUTS, type Message, type MessageKind } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../protocol/messages/message.ts";
import {
  answer,
  CONF,
  E1,
  E3,
  EB,
  EC,
  ED,
  goodBox,
  goodPayment,
  IDMER,
  IDTRX,
  ORIGIN,
  type Parties,
  type Party,
  page,
  type Reply,
  session,
} from "./test-bench.ts";

const TSK = fromHex("5353AB53535353535353535353535353");
const RND = "A1A2A3A4A5A6A7A8";
const SUITES = ["AES-128-GCM", "3DES-CBC-MAC"] as const;
const ETSK = { "AES-128-GCM": new Uint8Array(44).fill(0xe7), "3DES-CBC-MAC": new Uint8Array(40).fill(0xe7) } as const;
const SEXP = new Uint8Array(67).fill(0x5e);
const KTA = new Uint8Array(16).fill(0x4b);
const C = { kind: "debit-result", IDTRX, IDMER } as const;

/** E5, under the TSK unless another key is given; nonces of their own bytes, so that it is seen who sealed. */
function seal(suite: CipherSuite, message: Message, key = TSK, fill = 0x99) {
  const nonce = new Uint8Array(nonceLength(suite)).fill(fill);
  return { kind: "sealed", IDTRX, SEALED: sealMessage(suite, key, IDTRX, nonce, encodeMessage(message)) } as const;
}

function results(suite: CipherSuite, message: Message, key = TSK) {
  return { kind: "sealed-results", IDTRX, SEALED: seal(suite, message, key).SEALED, CONF } as const;
}

/** What is inside a message of the head end, if it is of that kind. */
function inside(suite: CipherSuite, message: Message | undefined, kind: MessageKind) {
  if (message?.kind !== "sealed" && message?.kind !== "sealed-opening") return undefined;
  const inner = openMessage(suite, TSK, IDTRX, message.SEALED, [LAYOUTS[kind].tag]);
  return inner ? parseMessage(inner) : undefined;
}

function boxOf(suite: CipherSuite, response: Message = EC): Party {
  const sealed = seal(suite, response, TSK, 0x77);
  return (heard) => (heard.kind === "page" ? E3 : heard.kind === "debit-command" ? sealed : undefined);
}

/** The payment server in the layer: a sealed command to the opening, sealed results to the next message. */
function paymentOf(suite: CipherSuite, command: Message = EB, result: Message = C): Party {
  return (heard) => {
    if (heard.kind === "sealed-opening") return seal(suite, command);
    if (inside(suite, heard, "notice")) return "close";
    return heard.kind === "sealed" ? results(suite, result) : undefined;
  };
}

function layered(suite: CipherSuite, over: Readonly<Record<string, string>> = {}, parties: Parties = {}) {
  const layer = {
    "encryption-method": suite,
    random: RND,
    "session-key": toHex(TSK),
    "encrypted-session-key": toHex(ETSK[suite]),
    ...over,
  };
  const merchant: Parties["merchant"] = ({ path }) => answer(200, path === "/checkout" ? page(layer) : "<p>sunny</p>");
  return session({ merchant, box: boxOf(suite), payment: paymentOf(suite), ...parties });
}

function kinds(messages: readonly Message[]): readonly string[] {
  return messages.map(({ kind }) => kind);
}

describe.each(SUITES)("the encryption layer at the head end, %s", (suite) => {
  it("seals the draw request and brings the payment server what it needs for the key (810)", async () => {
    const run = await layered(suite);
    expect(run.payment[0]).toMatchObject({ kind: "sealed-opening", IDMER, IDTRX, RND, ETSK: ETSK[suite] });
    expect(inside(suite, run.payment[0], "draw-request")).toMatchObject({
      kind: "draw-request",
      IDMER,
      IDTRX,
      MPDA: 1250,
      INITRSP: E3.INITRSP,
    });
    expect(kinds(run.payment)).toEqual(["sealed-opening", "sealed"]);
  });

  it("gives page, key and debit command to the set-top box (809, 816), and passes its answer on unchanged (819)", async () => {
    const run = await layered(suite);
    expect(run.box[0]).toMatchObject({ kind: "page", ENCRYPTION: suite, RND, TSK, ETSK: ETSK[suite] });
    expect(run.box[1]).toEqual(EB);
    expect(run.payment[1]).toEqual(seal(suite, EC, TSK, 0x77));
    expect(run.entry("card-debit-result")).toMatchObject([{ fields: { CC: "0000", SW: "9000", debited: true } }]);
  });

  it("tells the user what debit result C says, and posts debit result M unaltered (822)", async () => {
    const run = await layered(suite);
    expect(run.posts[1]).toMatchObject({
      origin: ORIGIN,
      request: { body: `transaction-id=${IDTRX}&confirmation=${toHex(CONF)}` },
    });
    expect(run.box.at(-1)).toMatchObject({ kind: "result", CC: "0000" });
    const negative = await layered(suite, {}, { payment: paymentOf(suite, EB, { ...C, CC: "9404" }) });
    expect(negative.posts[1]?.request.body).toContain(toHex(CONF));
    expect(negative.box.at(-1)).toMatchObject({ kind: "user-message", CC: "9404" });
  });

  it("posts M whatever confirmation C holds", async () => {
    const forged = { ...C, CONF: new Uint8Array(77).fill(0xee), CLEARCONF: new Uint8Array(65).fill(0xee) };
    const run = await layered(suite, {}, { payment: paymentOf(suite, EB, forged) });
    expect(run.posts[1]?.request.body).toBe(`transaction-id=${IDTRX}&confirmation=${toHex(CONF)}`);
  });

  it("goes with COMPARE 02: compares the opened answer and seals the notice", async () => {
    const run = await layered(
      suite,
      { comparison: "head-end" },
      { options: { trustedAgent: () => KTA }, payment: paymentOf(suite, { ...EB, EXPECTED: EC.CARDRSP }) },
    );
    expect(kinds(run.payment)).toEqual(["sealed-opening", "sealed"]);
    expect(inside(suite, run.payment[0], "draw-request")).toMatchObject({ COMPARE: 2 });
    expect(inside(suite, run.payment[1], "notice")).toMatchObject({ CC: "0000", CARDRSP: EC.CARDRSP, SW: "9000" });
    expect(run.box[1]).toEqual(EB);
    expect(run.posts[1]?.request.body).toContain("clear-confirmation=");
    expect(run.entry("notice-sent")).toHaveLength(1);
  });

  it("goes with COMPARE 03: posts the opened answer and seals the notice", async () => {
    const run = await layered(suite, { comparison: "merchant" }, { payment: paymentOf(suite, { ...EB, SEXP }) });
    expect(run.box[1]).toEqual(EB);
    expect(run.posts[1]?.request.body).toBe(
      `transaction-id=${IDTRX}&card-response=${toHex(EC.CARDRSP)}&expected-signature=${toHex(SEXP)}`,
    );
    expect(inside(suite, run.payment[1], "notice")).toMatchObject({ CC: "0000" });
  });

  it("seals what it says itself when the set-top box stops, with a nonce of its own", async () => {
    const stop = { kind: "stop", IDTRX, CC: "A016" } as const;
    const run = await layered(suite, {}, { box: (heard) => (heard.kind === "page" ? E3 : stop) });
    expect(inside(suite, run.payment[1], "debit-response")).toMatchObject({ CARDRSP: new Uint8Array(0), SW: "0000" });
    const nonces = run.payment.map((each) => "SEALED" in each && toHex(each.SEALED.subarray(0, nonceLength(suite))));
    expect(new Set(nonces).size).toBe(2);
  });

  it("asks the card once more when the payment server says so in clear, and passes the second answer on", async () => {
    let turn = 0;
    const payment: Party = (heard) => {
      if (heard.kind !== "sealed" || turn++ > 0) return paymentOf(suite)(heard);
      return { kind: "refusal", IDTRX, CC: "9302" };
    };
    const run = await layered(suite, {}, { payment });
    expect(kinds(run.box)).toEqual(["page", "debit-command", "debit-command", "user-message", "result"]);
    expect(kinds(run.payment)).toEqual(["sealed-opening", "sealed", "sealed"]);
  });

  const other = new Uint8Array(16).fill(0x11);
  const commands: readonly [string, Reply][] = [
    ["under another key", seal(suite, EB, other)],
    ["in clear", EB],
    ["of another kind inside", seal(suite, ED)],
    ["of another transaction", { ...seal(suite, EB), IDTRX: "F".repeat(32) }],
    ["altered", { ...seal(suite, EB), SEALED: flipped(seal(suite, EB).SEALED) }],
    ["as results", results(suite, EB)],
  ];
  it.each(commands)("does not obey a debit command %s: A00C, and the card is not touched", async (_, reply) => {
    const run = await layered(suite, {}, { payment: (heard) => (heard.kind === "sealed-opening" ? reply : undefined) });
    expect(kinds(run.box)).toEqual(["page", "user-message"]);
    expect(run.box.at(-1)).toMatchObject({ CC: "A00C" });
    expect(run.entry("undecipherable")).toMatchObject([{ step: "816", IDTRX, fields: { from: "payment-server" } }]);
    expect(kinds(run.payment)).toEqual(["sealed-opening"]);
  });

  const responses: readonly [string, Reply][] = [
    ["under another key", seal(suite, EC, other)],
    ["in clear", EC],
    ["of another kind inside", seal(suite, EB)],
    ["altered", { ...seal(suite, EC), SEALED: flipped(seal(suite, EC).SEALED) }],
  ];
  it.each(responses)("does not take a debit response %s", async (_, reply) => {
    const box: Party = (heard) => (heard.kind === "page" ? E3 : heard.kind === "debit-command" ? reply : undefined);
    const run = await layered(suite, {}, { box });
    expect(kinds(run.payment)).toEqual(["sealed-opening"]);
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A01A" });
    expect(run.entry("undecipherable")).toMatchObject([{ step: "816", fields: { from: "set-top-box" } }]);
  });

  const endings: readonly [string, Reply][] = [
    ["under another key", results(suite, C, other)],
    ["in clear", ED],
    ["of another kind inside", results(suite, EB)],
    ["without debit result M", seal(suite, C)],
    ["of another transaction", { ...results(suite, C), IDTRX: "F".repeat(32) }],
  ];
  it.each(endings)("takes a result %s for none: A01A, and nothing is posted", async (_, reply) => {
    const payment: Party = (heard) => (heard.kind === "sealed" ? reply : paymentOf(suite)(heard));
    const run = await layered(suite, {}, { payment });
    expect(run.posts).toHaveLength(1);
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A01A" });
    expect(run.entry("undecipherable")).toHaveLength(1);
  });

  it("seals the notice also after an answer that does not open", async () => {
    const run = await layered(
      suite,
      { comparison: "merchant" },
      {
        box: (heard) => (heard.kind === "page" ? E3 : EC),
        payment: paymentOf(suite, { ...EB, SEXP }),
      },
    );
    expect(inside(suite, run.payment[1], "notice")).toMatchObject({ CC: "A01A", SW: "0000" });
  });

  it("recovers under the layer: the first message brings the key's data and the debit response (810)", async () => {
    const sale = { IDTRX, IDMER, HOST: "payment.test", PORT: 7236, URL: `${ORIGIN}/status` };
    const layer = { ENCRYPTION: suite, RND, TSK, ETSK: ETSK[suite] };
    const recovery = { kind: "recovery", ...sale, CARDRSP: EC.CARDRSP, SW: "9000", ...layer } as const;
    const run = await layered(
      suite,
      {},
      { first: recovery, payment: (heard) => (heard.kind === "sealed-opening" ? results(suite, C) : undefined) },
    );
    expect(kinds(run.payment)).toEqual(["sealed-opening"]);
    expect(run.payment[0]).toMatchObject({ IDMER, IDTRX, RND, ETSK: ETSK[suite] });
    expect(inside(suite, run.payment[0], "debit-response")).toEqual({ ...EC, RECOVERED: 1 });
    expect(run.posts[0]?.request.body).toContain(toHex(CONF));
    expect(run.box.at(-1)).toMatchObject({ kind: "result" });
  });

  it("has no key in its logs", async () => {
    const run = await layered(suite);
    expect(JSON.stringify(run.logs).toUpperCase()).not.toContain(toHex(TSK));
  });
});

describe("what is not in order", () => {
  it("half a layer in a recovery is refused, and nobody is asked", async () => {
    const base = { kind: "recovery", IDTRX, IDMER, HOST: "payment.test", PORT: 7236, URL: `${ORIGIN}/status` } as const;
    const run = await session({ first: { ...base, CARDRSP: EC.CARDRSP, SW: "9000", RND, TSK } });
    expect(run.box).toMatchObject([{ kind: "user-message", CC: "A001" }]);
    expect(run.connected).toEqual([]);
  });

  it.each([seal("AES-128-GCM", EB), results("AES-128-GCM", C)])(
    "a sealed message is not expected without the layer",
    async (sealed) => {
      const run = await session({ payment: () => sealed });
      expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A00A" });
    },
  );

  it("neither is one of the set-top box, nor as a result", async () => {
    const box: Party = (heard) => (heard.kind === "debit-command" ? seal("AES-128-GCM", EC) : goodBox(heard));
    expect((await session({ box })).box.at(-1)).toMatchObject({ CC: "A01A" });
    const payment: Party = (heard) =>
      heard.kind === "debit-response" ? results("AES-128-GCM", C) : goodPayment(heard);
    expect((await session({ payment })).box.at(-1)).toMatchObject({ CC: "A01A" });
  });

  it("a page with half a layer is no page", async () => {
    const run = await session({ merchant: () => answer(200, page({ random: RND })), first: E1 });
    expect(run.box).toMatchObject([{ kind: "user-message", CC: "A017" }]);
  });
});

function flipped(bytes: Uint8Array): Uint8Array {
  const altered = bytes.slice();
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 0x01;
  return altered;
}
