import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { deriveLoadKey, deriveLoadSessionKeys } from "../../crypto/load-keys.ts";
import { signLoadS2 } from "../../crypto/load-signatures.ts";
import type { LoadRequest } from "../../protocol/messages/layouts.ts";
import { LOAD, MKL, s1 } from "../hsm/testing/card.ts";
import { openBench, type Said } from "./test-bench.ts";
import { asked, type CardTerms, cardAnswer, IDTRX, loadRequest, loadResponse } from "./testing/parties.ts";

/** What a head end and an account holder hear of a load of 25.00. */
function result(CC: string, over: object = {}): Said {
  const { PPIEP, IDIEP, NTIEP, DTHR, MLDA, CURRLDA, CEXPLDA } = LOAD;
  const elements = { IDTRX, IDMER: "BANK0001", CC, MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP, DTHR, ...over };
  return { kind: "result", CC, confirmation: elements };
}

describe.each(["BANK0001", "BANK0002"])("a load for %s", (IDMER) => {
  test("goes from request to confirmation, each status before its message", async () => {
    await using bench = await openBench();
    const headEnd = bench.connect(IDMER);
    const command = await headEnd.say(loadRequest({}, { IDMER }));
    const keys = deriveLoadSessionKeys(4, deriveLoadKey(4, MKL, LOAD.PPIEP, LOAD.IDIEP), LOAD);
    const S2 = toHex(signLoadS2(4, keys.KS2, LOAD, fromHex(s1(4, LOAD))));
    expect(command).toEqual({ kind: "load-command", IDTRX, LOADDATA: fromHex(`000009C4097802${S2}`) });
    expect(await bench.status(IDMER)).toBe("command-sent");
    expect(await headEnd.say(loadResponse())).toEqual(result("0000", { IDMER }));
    expect(await headEnd.next()).toBeNull();
    const row = await bench.database.load({ IDMER, IDTRX });
    expect(row).toMatchObject({ status: "loaded", CC: "0000", MLDA: 2500, NTIEP: 7, SOURCE: 1, ACCOUNT: null });
    expect(row?.cardResponse).toBe(toHex(cardAnswer()));
    expect(bench.entries()).toEqual([
      "load-request-received",
      "hsm-request",
      "hsm-response",
      "load-command-sent",
      "load-response-received",
      "hsm-request",
      "hsm-response",
      "confirmation-sent",
    ]);
    expect((await bench.database.log(IDTRX)).map(({ entry }) => entry)).toEqual(bench.entries());
  });
});

test("an AES card is loaded with ALGL 05, a public key card with 04", async () => {
  for (const [ALGIEP, ALGL] of [
    [5, 5],
    [0x10, 4],
  ] as const) {
    await using bench = await openBench();
    const headEnd = bench.connect();
    expect(await headEnd.say(loadRequest({ ALGIEP }))).toMatchObject({ kind: "load-command" });
    expect(bench.hsm.asked).toMatchObject([{ code: "DM", request: { ALGL } }]);
    await headEnd.hangUp();
  }
});

