/** Where everything of a sequence picture stands; lengths in SVG user units (CSS pixels at full size). */
import type { Exchange } from "../record/run-record.ts";
import { offset } from "../text/format.ts";

/** Roles from the user's side to security card and clearing, as messages travel. Others follow in order of appearance. */
const ROLE_ORDER = [
  "bench",
  "user",
  "card",
  "reader",
  "set-top-box",
  "head-end",
  "merchant",
  "bank-server",
  "load-server",
  "additional-server",
  "hsm",
  "payment-server",
  "head-end-payment-server",
  "concentrator",
  "terminal",
  "psam",
  "concentration-point",
  "clearing-system",
];

export const SIZE = { gutter: 86, lane: 124, head: 40, row: 36, foot: 12, box: 108, margin: 8 } as const;

export interface Lifeline {
  readonly role: string;
  readonly x: number;
}

export type Row =
  | ({
      readonly kind: "message";
      readonly y: number;
      readonly time: string;
      readonly x1: number;
      readonly x2: number;
    } & Words)
  | ({ readonly kind: "fault"; readonly y: number; readonly time: string } & Words);

interface Words {
  /** The verdict is about it. */
  readonly marked: boolean;
  readonly step: string;
  readonly name: string;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly lifelines: readonly Lifeline[];
  readonly rows: readonly Row[];
}

/**
 * Pictures of at most `rowsEach` rows, so that each fits a printed page; all have the same lifelines. `at` is the line of evidence
 * that is marked: where it is not shown itself, the message before it.
 */
export function layOut(exchanges: readonly Exchange[], rowsEach: number, at?: number): readonly Picture[] {
  const shown = exchanges.filter(({ kind }) => kind === "message" || kind === "fault");
  const lifelines = lifelinesOf(shown);
  const startMs = shown[0]?.atMs ?? 0;
  const marked = at === undefined ? undefined : shown.findLast(({ n }) => n <= at);
  const pictures: Picture[] = [];
  for (let first = 0; first < shown.length; first += rowsEach) {
    pictures.push(pictureOf(shown.slice(first, first + rowsEach), lifelines, startMs, marked));
  }
  return pictures;
}

function lifelinesOf(shown: readonly Exchange[]): readonly Lifeline[] {
  const seen = [...new Set(shown.flatMap(({ from, to }) => [from, to]).filter((role) => role !== ""))];
  const known = ROLE_ORDER.filter((role) => seen.includes(role));
  const others = seen.filter((role) => !ROLE_ORDER.includes(role));
  return [...known, ...others].map((role, index) => ({ role, x: SIZE.gutter + SIZE.lane * (index + 0.5) }));
}

function pictureOf(
  exchanges: readonly Exchange[],
  lifelines: readonly Lifeline[],
  startMs: number,
  marked: Exchange | undefined,
): Picture {
  const places = new Map(lifelines.map(({ role, x }) => [role, x]));
  const rows = exchanges.map((exchange, index) =>
    rowOf(exchange, places, startMs, SIZE.head + SIZE.row * (index + 0.8), exchange === marked),
  );
  return {
    width: SIZE.gutter + SIZE.lane * Math.max(1, lifelines.length) + SIZE.margin,
    height: SIZE.head + SIZE.row * exchanges.length + SIZE.foot,
    lifelines,
    rows,
  };
}

function rowOf(
  exchange: Exchange,
  places: ReadonlyMap<string, number>,
  startMs: number,
  y: number,
  marked: boolean,
): Row {
  const { step, name, from, to, kind } = exchange;
  const time = offset(exchange.atMs - startMs);
  const [x1, x2] = [places.get(from), places.get(to)];
  if (kind === "fault" || x1 === undefined || x2 === undefined) return { kind: "fault", y, time, step, name, marked };
  return { kind: "message", y, time, step, name, x1, x2, marked };
}
