import { expect, test } from "vitest";
import type { ExchangeView } from "../shared/state.ts";
import { exchangeTeller, exchangeView } from "./exchange-teller.ts";

const MESSAGE = {
  kind: "message",
  link: "235",
  from: "set-top-box",
  to: "card",
  step: "618",
  hex: "90540100",
  decoded: { command: "DEBIT IEP", MPDA: "0.02 (0978)", long: "x".repeat(500) },
} as const;

test("the first message is shown at once, and of many only the last", () => {
  const shown: ExchangeView[] = [];
  const teller = exchangeTeller((exchange) => shown.push(exchange));
  for (let n = 1; n <= 50; n++) teller.hear({ n, at: n, event: { ...MESSAGE, step: String(n) } });
  teller.hear({ n: 51, at: 51, event: { kind: "note", text: "no message" } });
  teller.close();
  expect(shown.map(({ step, count }) => [step, count])).toEqual([
    ["1", 1],
    ["50", 50],
  ]);
});

test("a message has its name once, and nothing longer than a screen shows", () => {
  const view = exchangeView({ ...MESSAGE, hex: "AB".repeat(5_000), length: 70_000 }, 3);
  expect(view).toMatchObject({ name: "DEBIT IEP", length: 70_000, hex: "AB".repeat(64), count: 3 });
  expect(view.elements).toEqual([
    ["MPDA", "0.02 (0978)"],
    ["long", `${"x".repeat(79)}…`],
  ]);
});
