/** READ TOTALS, and what must have become of the totals. */
import { fromHex } from "../../../harness/core/bytes.ts";
import { parseTotals, type Totals, type TotalsLine } from "../../../harness/protocol/messages/psam-read-totals.ts";
import type { About } from "../../define/expect.ts";
import { type Psam, READ_TOTALS } from "./psam.ts";

export async function readTotals(psam: Psam): Promise<Totals> {
  const data = await psam.answers("READ TOTALS", READ_TOTALS);
  const parsed = parseTotals(data);
  psam.t.expect.that(parsed.ok, "the answer to READ TOTALS is well-formed", {
    actual: parsed.ok ? "it is" : parsed.reason,
  });
  return parsed.ok ? { ...parsed.value, totals: sorted(parsed.value.totals) } : unreachable();
}

/** What a line changes by; negative: it falls. */
export type Change = TotalsLine;

/** Euro of the first provider. */
export function euro(MTOT: number, NTOT: number): Change {
  return { PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT, NTOT };
}

/** The lines must be those of `before` with these changes: nothing else, and no line without a number. */
export async function expectTotals(
  psam: Psam,
  what: string,
  before: Totals,
  changes: readonly Change[],
  about?: About,
): Promise<void> {
  const { totals } = await readTotals(psam);
  psam.t.expect.equal(`totals ${what}`, totals, changed(before.totals, changes), about);
}

/** Lines as READ TOTALS must give them after these changes. */
export function changed(lines: readonly TotalsLine[], changes: readonly Change[]): readonly TotalsLine[] {
  const result = new Map(lines.map((line) => [nameOf(line), line]));
  for (const change of changes) {
    const old = result.get(nameOf(change)) ?? { ...change, MTOT: 0, NTOT: 0 };
    result.set(nameOf(change), { ...old, MTOT: old.MTOT + change.MTOT, NTOT: old.NTOT + change.NTOT });
  }
  return sorted([...result.values()].filter(({ NTOT }) => NTOT !== 0));
}

function sorted(lines: readonly TotalsLine[]): readonly TotalsLine[] {
  return lines.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

function nameOf({ PPIEP, CURR, CEXP }: TotalsLine): string {
  return `${PPIEP} ${CURR} ${CEXP}`;
}

/** A line, 16 bytes in hex, for COLLECT. */
export function lineHex({ PPIEP, CURR, CEXP, MTOT, NTOT }: TotalsLine): string {
  const number = (value: number, bytes: number) =>
    value
      .toString(16)
      .toUpperCase()
      .padStart(bytes * 2, "0");
  return PPIEP + CURR + number(CEXP, 1) + number(MTOT, 6) + number(NTOT, 4);
}

export function linesBytes(lines: readonly TotalsLine[]): Uint8Array {
  return fromHex(lines.map(lineHex).join(""));
}

function unreachable(): never {
  throw new Error("unreachable: the expectation above failed");
}
