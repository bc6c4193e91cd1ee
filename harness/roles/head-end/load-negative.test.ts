import { describe, expect, it } from "vitest";
import { toHex } from "../../core/bytes.ts";
import {
  A1,
  A6,
  A7_AGAIN,
  A9,
  AA,
  AF,
  BANK,
  boxOf,
  CHALLENGE,
  CONF,
  ETSK,
  HOLDER,
  heardBy,
  holderOf,
  IDTRX,
  kinds,
  LOADINIT,
  LOADRSP,
  LOADRSP_AGAIN,
  load,
  NEGATIVE,
  pageOf,
  RND,
  recoveryOf,
  resultOf,
  SILENT,
  STATUS,
  seal,
  serverOf,
  ZERO,
} from "./load-test-bench.ts";
import { answer, type Reply } from "./test-bench.ts";

const AB = {
  kind: "negative-result",
  IDTRX,
  CARDRSP: NEGATIVE.CARDRSP,
  SW: "9000",
  LOADINIT: ZERO,
  LOADRSP: LOADRSP_AGAIN,
} as const;
const B0 = { kind: "challenge-response", IDTRX, LOADRSP: LOADRSP_AGAIN } as const;
const merchant = holderOf(pageOf(), { "/status?n=1": answer(402) });
const refused = (CC: string) => ({ kind: "refusal", IDTRX, CC }) as const;
const stop = { kind: "stop", IDTRX, CC: "A016" } as const;

describe("a negative completion of the card (0129)", () => {
  const box = () => boxOf({ "load-command": seal(NEGATIVE) });

  it("is shown with a zero value load request of the head end's own time", async () => {
    const run = await load({ box: box(), merchant, payment: serverOf({ "negative-result": resultOf("940B") }) });
    expect(run.box.slice(2, 5)).toEqual([A6, A9, { kind: "initialise-load", IDTRX, LOADINIT: ZERO }]);
    expect(heardBy(run)[1]).toEqual(AB);
    expect(kinds(run.payment)).toEqual(["sealed-opening", "sealed"]);
    expect(run.posts[3]?.request.body).toBe(`transaction-id=${IDTRX}&confirmation=${toHex(CONF)}`);
    expect(run.box.at(-1)).toMatchObject({
      kind: "user-message",
      CC: "940B",
      TEXT: "The card cannot hold that much. The load of 10.00 EUR did not take place. The amount is back in the account.",
    });
    expect(run.entry("negative-result")).toMatchObject([{ step: "882", fields: { CC: "940B" } }]);
  });

  it("is changed to success where the load server proves it (loaded after all)", async () => {
    const run = await load({ box: box(), payment: serverOf({ "negative-result": resultOf("0000") }) });
    expect(run.box.at(-1)).toMatchObject({
      kind: "result",
      CC: "0000",
      CONTENT: "The card was loaded with 10.00 EUR.",
    });
  });

  const unproved: readonly [string, Reply, Reply][] = [
    ["the load server does not confirm it", A7_AGAIN, refused("A01A")],
    ["the load server wants it again", A7_AGAIN, refused("A027")],
    ["the load server is silent", A7_AGAIN, undefined],
    ["the set-top box stops", stop, resultOf("940B")],
    ["the set-top box is silent", undefined, resultOf("940B")],
    ["the set-top box talks of another load", { ...A7_AGAIN, IDTRX: "F".repeat(32) }, resultOf("940B")],
    ["the set-top box says something else", A1, resultOf("940B")],
  ];
  it.each(unproved)("stays open when %s", async (_, card, said) => {
    const odd = boxOf({
      "load-command": seal(NEGATIVE),
      "initialise-load": (turn) => (turn === 0 ? { ...A7_AGAIN, LOADRSP } : card),
    });
    const run = await load({ box: odd, merchant, payment: serverOf({ "negative-result": said }) });
    expect(run.box.at(-1)).toMatchObject({ kind: "user-message", CC: "A01A" });
    expect(run.posts).toHaveLength(3);
  });

  it("with a status word that does not go with it is passed on, and judged by the load server", async () => {
    const odd = { ...NEGATIVE, SW: "6581" };
    const run = await load({
      box: boxOf({ "load-command": seal(odd) }),
      payment: serverOf({ "load-response": refused("A01A") }),
    });
    expect(heardBy(run)[1]).toEqual(odd);
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
  });
});

