/** Under which name a device is locked, so that everybody who means the same device says the same. */
import { realpathSync } from "node:fs";
import type { Bench } from "../../bench/schema.ts";
import type { DeviceSpec } from "../../bench/spec.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";

const LOOK_MS = 5_000;

/** Names of the readers that pcscd knows; none where it does not run. */
export type ListReaders = () => Promise<readonly string[]>;

/** All devices that a bench names. */
export function specsOf({ card, psam, terminals }: Bench): readonly DeviceSpec[] {
  return [card, psam, ...terminals.flatMap((each) => [each.terminal, ...(each.psam ? [each.psam] : [])])];
}

/**
 * Names for the locks of what only one run at a time can use: `pcsc:READER NAME` in full, `serial:PATH` of the device file
 * itself, `vpcd:PORT`. What the harness plays has no lock. Sorted, each once.
 */
export async function lockNames(specs: readonly DeviceSpec[], list: ListReaders = knownReaders): Promise<string[]> {
  const readers = specs.some(({ kind }) => kind === "pcsc") ? await list() : [];
  return [...new Set(specs.flatMap((spec) => nameOf(spec, readers)))].sort();
}

function nameOf(spec: DeviceSpec, readers: readonly string[]): string[] {
  switch (spec.kind) {
    case "pcsc":
      return [`pcsc:${fullName(spec.reader, readers).toLowerCase()}`];
    case "serial":
      return [`serial:${realPath(spec.path)}`];
    case "vpcd":
      return [`vpcd:${spec.port}`];
    default:
      return [];
  }
}

/** A part of a reader's name stands for the only one that has it. */
function fullName(wanted: string, readers: readonly string[]): string {
  const matches = readers.filter((name) => name.toLowerCase().includes(wanted.toLowerCase()));
  return (matches.length === 1 ? matches[0] : undefined) ?? wanted;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // not plugged in: whoever opens it says so
  }
}

async function knownReaders(): Promise<readonly string[]> {
  try {
    const { listReaders } = await import("../pcsc/open-reader.ts");
    return await listReaders(deadlineIn(systemClock, LOOK_MS));
  } catch {
    return []; // no pcscd: whoever opens the reader says so
  }
}
