import { describe, expect, test } from "vitest";
import type { CaseRecord, Exchange } from "../record/run-record.ts";
import { layOut } from "./layout.ts";
import { sequenceSvg } from "./svg.ts";
import { FLOWS, transactionAt, transactionsOf, wholeIn } from "./transactions.ts";

function exchanges(steps: readonly string[], first = 1, kind: Exchange["kind"] = "message"): Exchange[] {
  const fixed = {
    kind,
    link: "cable",
    from: "set-top-box",
    to: "head-end",
    name: "x",
    bytes: "",
    decoded: [],
  } as const;
  return steps.map((step, index) => ({ ...fixed, step, n: first + index, atMs: index }));
}

function recorded(id: string, verdict: CaseRecord["verdict"], list: readonly Exchange[], at?: number): CaseRecord {
  const words = {
    suite: "s",
    purpose: "p",
    reason: "",
    owner: "card",
    ownerBecause: "",
    mend: "",
    requirement: "",
    actual: "",
    cell: undefined,
    ending: "",
    started: "",
    before: 0,
    after: 0,
    attempts: [],
    waiver: undefined,
    reruns: [],
    lines: undefined,
  };
  return { ...words, id, verdict, requirements: [], expected: [], at, durationMs: 1, exchanges: list };
}

const flowOf = (title: string) => FLOWS.find((flow) => flow.title === title) ?? expect.fail();
const PURCHASE = flowOf("purchase");

describe("transactions of a case", () => {
  test("begin at step 602, the first one with what came before it", () => {
    const found = transactionsOf(recorded("A", "pass", exchanges(["", "602", "641", "602", "607"])));
    expect(found.map((one) => one.exchanges.map(({ step }) => step))).toEqual([
      ["", "602", "641"],
      ["602", "607"],
    ]);
  });

  test("a whole one is undisturbed and goes from 602 to its end", () => {
    const disturbed = recorded("D", "pass", [
      ...exchanges(["602", "607", "612", "641"]),
      ...exchanges([""], 9, "fault"),
    ]);
    const broken = recorded("B", "pass", exchanges(["602", "607", "612", "617"]));
    const good = recorded("G", "pass", exchanges(["", "602", "607", "641"]));
    expect(wholeIn(good, PURCHASE)).toMatchObject([
      { caseId: "G", exchanges: [{ step: "602" }, { step: "607" }, { step: "641" }] },
    ]);
    expect([...wholeIn(disturbed, PURCHASE), ...wholeIn(broken, PURCHASE)]).toEqual([]);
  });

  test("the one that a verdict is about holds its line; without a line it is the last", () => {
    const list = exchanges(["602", "641", "602", "641"], 10);
    expect(transactionAt(recorded("A", "fail", list, 11))?.exchanges[0]?.n).toBe(10);
    expect(transactionAt(recorded("A", "fail", list))?.exchanges[0]?.n).toBe(12);
    expect(transactionAt(recorded("A", "fail", []))).toBeUndefined();
  });
});

describe("other flows than a purchase", () => {
  const between = (one: Exchange | undefined, from: string, to: string, link: string): Exchange => ({
    ...(one ?? exchanges([""])[0] ?? expect.fail()),
    ...{ from, to, link },
  });

  test("loads are told apart by who keeps the account", () => {
    const [selection, asked, page, ...rest] = exchanges(["871", "871", "874", "641"]);
    const load = (holder: string) => [
      ...exchanges(["602", "641"], 90),
      ...(selection ? [selection] : []),
      between(asked, "head-end", holder, "234"),
      between(page, holder, "head-end", "234"),
      ...rest,
    ];
    const cases = [recorded("FUND", "pass", load("load-server")), recorded("BANK", "pass", load("bank-server"))];
    expect(transactionsOf(recorded("A", "pass", load("bank-server"))).map((each) => each.exchanges.length)).toEqual([
      2, 4,
    ]);
    for (const [title, caseId] of [
      ["load from a bank account", "BANK"],
      ["load from a pre-funded account", "FUND"],
    ] as const) {
      expect(cases.flatMap((one) => wholeIn(one, flowOf(title)))).toMatchObject([
        { caseId, exchanges: [{ step: "871" }, {}, {}, {}] },
      ]);
    }
  });

  test("a collection goes on from terminal to terminal until its acknowledgements are given", () => {
    const message = (name: string, from: string, to: string, link = "LAN") => ({
      ...between(undefined, from, to, link),
      name,
    });
    const [out, back] = [
      (name: string) => message(name, "payment-server", "concentrator"),
      (name: string) => message(name, "concentrator", "payment-server"),
    ];
    const list = [
      ...exchanges(["602", "641"], 90),
      ...[out("t-collect"), message("t-collect", "concentrator", "terminal", "line"), back("t-collected")],
      ...[out("t-collect"), back("t-collected"), out("t-acknowledge"), back("t-done")],
    ];
    expect(transactionsOf(recorded("A", "pass", list)).map((each) => each.exchanges.length)).toEqual([2, 7]);
    const [whole] = wholeIn(recorded("A", "pass", list), flowOf("collection"));
    expect(whole?.exchanges).toHaveLength(7);
    expect(wholeIn(recorded("A", "pass", list.slice(0, -2)), flowOf("collection"))).toEqual([]);
  });
});

describe("the layout of a picture", () => {
  test("cuts long transactions into parts with the same lifelines and points arrows from sender to receiver", () => {
    const list = exchanges(["602", "607", "608"]);
    const [first, second, ...none] = layOut(list, 2);
    expect(none).toEqual([]);
    expect(first?.lifelines).toEqual(second?.lifelines);
    expect(first?.lifelines.map(({ role }) => role)).toEqual(["set-top-box", "head-end"]);
    expect(first?.rows).toHaveLength(2);
    expect(second?.rows).toMatchObject([
      { step: "608", time: "+2.0 ms", x1: first?.lifelines[0]?.x, x2: first?.lifelines[1]?.x },
    ]);
  });
});

describe("the picture of a sale of the cable provider", () => {
  const exchange = { kind: "message", name: "x", bytes: "", decoded: [], n: 1, atMs: 0 } as const;
  const list: Exchange[] = [
    { ...exchange, link: "237", from: "head-end", to: "head-end-payment-server", step: "612" },
    { ...exchange, link: "LAN", from: "head-end-payment-server", to: "concentrator", step: "686" },
    { ...exchange, link: "236", from: "head-end", to: "payment-server", step: "612" },
  ];

  test("has its own payment server beside the merchants' one, with its whole name", () => {
    const [picture] = layOut(list, 10);
    expect(picture?.lifelines.map(({ role }) => role)).toEqual([
      "head-end",
      "payment-server",
      "head-end-payment-server",
      "concentrator",
    ]);
    const drawn = picture && sequenceSvg(picture, "p", "sale").text;
    expect(drawn).toContain(">head end payment server</text>");
    expect(drawn).toContain('lengthAdjust="spacingAndGlyphs"');
  });
});
