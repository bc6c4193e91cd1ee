import { describe, expect, test } from "vitest";
import type { PurchaseObservation, PurseReading, RecordedEvent } from "../../harness/flows/system.ts";
import { createExpect, type Expect } from "./expect.ts";
import { type Expectation, ExpectationFailed, Inconclusive } from "./failures.ts";

const judge = createExpect(() => undefined);

function failure(work: (judge: Expect) => unknown): Expectation {
  try {
    work(judge);
  } catch (thrown) {
    if (thrown instanceof ExpectationFailed) return thrown.expectation;
    throw thrown;
  }
  throw new Error("the expectation held");
}

const event = (n: number, step?: string): RecordedEvent => ({
  kind: "message",
  link: "236",
  from: "head-end",
  to: "payment-server",
  step,
  bytes: new Uint8Array(),
  n,
  atMs: n,
});

const observation = (CC: string, trouble: PurchaseObservation["trouble"] = []): PurchaseObservation => ({
  outcome: { CC, IDTRX: undefined, CONTENT: undefined, shown: [] },
  events: [event(4, "612"), event(7, "616"), event(9, "634")],
  trouble,
});

const purse: PurseReading = {
  ATR: Uint8Array.of(0x3b, 0),
  PPIEP: "000001",
  IDIEP: "0000000001",
  SNIEP: "0000000000000001",
  ALGIEP: 5,
  DEXPIEP: "301231",
  BALIEP: 1_000,
  BALmaxIEP: 50_000,
  CURRIEP: "0978",
  CEXPIEP: 2,
  AMIEP: 1,
  NTIEP: 3,
  VKIEP: 1,
  log: [],
};

describe("values", () => {
  test("equal compares deeply and bytes by value", () => {
    judge.equal("bytes", Buffer.from([1, 2]) as Uint8Array, Uint8Array.of(1, 2));
    judge.equal("object", { a: [1] }, { a: [1] });
    expect(failure((t) => t.equal("bytes", Uint8Array.of(0xab), Uint8Array.of(0xac)))).toMatchObject({
      expected: ["'AC'"],
      actual: "'AB'",
    });
  });

  test("matches, oneOf, that, present and absent hold and fail", () => {
    judge.matches("text", "A015", /^A0/);
    judge.oneOf("CC", "A015", ["A015", "A016"]);
    judge.that(true, "the sky is blue");
    expect(judge.present("row", 0)).toBe(0);
    judge.absent("row", undefined);
    expect(failure((t) => t.matches("text", undefined, /x/)).actual).toBe("nothing");
    expect(failure((t) => t.oneOf("CC", "0000", ["A015", "A016"])).expected).toEqual(['"A015"', '"A016"']);
    expect(failure((t) => t.that(false, "the sky is green", { actual: "blue" })).actual).toBe('"blue"');
    expect(failure((t) => t.present("row", null)).what).toBe("row");
    expect(failure((t) => t.absent("row", "x")).actual).toBe('"x"');
  });

  test("a failure carries requirement, owner and place", () => {
    const about = { requirement: "PAY-BASE-618", owner: "terminal", at: event(12) } as const;
    expect(failure((t) => t.equal("x", 1, 2, about))).toMatchObject({
      requirement: "PAY-BASE-618",
      owner: "terminal",
      at: 12,
    });
  });
});

describe("purchases", () => {
  test("completed wants 0000, refused one of its codes", () => {
    judge.completed(observation("0000"));
    judge.refused(observation("A014"), "A014");
    judge.refused(observation("A014"), ["A013", "A014"]);
    expect(failure((t) => t.completed(observation("A014")))).toMatchObject({ actual: '"A014"', at: 9 });
    expect(failure((t) => t.refused(observation("0000"), "A014")).expected).toEqual(['"A014"']);
  });

  test("trouble with a device is inconclusive, whatever the outcome", () => {
    const trouble = [{ owner: "reader", text: "the reader went away" }];
    for (const work of [judge.completed, judge.noTrouble]) {
      expect(() => work(observation("0000", trouble))).toThrow(Inconclusive);
    }
    expect(() => judge.refused(observation("A014", trouble), "A014")).toThrow("the reader went away");
  });

  test("order finds steps one after the other and names the first that is missing", () => {
    judge.order(observation("0000"), ["612", "634"]);
    judge.order(observation("0000").events, ["616"]);
    expect(failure((t) => t.order(observation("0000"), ["616", "612"]))).toMatchObject({
      actual: "612, 616, 634 (no 612 where it is due)",
      at: 7,
    });
  });
});

describe("money", () => {
  test("counts what left the card", () => {
    judge.money(purse, { ...purse, BALIEP: 750 }, -250);
    expect(failure((t) => t.money(purse, { ...purse, BALIEP: 751 }, -250))).toMatchObject({
      expected: ["750 (1000 - 250)"],
      actual: "751",
    });
  });

  test("samePurse names what changed", () => {
    judge.samePurse(purse, { ...purse, ATR: Uint8Array.of(0x3b, 0) });
    expect(failure((t) => t.samePurse(purse, { ...purse, NTIEP: 4 })).actual).toBe("NTIEP was 3 and is 4");
  });
});

test("every check is heard of, held or not", () => {
  const heard: boolean[] = [];
  const listening = createExpect((_, ok) => heard.push(ok));
  listening.equal("x", 1, 1);
  expect(() => listening.equal("x", 1, 2)).toThrow();
  expect(heard).toEqual([true, false]);
});
