import { describe, expect, test } from "vitest";
import type { Message } from "../../protocol/messages/layouts.ts";
import { LOAD } from "../hsm/testing/card.ts";
import type { LoadStatus } from "./database/contracts.ts";
import { LoadBench, openBench } from "./test-bench.ts";
import { asked, cardAnswer, IDTRX, loadRecovery, loadRequest, loadResponse, NOTHING } from "./testing/parties.ts";

const refusal = (CC: string) => ({ kind: "refusal", IDTRX, CC });
const inquiry = { kind: "load-inquiry", IDMER: "BANK0001", IDTRX } as const;
const name = { IDMER: "BANK0001", IDTRX };

/** A bench with a load that has come to that status. */
async function benchWith(status: LoadStatus | "none"): Promise<LoadBench> {
  const bench = await openBench();
  if (status === "none") return bench;
  if (status === "void") {
    await bench.connect().say(inquiry);
    return bench;
  }
  if (status === "refused") bench.hsm.script = () => "01";
  const headEnd = bench.connect();
  await headEnd.say(loadRequest());
  bench.hsm.script = (_, truly) => truly;
  if (status === "loaded") await headEnd.say(loadResponse());
  if (status === "not-loaded") await challengeAnswered(bench, await headEnd.say(loadResponse(NOTHING)), headEnd);
  if (status === "unresolved") await headEnd.hangUp();
  expect(await bench.status()).toBe(status);
  return bench;
}

/** What the server says after a genuine card that was never loaded has answered its challenge. */
async function challengeAnswered(_: LoadBench, said: unknown, headEnd: ReturnType<LoadBench["connect"]>, terms = {}) {
  const { LOADINIT } = said as Extract<Message, { kind: "load-challenge" }>;
  const hex = Buffer.from(LOADINIT).toString("hex").toUpperCase();
  const own = { MLDA: 0, R: "0BADCAFE", IDTRX: hex.slice(36), DTHR: hex.slice(22, 36), ...terms };
  return await headEnd.say({ kind: "challenge-response", IDTRX, LOADRSP: asked(own).LOADRSP });
}

describe("recovery of a load", () => {
  test.each([
    ["loaded", "0000"],
    ["not-loaded", "A023"],
    ["refused", "A024"],
    ["void", "A009"],
  ] as const)("that is %s: the same result again", async (status, CC) => {
    await using bench = await benchWith(status);
    const asked = bench.hsm.asked.length;
    expect(await bench.connect().say(loadRecovery(cardAnswer()))).toMatchObject({ kind: "result", CC });
    expect(bench.hsm.asked).toHaveLength(asked);
    expect(await bench.status()).toBe(status);
  });

  test.each(["unresolved", "command-sent"] as const)("that is %s: a positive answer is proven", async (status) => {
    await using bench = await benchWith(status);
    const headEnd = bench.connect();
    expect(await headEnd.say(loadRecovery(cardAnswer()))).toMatchObject({ kind: "result", CC: "0000" });
    expect(await headEnd.next()).toBeNull();
    expect(await bench.status()).toBe("loaded");
  });

  test("whose first thread still waits: what that one learns later changes nothing", async () => {
    await using bench = await openBench();
    const first = bench.connect();
    await first.say(loadRequest());
    await bench.connect().say(loadRecovery(cardAnswer()));
    expect(await first.next()).toEqual(refusal("A01A")); // nothing came in time
    expect(await bench.status()).toBe("loaded");
  });

  test("two threads never say different things of one load", async () => {
    await using bench = await benchWith("unresolved");
    const challenged = bench.connect();
    const said = await challenged.say(loadRecovery(NOTHING));
    expect(await bench.connect().say(loadRecovery(cardAnswer()))).toMatchObject({ CC: "0000" });
    expect(await challengeAnswered(bench, said, challenged)).toMatchObject({ kind: "result", CC: "0000" });
    expect(await bench.status()).toBe("loaded");
  });

  test.each([
    ["a negative answer", loadRecovery(cardAnswer("940B"))],
    ["none", loadRecovery(NOTHING)],
  ])("with %s: challenge, and no load occurred", async (_, message) => {
    await using bench = await benchWith("unresolved");
    const headEnd = bench.connect();
    const said = await headEnd.say(message);
    expect(said).toMatchObject({ kind: "load-challenge" });
    expect(await challengeAnswered(bench, said, headEnd)).toMatchObject({ kind: "result", CC: "A023" });
    expect(await bench.status()).toBe("not-loaded");
  });

  test("a challenge that shows a higher counter leaves it unresolved", async () => {
    await using bench = await benchWith("unresolved");
    const headEnd = bench.connect();
    const said = await headEnd.say(loadRecovery(NOTHING));
    const loaded = { NTIEP: 8, BALIEP: 12_500 };
    expect(await challengeAnswered(bench, said, headEnd, loaded)).toEqual(refusal("A01A"));
    expect(await bench.status()).toBe("unresolved");
  });

  test.each([
    ["wrong S3", cardAnswer("0000", { S3: "0000000000000000" })],
    ["wrong balance", cardAnswer("0000", { BALIEP: 1 })],
  ])("%s: stays unresolved", async (_, CARDRSP) => {
    await using bench = await benchWith("unresolved");
    expect(await bench.connect().say(loadRecovery(CARDRSP))).toEqual(refusal("A01A"));
    expect(await bench.status()).toBe("unresolved");
  });

  test.each([
    ["A009", "another NTIEP", { LOADRSP: asked({ NTIEP: 8 }).LOADRSP }],
    ["A001", "LOADRSP that is none", { LOADRSP: new Uint8Array(35).fill(0xff) }],
    ["A001", "CARDRSP with another SW", { SW: "6581" }],
  ])("%s: %s", async (CC, _, over) => {
    await using bench = await benchWith("unresolved");
    expect(await bench.connect().say(loadRecovery(cardAnswer(), over))).toEqual(refusal(CC));
    expect(await bench.status()).toBe("unresolved");
  });

  test("of which nothing is known: void, and nothing can be loaded any more", async () => {
    await using bench = await openBench();
    expect(await bench.connect().say(loadRecovery(cardAnswer()))).toEqual({
      kind: "result",
      CC: "A009",
      confirmation: {
        ...{ IDTRX, IDMER: "BANK0001", CC: "A009", MLDA: 0, CURRLDA: "0000", CEXPLDA: 0 },
        ...{ PPIEP: "000000", IDIEP: "0000000000", NTIEP: 0, DTHR: "00000000000000" },
      },
    });
    expect(bench.entries()).toEqual(["load-void", "confirmation-sent"]);
    expect(await bench.status()).toBe("void");
    expect(await bench.connect().say(loadRequest())).toEqual(refusal("A004"));
  });

  test("still works for an account holder whose contract has ended", async () => {
    await using bench = await openBench();
    const said = await bench.connect("BANK0003").say(loadRecovery(NOTHING, { IDMER: "BANK0003" }));
    expect(said).toMatchObject({ kind: "result", CC: "A009" });
  });

  test("A00B in clear", async () => {
    await using bench = await benchWith("unresolved");
    for (const message of [loadRecovery(cardAnswer()), inquiry]) {
      const headEnd = bench.connect();
      await headEnd.sendRaw(message);
      expect(await headEnd.next()).toEqual(refusal("A00B"));
    }
  });
});