describe("a load request is refused in clear, and leaves no row,", () => {
  const table: readonly (readonly [string, string, CardTerms, Partial<LoadRequest>])[] = [
    ["A001", "LOADINIT with a digit above 9", {}, { LOADINIT: new Uint8Array(34).fill(0xff) }],
    ["A001", "DTHR that is no date", { DTHR: "20310230000000" }, {}],
    ["A001", "LOADRSP that is none", {}, { LOADRSP: new Uint8Array(35).fill(0xff) }],
    ["A001", "ATR that is none", {}, { ATR: fromHex("0000") }],
    ["A001", "another IDTRX in LOADINIT", { IDTRX: "00".repeat(16) }, {}],
    ["A003", "contract not active", {}, { IDMER: "BANK0003" }],
    ["A006", "SECLOAD for another amount", {}, asked({ MLDA: 2501 })],
    ["A006", "SECLOAD for another card", {}, asked({ IDIEP: "0000000043" })],
    ["A006", "SECLOAD for another currency", {}, asked({ CURRLDA: "0840" })],
    ["A006", "SECLOAD of another time", {}, asked({ DTHR: "20310506070808" })],
    ["A006", "SECLOAD empty", {}, { SECLOAD: new Uint8Array(0) }],
    ["A006", "no SECLOAD", {}, { SECLOAD: undefined }],
    ["A006", "SOURCE not of the contract", {}, { SOURCE: 2 }],
  ];
  test.each(table)("%s: %s", async (CC, _, terms, over) => {
    await using bench = await openBench();
    const headEnd = bench.connect(over.IDMER);
    expect(await headEnd.say(loadRequest(terms, over))).toEqual({ kind: "refusal", IDTRX, CC });
    expect(await headEnd.next()).toBeNull();
    expect(await bench.database.loads()).toEqual([]);
    expect(bench.entries()).toEqual(["load-request-received", "load-request-refused"]);
    expect(bench.hsm.asked).toEqual([]);
  });

  test("A001: a request that is none is logged as received too", async () => {
    await using bench = await openBench();
    const headEnd = bench.connect();
    await headEnd.sendRaw(fromHex("A80100"));
    expect(await headEnd.next()).toEqual({ kind: "refusal", IDTRX: undefined, CC: "A001" });
    expect(bench.entries()).toEqual(["load-request-received", "load-request-refused"]);
  });

  test("A002: account holder unknown", async () => {
    await using bench = await openBench();
    expect(await bench.connect("NOBODY01").say(loadRequest())).toEqual({ kind: "refusal", IDTRX, CC: "A002" });
  });

  test("A00B: in clear", async () => {
    await using bench = await openBench();
    const headEnd = bench.connect();
    await headEnd.sendRaw(loadRequest());
    expect(await headEnd.next()).toEqual({ kind: "refusal", IDTRX, CC: "A00B" });
  });

  test.each([
    ["another IDMER inside", "BANK0001", {}, { IDMER: "BANK0002" }],
    ["another IDTRX inside", "BANK0001", {}, { IDTRX: "00".repeat(16) }],
  ])("A00C: %s", async (_, IDMER, terms, over) => {
    await using bench = await openBench();
    const answer = await bench.connect(IDMER).say(loadRequest(terms, over));
    expect(answer).toEqual({ kind: "refusal", IDTRX, CC: "A00C" });
    expect(bench.entries()).toContain("undecipherable");
  });

  test("A00C: under another suite, or a broken ETSK; A003 where the contract has ended as well", async () => {
    await using bench = await openBench();
    for (const [IDMER, CC] of [
      ["BANK0001", "A00C"],
      ["BANK0003", "A003"],
    ] as const) {
      const headEnd = bench.connect(IDMER);
      const { ETSK } = headEnd.layer.opening(loadRequest());
      await headEnd.sendRaw(headEnd.layer.opening(loadRequest(), { ETSK: ETSK.map((byte) => byte ^ 1) }));
      expect(await headEnd.next()).toEqual({ kind: "refusal", IDTRX, CC });
    }
    const triple = bench.connect("BANK0002");
    await triple.sendRaw({ ...triple.layer.opening(loadRequest()), IDMER: "BANK0001" });
    expect(await triple.next()).toEqual({ kind: "refusal", IDTRX, CC: "A00C" });
  });

  test("A001: what is no message; A00A: another message", async () => {
    await using bench = await openBench();
    const nonsense = bench.connect();
    await nonsense.sendRaw(fromHex("A800"));
    expect(await nonsense.next()).toEqual({ kind: "refusal", CC: "A001" });
    const other = bench.connect();
    await other.sendRaw(loadResponse());
    expect(await other.next()).toEqual({ kind: "refusal", CC: "A00A" });
  });

  test("A004: used before, by this very request or another one: not a word on how the first one ended", async () => {
    await using bench = await openBench();
    const first = bench.connect();
    await first.say(loadRequest());
    for (const terms of [{}, { R: "00000001" }, { MLDA: 0 }]) {
      expect(await bench.connect().say(loadRequest(terms))).toEqual({ kind: "refusal", IDTRX, CC: "A004" });
    }
    expect(await first.say(loadRequest())).toEqual({ kind: "refusal", IDTRX, CC: "A00C" });
    expect(await first.say(loadResponse())).toMatchObject({ kind: "result", CC: "0000" });
    expect(await bench.connect().say(loadRequest())).toEqual({ kind: "refusal", IDTRX, CC: "A004" });
    expect(await bench.status()).toBe("loaded");
  });
});

