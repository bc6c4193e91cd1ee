/** Who and what a report is about, in single lines. */
import type { Golden } from "../../harness/evidence/results.ts";
import type { RunRecord } from "../record/run-record.ts";
import { wordOf } from "./text.ts";

/** Name of the run and the first digits of the hash that closes its evidence: no other evidence has that number. */
export function reportNumber({ run, head }: Pick<RunRecord, "run" | "head">): string {
  return head === "" ? run : `${run} / ${head.slice(0, 12)}`;
}

/** What a PICS says of its device, as far as it says it. */
export interface Device {
  readonly vendor?: string;
  readonly product?: string;
  readonly version?: string;
}

export function deviceOf({ results }: Pick<RunRecord, "results">): Device {
  const pics = results.claims?.pics;
  const device = isObject(pics) ? pics.device : undefined;
  if (!isObject(device)) return {};
  const told = ["vendor", "product", "version"].flatMap((name) => {
    const value = device[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
  return Object.fromEntries(told);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** "card: Example Cards Purse 3, version 1.2 (ACS reader slot 0)". */
export function itemText(run: Pick<RunRecord, "results">): string {
  const { vendor, product, version } = deviceOf(run);
  const { role, description } = run.results.iut;
  const name = [vendor, product].filter((part) => part !== undefined).join(" ");
  const named = [name, version === undefined ? "" : `version ${version}`].filter((part) => part !== "").join(", ");
  return named === "" ? `${role}: ${description}` : `${role}: ${named} (${description})`;
}

/** "card (sim) before: pass". */
export function goldenText({ when, device, spec, outcome, reason, cases }: Golden): string {
  const tail = reason === "" ? "" : ` (${reason})`;
  return `${device} (${spec}) ${when} the cases: ${wordOf(outcome)}${tail}, ${cases.length} cases`;
}

/** A report is made before its directory is sealed, and cannot hold the signature over itself. */
export function sealText({ head, about }: Pick<RunRecord, "head" | "about">): string {
  const chain = head === "" ? "the chain of evidence is not proved" : `evidence closed with SHA-256 ${head}`;
  if (about.signer === undefined) return `${chain}; not to be sealed with any key`;
  return `${chain}; to be sealed with the key ${about.signer}, as pursebench verify --key shows`;
}
