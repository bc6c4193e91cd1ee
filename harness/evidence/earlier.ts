/** What the evidence of a run that broke off has already. */
import type { SpecimenIdentity, StationIdentity } from "../flows/station.ts";
import type { EarlierAttempt } from "./case-reading.ts";
import type { CaseEnd } from "./event.ts";
import { readRun } from "./reader.ts";
import type { Golden } from "./results.ts";
import { readAll } from "./run-reading.ts";

export interface Earlier {
  /** What was selected is on record. */
  readonly isSelected: boolean;
  readonly isClaimed: boolean;
  /** Who was there when the run began, as far as it was read by then. */
  readonly identity?: StationIdentity | undefined;
  readonly specimen?: Readonly<Record<string, string>> | undefined;
  readonly specimens?: readonly SpecimenIdentity[] | undefined;
  readonly golden: readonly Golden[];
  /** By the id of the case. */
  readonly attempts: ReadonlyMap<string, readonly EarlierAttempt[]>;
  /** Whose a failure is, for the cases where that was looked for. */
  readonly diagnosed: ReadonlyMap<string, { readonly owner: CaseEnd["owner"]; readonly because: string }>;
  /** Cases whose failure is on record as accepted. */
  readonly waived: ReadonlySet<string>;
}

/** What the evidence in `dir` has. Rejects with `USAGE` where it is damaged. */
export async function readEarlier(dir: string): Promise<Earlier> {
  const { cases, identity, specimen, specimens, claims, golden } = await readAll(dir, await readRun(dir));
  const all = [...cases];
  return {
    isSelected: cases.size > 0,
    isClaimed: claims !== undefined,
    identity,
    specimen,
    specimens,
    golden,
    attempts: new Map(all.map(([id, { attempts }]) => [id, attempts])),
    diagnosed: new Map(all.flatMap(([id, { diagnosis }]) => (diagnosis ? [[id, diagnosis] as const] : []))),
    waived: new Set(all.flatMap(([id, { isWaived }]) => (isWaived ? [id] : []))),
  };
}
