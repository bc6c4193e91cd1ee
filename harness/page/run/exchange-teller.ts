import { messageName } from "../../../reports/record/exchange.ts";
import type { LineListener } from "../../evidence/evidence.ts";
import type { ExchangeView } from "../shared/state.ts";

/** People do not read faster. */
const EVERY_MS = 150;
/** More than a screen shows is not sent. */
const MOST_ELEMENTS = 12;
const MOST_HEX = 128;
const MOST_TEXT = 80;
/** Keys of decoded messages that say what `messageName` says. */
const NAMES = ["message", "command", "http", "hsm"];

/** Shows the newest message of a run now and then: the first at once, and the last for sure. */
export function exchangeTeller(show: (exchange: ExchangeView) => void): { hear: LineListener; close: () => void } {
  let count = 0;
  let waiting: (() => ExchangeView) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    if (!waiting) return;
    show(waiting());
    waiting = undefined;
    timer = setTimeout(flush, EVERY_MS);
    timer.unref();
  };
  return {
    hear: ({ event }) => {
      if (event.kind !== "message") return;
      const number = ++count;
      waiting = () => exchangeView(event, number);
      if (timer === undefined) flush();
    },
    close: () => {
      clearTimeout(timer);
      if (waiting) show(waiting());
    },
  };
}

type Message = Extract<Parameters<LineListener>[0]["event"], { kind: "message" }>;

export function exchangeView(message: Message, count: number): ExchangeView {
  const { link, from, to, step, hex, length, decoded } = message;
  return {
    link,
    from,
    to,
    name: messageName(message),
    step: step ?? "",
    elements: Object.entries(decoded ?? {})
      .filter(([key]) => !NAMES.includes(key))
      .slice(0, MOST_ELEMENTS)
      .map(([key, value]) => [key, cut(value)] as const),
    hex: hex.slice(0, MOST_HEX),
    length: length ?? hex.length / 2,
    count,
  };
}

function cut(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text;
}
