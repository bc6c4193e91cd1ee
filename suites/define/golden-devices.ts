/** Golden devices: which they are, and what they are put to. */
import type { Golden } from "../../harness/evidence/results.ts";
import type { RecordEvent, Station } from "../../harness/flows/station.ts";
import type { Case } from "./case.ts";

export interface GoldenDevice {
  readonly device: "card" | "psam";
  /** Where it is: a SPEC. */
  readonly spec: string;
  /** What it is put to (`goldenCases`). */
  readonly cases: readonly Case[];
}

export interface GoldenBench {
  readonly devices: readonly GoldenDevice[];
  /** The bench with all of them in their places. */
  readonly open: (record: RecordEvent, when: Golden["when"]) => Promise<Station>;
}

/** Quick ones that touch most: who it is, its answers, and a whole purchase with all its signatures. */
const CASES: Readonly<Record<GoldenDevice["device"], readonly string[]>> = {
  card: ["CARD-ATR-01", "CARD-SEL-01", "PAY-BASE-01"],
  psam: ["PSAM-SEL-01", "PSAM-INI-01", "PAY-BASE-01"],
};

/** Of `all`, those that a golden device is put to. */
export function goldenCases(device: GoldenDevice["device"], all: readonly Case[]): readonly Case[] {
  return all.filter(({ id }) => CASES[device].includes(id));
}

/** What the evidence of such a case is marked with: "PAY-BASE-01/golden-before". */
export function goldenId(caseId: string, when: Golden["when"]): string {
  return `${caseId}/golden-${when}`;
}