describe("an answer that the load server cannot take", () => {
  it("9302: the card is asked once more, and the second answer passed on as it came", async () => {
    const again = { ...AA, RECOVERED: 1 };
    const box = boxOf({ "load-command": (turn) => seal(turn === 0 ? AA : again) });
    const payment = serverOf({ "load-response": (turn) => (turn === 0 ? refused("9302") : resultOf()) });
    const run = await load({ box, payment });
    expect(kinds(run.box).filter((kind) => kind === "load-command")).toHaveLength(2);
    expect(run.payment.slice(1)).toEqual([seal(AA), seal(again)]);
    expect(run.box.at(-1)).toMatchObject({ kind: "result", CC: "0000" });
  });

  it("9302 twice: the card is not asked a third time", async () => {
    const run = await load({ payment: serverOf({ "load-response": refused("9302") }) });
    expect(kinds(run.box).filter((kind) => kind === "load-command")).toHaveLength(2);
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
  });

  it("9302, and then the card's answer is negative: it is shown", async () => {
    const box = boxOf({ "load-command": (turn) => seal(turn === 0 ? AA : NEGATIVE) });
    const payment = serverOf({ "load-response": refused("9302"), "negative-result": resultOf("940B") });
    const run = await load({ box, payment, merchant });
    expect(heardBy(run).at(-1)).toEqual(AB);
    expect(run.box.at(-1)).toMatchObject({ CC: "940B" });
  });
});

describe("a card without an answer", () => {
  const silent = () => ({ "load-command": seal(SILENT) });

  it("is challenged by the load server, under its own random IDTRX", async () => {
    const payment = serverOf({ "load-response": seal(AF), "challenge-response": resultOf("A023") });
    const run = await load({ box: boxOf(silent()), merchant, payment });
    expect(run.payment[1]).toEqual(seal(SILENT));
    expect(run.box[4]).toEqual({ kind: "initialise-load", IDTRX, LOADINIT: CHALLENGE });
    expect(heardBy(run)[2]).toEqual(B0);
    expect(run.posts).toHaveLength(4);
    expect(run.box.at(-1)).toMatchObject({
      CC: "A023",
      TEXT: "The card did not execute the load. The load of 10.00 EUR did not take place. The amount is back in the account.",
    });
  });

  it.each([
    ["with an amount", { ...AF, LOADINIT }],
    ["that is none", { ...AF, LOADINIT: CHALLENGE.with(4, 0xff) }],
    ["of another load", { ...AF, IDTRX: "F".repeat(32) }],
  ])("a challenge %s does not reach the card", async (_, challenge) => {
    const run = await load({ box: boxOf(silent()), payment: serverOf({ "load-response": seal(challenge) }) });
    expect(kinds(run.box).filter((kind) => kind === "initialise-load")).toHaveLength(1);
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
  });

  it("is challenged once", async () => {
    const run = await load({
      box: boxOf(silent()),
      payment: serverOf({ "load-response": seal(AF), "challenge-response": seal(AF) }),
    });
    expect(kinds(run.box).filter((kind) => kind === "initialise-load")).toHaveLength(2);
    expect(run.box.at(-1)).toMatchObject({ CC: "A01A" });
  });

  it("a stop says the same: the load server is told of no answer, and its challenge passed on", async () => {
    const payment = serverOf({ "load-response": seal(AF), "challenge-response": resultOf("A023") });
    const run = await load({ box: boxOf({ "load-command": stop }), merchant, payment });
    expect(heardBy(run)[1]).toEqual(SILENT);
    expect(heardBy(run)[2]).toEqual(B0);
    expect(run.posts).toHaveLength(4);
    expect(run.box.at(-1)).toMatchObject({
      CC: "A016",
      TEXT: "The card failed or is no purse. The load of 10.00 EUR did not take place. The amount is back in the account.",
    });
  });

  it("a stop, and a load server that does not settle it: the set-top box keeps the load", async () => {
    const run = await load({
      box: boxOf({ "load-command": stop }),
      payment: serverOf({ "load-response": refused("A01A") }),
    });
    expect(run.box.at(-1)).toMatchObject({
      CC: "A01A",
      TEXT: "The card failed or is no purse. The load of 10.00 EUR did not take place. The amount stays reserved in the account until this is settled.",
    });
  });

  it("a stop, and nobody left for the challenge: nothing is posted", async () => {
    const box = boxOf({
      "load-command": stop,
      "initialise-load": (turn) => (turn === 0 ? { ...A7_AGAIN, LOADRSP } : "close"),
    });
    const run = await load({ box, payment: serverOf({ "load-response": seal(AF) }) });
    expect(run.posts).toHaveLength(3);
    expect(run.entry("load-failed")).toMatchObject([{ fields: { CC: "A01A" } }]);
  });
});