describe("a load request is refused for good, and confirmed so,", () => {
  const table: readonly (readonly [string, string, CardTerms])[] = [
    ["A005", "currency not served", { CURRLDA: "0826", CURRIEP: "0826", MLDA: 0 }],
    ["A005", "exponent not served", { CEXPLDA: 3, CEXPIEP: 3 }],
    ["A013", "not the currency of the card", { CURRLDA: "0840", MLDA: 0 }],
    ["A013", "not the exponent of the card", { CEXPIEP: 1 }],
    ["A022", "amount zero", { MLDA: 0, DTHR: "20310506080000" }],
    ["A025", "six minutes ahead", { DTHR: "20310506071510", DEXPIEP: "200101" }],
    ["A025", "more than an hour old", { DTHR: "20310506060908" }],
    ["A025", "another load server", { IDACQ: "00057002" }],
    ["A012", "card expired yesterday", { DEXPIEP: "310505", PPIEP: "111111" }],
    ["9410", "no key for that issuer", { PPIEP: "111111" }],
    ["9410", "no such algorithm", { ALGIEP: 6 }],
    ["9403", "no key of that version", { VKIEP: 2 }],
    ["A024", "S1 wrong", { S1: "0000000000000000" }],
    ["A026", "HSM error 21", { PPIEP: "999999" }],
  ];
  test.each(table)("%s: %s", async (CC, _, terms) => {
    await using bench = await openBench();
    const headEnd = bench.connect();
    const { PPIEP, DTHR, MLDA, CURRLDA, CEXPLDA } = { ...LOAD, ...terms };
    expect(await headEnd.say(loadRequest(terms))).toEqual(result(CC, { PPIEP, DTHR, MLDA, CURRLDA, CEXPLDA }));
    expect(await headEnd.next()).toBeNull();
    expect(await bench.database.loads()).toMatchObject([{ status: "refused", CC, loadCommand: null }]);
    expect(await bench.connect().say(loadRequest())).toEqual({ kind: "refusal", IDTRX, CC: "A004" });
  });

  test.each([
    ["A012", "16"],
    ["A024", "01"],
    ["A026", "15"],
    ["A026", "12"],
    ["A026", undefined],
    ["A026", "00"],
    ["A026", "0012"],
    ["A026", "nonsense"],
  ])("%s: the HSM says %s", async (CC, body) => {
    await using bench = await openBench();
    bench.hsm.script = () => body;
    expect(await bench.connect().say(loadRequest())).toEqual(result(CC));
    expect(await bench.status()).toBe("refused");
  });

  test("five minutes ahead and sixty behind are good", async () => {
    for (const DTHR of ["20310506071409", "20310506060909"]) {
      await using bench = await openBench();
      const headEnd = bench.connect();
      expect(await headEnd.say(loadRequest({ DTHR }))).toMatchObject({ kind: "load-command" });
      await headEnd.hangUp();
    }
  });
});

describe("from a pre-funded account", () => {
  const { MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP } = LOAD;
  const hold = { ACCOUNT: "A-1", MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP };

  test("what was authorised is loaded, and booked before it is said", async () => {
    await using bench = await openBench();
    bench.accounts.hold = hold;
    const headEnd = bench.connect("FUND0001");
    expect(await headEnd.say(loadRequest({}, { IDMER: "FUND0001" }))).toMatchObject({ kind: "load-command" });
    expect(bench.accounts.settled).toEqual([]);
    expect(await headEnd.say(loadResponse())).toEqual(result("0000", { IDMER: "FUND0001" }));
    expect(bench.accounts.settled).toEqual([[IDTRX, "loaded"]]);
    const row = await bench.database.load({ IDMER: "FUND0001", IDTRX });
    expect(row).toMatchObject({ SOURCE: 2, ACCOUNT: "A-1", booked: true });
  });

  test.each([
    ["nothing was authorised", undefined],
    ["another amount", { ...hold, MLDA: 2499 }],
    ["another card", { ...hold, IDIEP: "0000000043" }],
    ["another provider", { ...hold, PPIEP: "654321" }],
    ["another currency", { ...hold, CURRLDA: "0840" }],
    ["another exponent", { ...hold, CEXPLDA: 3 }],
  ])("A006: %s", async (_, authorised) => {
    await using bench = await openBench();
    bench.accounts.hold = authorised;
    const answer = await bench.connect("FUND0001").say(loadRequest({}, { IDMER: "FUND0001" }));
    expect(answer).toEqual({ kind: "refusal", IDTRX, CC: "A006" });
    expect(bench.accounts.settled).toEqual([]);
  });

  test("a refusal gives the hold back, an unresolved load keeps it", async () => {
    await using bench = await openBench();
    bench.accounts.hold = hold;
    bench.hsm.script = () => "01";
    await bench.connect("FUND0001").say(loadRequest({}, { IDMER: "FUND0001" }));
    expect(bench.accounts.settled).toEqual([[IDTRX, "released"]]);
    await using other = await openBench();
    other.accounts.hold = hold;
    const headEnd = other.connect("FUND0001");
    await headEnd.say(loadRequest({}, { IDMER: "FUND0001" }));
    await headEnd.hangUp();
    expect(await other.status("FUND0001")).toBe("unresolved");
    expect(other.accounts.settled).toEqual([]);
  });
});
