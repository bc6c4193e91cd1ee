/** Under which name a device is locked, so that everybody who means the same device says the same. */
import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { Bench } from "../../bench/schema.ts";
import type { DeviceSpec } from "../../bench/spec.ts";

const LOOK_MS = 10_000;

/** Names of the readers that pcscd knows; none where it does not run. */
export type ListReaders = () => Promise<readonly string[]>;

/** All devices that a bench names. On the virtual lab a PSAM in a PC/SC reader is in one of the lab's own, which nobody else has. */
export function specsOf({ kind, card, psam, terminals }: Bench): readonly DeviceSpec[] {
  const psams = [psam, ...terminals.flatMap((each) => (each.psam ? [each.psam] : []))];
  const shared = psams.filter((each) => kind !== "virtual-lab" || each.kind !== "pcsc");
  return [card, ...shared, ...terminals.map((each) => each.terminal)];
}

/**
 * Names for the locks of what only one run at a time can use: `pcsc:READER NAME` in full, `serial:PATH` of the device file
 * itself, `vpcd:PORT`. What the harness plays has no lock. Sorted, each once. Readers of another pcscd than the system's own are
 * others, whatever they are called: every virtual lab calls its readers alike.
 */
export async function lockNames(
  specs: readonly DeviceSpec[],
  list: ListReaders = knownReaders,
  { PCSCLITE_CSOCK_NAME: pcscd }: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  const readers = specs.some(({ kind }) => kind === "pcsc") ? await list() : [];
  return [...new Set(specs.flatMap((spec) => nameOf(spec, readers, pcscd)))].sort();
}

function nameOf(spec: DeviceSpec, readers: readonly string[], pcscd: string | undefined): string[] {
  switch (spec.kind) {
    case "pcsc":
      return [`pcsc:${fullName(spec.reader, readers).toLowerCase()}${pcscd === undefined ? "" : ` of ${pcscd}`}`];
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

/** Asked by a program of its own: this process is not to be bound to a pcscd before it opens its devices. */
async function knownReaders(): Promise<readonly string[]> {
  const folder = import.meta.url.endsWith(".ts") ? "../../../.build/harness/device/locks" : ".";
  const script = fileURLToPath(new URL(`${folder}/readers-main.js`, import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: LOOK_MS });
    return z.array(z.string()).parse(JSON.parse(stdout));
  } catch {
    return []; // no pcscd: whoever opens the reader says so
  }
}