describe("a recovery", () => {
  const first = recoveryOf();
  const said = { kind: "load-recovery", SOURCE: 1, IDTRX, IDMER: HOLDER, ENCRYPTION: "AES-128-GCM" } as const;

  it("goes to the load server without what is the set-top box's alone, and ends with its result", async () => {
    const run = await load({ first, payment: serverOf({ "load-recovery": resultOf() }) });
    expect(run.connected).toEqual(["load.test:7236"]);
    expect(run.payment[0]).toMatchObject({
      kind: "sealed-opening",
      IDMER: HOLDER,
      IDTRX,
      RND,
      ETSK: ETSK["AES-128-GCM"],
    });
    expect(heardBy(run)).toEqual([{ ...said, LOADINIT, LOADRSP, CARDRSP: AA.CARDRSP, SW: "9000" }]);
    expect(run.posts).toMatchObject([{ origin: BANK, request: { path: "/status?n=1" } }]);
    expect(run.posts[0]?.request.headers).not.toHaveProperty("cookie");
    expect(run.box).toEqual([{ kind: "result", IDTRX, CC: "0000", CONTENT: "The card was loaded with 10.00 EUR." }]);
    expect(run.entry("load-result")).toMatchObject([{ step: "883", fields: { CC: "0000", SW: "9000" } }]);
    expect(run.entry("load-confirmed")).toMatchObject([{ step: "891", fields: { url: STATUS } }]);
  });

  it("of a load that the load server never saw gives the hold back", async () => {
    const empty = recoveryOf({ CARDRSP: new Uint8Array(0), SW: "9406" });
    const run = await load({ first: empty, merchant, payment: serverOf({ "load-recovery": resultOf("A009") }) });
    expect(run.posts).toHaveLength(1);
    expect(run.box).toMatchObject([{ CC: "A009" }]);
  });

  it("of a card that has not loaded is challenged", async () => {
    const empty = recoveryOf({ CARDRSP: new Uint8Array(0), SW: "9406" });
    const payment = serverOf({ "load-recovery": seal(AF), "challenge-response": resultOf("A023") });
    const run = await load({ first: empty, merchant, payment, box: boxOf({ "initialise-load": A7_AGAIN }) });
    expect(run.box[0]).toEqual({ kind: "initialise-load", IDTRX, LOADINIT: CHALLENGE });
    expect(heardBy(run)[1]).toEqual(B0);
    expect(run.box.at(-1)).toMatchObject({ CC: "A023" });
  });

  it("with a negative answer is shown where the load server asks for that (A027)", async () => {
    const negative = recoveryOf({ CARDRSP: NEGATIVE.CARDRSP });
    const payment = serverOf({ "load-recovery": refused("A027"), "negative-result": resultOf("940B") });
    const run = await load({ first: negative, merchant, payment, box: boxOf({ "initialise-load": A7_AGAIN }) });
    expect(run.box[0]).toEqual({ kind: "initialise-load", IDTRX, LOADINIT: ZERO });
    expect(heardBy(run)[1]).toEqual(AB);
    expect(run.box.at(-1)).toMatchObject({ CC: "940B" });
  });

  it("of a pre-funded account needs no address", async () => {
    const run = await load({
      first: recoveryOf({ SOURCE: 2, URL: undefined }),
      payment: serverOf({ "load-recovery": resultOf() }),
    });
    expect(run.posts).toEqual([]);
    expect(run.box).toMatchObject([{ kind: "result", CC: "0000" }]);
  });

  it.each([
    [{ HOST: undefined }, "A001"],
    [{ PORT: undefined }, "A001"],
    [{ TSK: undefined }, "A001"],
    [{ TSK: undefined, ETSK: undefined, RND: undefined }, "A001"],
    [{ ENCRYPTION: "none" }, "A001"],
    [{ ETSK: ETSK["3DES-CBC-MAC"] }, "A001"],
    [{ LOADINIT: LOADINIT.with(4, 0xff) }, "A001"],
    [{ URL: undefined }, "A018"],
    [{ URL: "https://evil.test/" }, "A018"],
    [{ SOURCE: 2, URL: "http://other.test/" }, "A018"],
  ] as const)("with %o is refused, and nobody is asked", async (over, CC) => {
    const run = await load({ first: recoveryOf(over) });
    expect(run.box).toMatchObject([{ kind: "user-message", CC }]);
    expect(run.connected).toEqual([]);
    expect(run.posts).toEqual([]);
  });

  const open: readonly [string, Reply, string][] = [
    ["a refusal 9302", refused("9302"), "A01A"],
    ["a refusal A00B", refused("A00B"), "A01A"],
    ["a load command", seal(A9), "A01A"],
    ["nothing", undefined, "A01A"],
    ["the end of the channel", "close", "A01A"],
  ];
  it.each(open)("answered with %s stays open, and the card is given nothing", async (_, reply, CC) => {
    const run = await load({ first, payment: serverOf({ "load-recovery": reply }) });
    expect(run.box).toMatchObject([{ kind: "user-message", CC }]);
    expect(JSON.stringify(run.box)).toContain("Whether the card was loaded is not certain yet");
  });
});