describe("inquiry of an account holder", () => {
  test.each([
    ["loaded", "0000"],
    ["not-loaded", "A023"],
    ["refused", "A024"],
    ["void", "A009"],
    ["none", "A009"],
  ] as const)("%s: result %s", async (status, CC) => {
    await using bench = await benchWith(status);
    const said = await bench.connect().say(inquiry);
    expect(said).toMatchObject({ kind: "result", CC, confirmation: { CC } });
    expect(await bench.status()).toBe(status === "none" ? "void" : status);
  });

  test.each(["unresolved", "command-sent"] as const)("%s: A01A", async (status) => {
    await using bench = await benchWith(status);
    expect(await bench.connect().say(inquiry)).toEqual(refusal("A01A"));
    expect(await bench.status()).toBe(status);
  });

  test("about another account holder's load finds none", async () => {
    await using bench = await benchWith("loaded");
    const said = await bench.connect("BANK0002").say({ ...inquiry, IDMER: "BANK0002" });
    expect(said).toMatchObject({ kind: "result", CC: "A009" });
    expect(await bench.status()).toBe("loaded");
  });
});

describe("start", () => {
  test("command-sent becomes unresolved, received becomes refused; both stay so", async () => {
    await using bench = await openBench();
    await bench.connect().say(loadRequest());
    const received = {
      ...name,
      IDTRX: "00".repeat(16),
      SOURCE: 1,
      ACCOUNT: null,
      status: "received",
      CC: null,
    } as const;
    const { MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP } = LOAD;
    const terms = { MLDA, CURRLDA, CEXPLDA, PPIEP, IDIEP, NTIEP, LOADINIT: "", LOADRSP: "" };
    await bench.database.insertLoad({ ...received, ...terms });
    await bench.server[Symbol.asyncDispose]();
    const again = new LoadBench(bench.clock, bench.database, {});
    await again.server.recover();
    expect((await bench.database.loads()).map(({ status, CC }) => [status, CC])).toEqual([
      ["unresolved", "A019"],
      ["refused", "A019"],
    ]);
    expect(again.entries()).toEqual(["load-unresolved", "load-request-refused"]);
    expect(await again.connect().say(loadRecovery(cardAnswer()))).toMatchObject({ CC: "0000" });
    await again[Symbol.asyncDispose]();
  });

  test("ends that were not booked are booked, once", async () => {
    await using bench = await openBench();
    const { PPIEP, IDIEP, NTIEP, MLDA, CURRLDA, CEXPLDA } = LOAD;
    const row = { IDMER: "FUND0001", SOURCE: 2, ACCOUNT: "A-1", PPIEP, IDIEP, NTIEP, MLDA, CURRLDA, CEXPLDA };
    for (const IDTRX of ["1", "2", "3", "4"].map((digit) => digit.repeat(32))) {
      await bench.database.insertLoad({ ...row, IDTRX, status: "received", LOADINIT: "", LOADRSP: "", CC: null });
      await bench.database.updateLoad({ ...row, IDTRX }, { status: "command-sent" });
    }
    await bench.database.updateLoad({ ...row, IDTRX: "1".repeat(32) }, { status: "loaded", CC: "0000" });
    await bench.database.updateLoad({ ...row, IDTRX: "2".repeat(32) }, { status: "not-loaded", CC: "940B" });
    await bench.database.updateLoad({ ...row, IDTRX: "3".repeat(32) }, { status: "loaded", CC: "0000" });
    await bench.database.markBooked({ ...row, IDTRX: "3".repeat(32) });
    await bench.server.recover();
    await bench.server.recover();
    expect(bench.accounts.settled).toEqual([
      ["1".repeat(32), "loaded"],
      ["2".repeat(32), "released"],
    ]);
  });
});

test("own holds that no load request followed are given back, and nothing is loaded under them", async () => {
  await using bench = await openBench();
  const held = { IDMER: "FUND0001", IDTRX };
  bench.accounts.old = [held];
  await bench.server.settleHolds();
  await bench.server.settleHolds();
  expect(bench.accounts.settled).toEqual([[IDTRX, "released"]]);
  expect(await bench.status("FUND0001")).toBe("void");
});
