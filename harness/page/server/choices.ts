/** What the form of the page offers. */
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { type Case, SUITES } from "../../../suites/define/case.ts";
import { CARD_KINDS } from "../../bench/card-kinds.ts";
import { knownBenches } from "../../bench/load.ts";
import { packageRoot } from "../../bench/package-root.ts";
import { loadPics } from "../../bench/pics.ts";
import type { RunHouse } from "../../run/house.ts";
import { IUT_ROLES } from "../../run/selection.ts";
import { toolVersion } from "../../run/version.ts";
import type { ChoicesView, FileChoice } from "../shared/state.ts";

const DEVICES: readonly string[] = ["card", "psam", "reader", "terminal"];
/** Files of a folder that are looked at, and their first bytes. */
const MOST_FILES = 300;
const HEAD_BYTES = 4_096;

export interface ChoiceOptions {
  /** Bench of the command line. */
  readonly bench?: string | undefined;
  /** Where people keep their own files: the working directory. */
  readonly folder: string;
  readonly house: Pick<RunHouse, "cases" | "labFinding">;
}

export async function lookForChoices({ bench, folder, house }: ChoiceOptions): Promise<ChoicesView> {
  const fixtures = join(packageRoot(), "fixtures");
  const cases = await house.cases();
  const benches = [
    ...(bench !== undefined && !knownBenches().includes(bench) ? [benchChoice(bench, folder)] : []),
    ...filesOf(folder, "bench").map((file) => benchChoice(file, folder)),
    ...knownBenches().map((name) => ({
      ...benchChoice(join(fixtures, "benches", `${name}.yaml`), folder, false),
      file: name,
    })),
  ];
  const lab = bench === undefined ? await house.labFinding() : undefined;
  return {
    benches: benches.filter(({ file }, index) => benches.findIndex((each) => each.file === file) === index),
    bench: bench ?? (lab?.ok ? "virtual-lab" : "inproc"),
    pics: [folder, join(fixtures, "pics")].flatMap((each) =>
      filesOf(each, "pics").map((file) => picsChoice(file, folder)),
    ),
    pixit: [folder, join(fixtures, "pixit")].flatMap((each) =>
      filesOf(each, "pixit").map((file) => pixitChoice(file, folder)),
    ),
    suites: SUITES.map((name) => ({ name, cases: byOwner(cases.filter(({ suite }) => suite === name)) })),
    cardKinds: CARD_KINDS,
    otherRoles: IUT_ROLES.filter((role) => !DEVICES.includes(role)),
    version: toolVersion(),
  };
}

function byOwner(cases: readonly Case[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { owner } of cases) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
}

/** YAML files of `folder` that say they are a `pursebench-KIND/…`. */
function filesOf(folder: string, kind: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  } catch {
    return [];
  }
  const format = new RegExp(`^format: *pursebench-${kind}/`, "m");
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .slice(0, MOST_FILES)
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => format.test(headOf(file)));
}

function headOf(file: string): string {
  try {
    const descriptor = openSync(file, "r");
    const bytes = Buffer.alloc(HEAD_BYTES);
    const length = readSync(descriptor, bytes, 0, HEAD_BYTES, 0);
    closeSync(descriptor);
    return bytes.toString("utf8", 0, length);
  } catch {
    return "";
  }
}

/** A bench by its name, the file where it is somebody's own, and the first sentence of its comment. */
function benchChoice(file: string, folder: string, isOwn = true): ChoicesView["benches"][number] {
  const head = headOf(file);
  const kind = /^kind: *(\S+)/m.exec(head)?.[1] ?? "";
  const comment = /^#\s*([^\n]{3,}?)(?:\.(?=\s|$)|:|$)/m.exec(head)?.[1];
  const name = /^name: *(\S+)/m.exec(head)?.[1] ?? basename(file);
  return { file, kind, label: `${name}${isOwn ? ` (${shown(file, folder)})` : ""}${comment ? `: ${comment}` : ""}` };
}

function picsChoice(file: string, folder: string): FileChoice {
  try {
    const { role, device } = loadPics(file);
    return {
      file,
      role,
      label: `${device.vendor} ${device.product} ${device.version}, ${role} (${shown(file, folder)})`,
    };
  } catch {
    return { file, label: `${shown(file, folder)}: not valid` }; // what is wrong is said to whoever chooses it
  }
}

function pixitChoice(file: string, folder: string): FileChoice {
  const role = /^role: *(card|psam|reader|terminal)\b/m.exec(headOf(file))?.[1];
  return { file, label: `${shown(file, folder)}${role ? `, ${role}` : ""}`, ...(role ? { role } : {}) };
}

function shown(file: string, folder: string): string {
  const inside = relative(folder, file);
  return inside.startsWith("..") ? basename(file) : inside;
}
