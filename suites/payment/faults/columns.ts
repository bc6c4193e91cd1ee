/** The columns of the fault matrix. */
import type { PurchaseObservation, ServerRole } from "../../../harness/flows/system.ts";
import {
  type Affliction,
  ALTERED,
  type Blow,
  EXCHANGED,
  INTRUDED,
  KILLED,
  LATE,
  LINK_LOST,
  LOST,
  OTHER_KIND,
  PULLED,
  SWAPPED,
  TWICE,
} from "./disturbances.ts";
import type { Scheme } from "./schemes.ts";
import type { Word } from "./words.ts";

export interface Column {
  /** "LOST", for ids. */
  readonly id: "LOST" | "AGAIN" | "FORGED" | "KILLED" | "PULLED";
  /** Of the report. */
  readonly title: string;
  readonly ways: readonly Affliction[];
}

export const COLUMNS: readonly Column[] = [
  { id: "LOST", title: "lost, its link lost", ways: [LOST, LINK_LOST] },
  { id: "AGAIN", title: "late, twice, out of turn, from others", ways: [TWICE, LATE, SWAPPED, INTRUDED] },
  { id: "FORGED", title: "altered or exchanged", ways: [ALTERED, EXCHANGED, OTHER_KIND] },
  { id: "KILLED", title: "a party killed", ways: KILLED },
  { id: "PULLED", title: "card pulled", ways: [PULLED] },
];

export function befalls({ ways }: Column, word: Word, scheme: Scheme): boolean {
  return ways.some((way) => way.befalls(word, scheme));
}

/** Good purchases to be listened to beforehand. */
export function listens({ ways }: Column, word: Word, scheme: Scheme): number {
  return Math.max(...ways.map((way) => (way.befalls(word, scheme) ? way.listens : 0)));
}

export function blowsOf(
  { ways }: Column,
  word: Word,
  scheme: Scheme,
  earlier: readonly PurchaseObservation[],
): readonly Blow[] {
  return ways.flatMap((way) => (way.befalls(word, scheme) ? way.blows(word, scheme, earlier) : []));
}

/** Who is killed there. */
export function killedAt(column: Column, word: Word, scheme: Scheme): readonly ServerRole[] {
  if (column.id !== "KILLED") return [];
  return blowsOf(column, word, scheme, []).flatMap(({ kills }) => kills ?? []);
}
