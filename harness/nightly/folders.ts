/** Folders of nights: `2031-05-06`, and `2031-05-06-2` for a second night of that day. In each, `night.json` says that it is one. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, PursebenchError } from "../core/errors.ts";

export const NIGHT_FILE = "night.json";
const NAME = /^\d{4}-\d{2}-\d{2}(?:-([1-9]\d{0,3}))?$/;
const MOST_A_DAY = 1_000;

/** Makes the folder of a new night. Its name is that of the night. */
export function newNightFolder(runs: string, day: string): { readonly id: string; readonly folder: string } {
  try {
    mkdirSync(runs, { recursive: true });
    for (let number = 1; number <= MOST_A_DAY; number++) {
      const id = number === 1 ? day : `${day}-${number}`;
      const folder = join(runs, id);
      if (existsSync(folder)) continue;
      mkdirSync(folder);
      return { id, folder };
    }
  } catch (cause) {
    throw new PursebenchError("STORAGE", `the folder of runs ${runs} cannot be used: ${messageOf(cause)}`, {
      mend: "name a folder that may be written in runs.folder of the configuration",
      cause,
    });
  }
  throw new PursebenchError("USAGE", `${runs} has ${MOST_A_DAY} nights of ${day} already`);
}

/** The folders of all nights, newest first. */
export function nightFolders(runs: string): string[] {
  if (!existsSync(runs)) return [];
  const names = readdirSync(runs).filter((name) => NAME.test(name));
  return names.sort((a, b) => byName(b, a)).map((name) => join(runs, name));
}

/** Day, then number. */
function byName(a: string, b: string): number {
  const [dayA, dayB] = [a.slice(0, 10), b.slice(0, 10)];
  if (dayA !== dayB) return dayA < dayB ? -1 : 1;
  return Number(NAME.exec(a)?.[1] ?? 1) - Number(NAME.exec(b)?.[1] ?? 1);
}

const NightFile = z.object({ format: z.literal("pursebench-night/1"), exitCode: z.number() });

/**
 * Removes nights that are older than the newest `keepNights` of their kind, `keepFailedNights` for those that were not as expected. What has no
 * whole `night.json` is left alone: it is somebody else's, or a night that broke off and may have to be looked at.
 */
export function tidyNights(
  runs: string,
  keep: { readonly keepNights: number; readonly keepFailedNights: number },
): string[] {
  const seen = { good: 0, failed: 0 };
  return nightFolders(runs).filter((folder) => {
    const night = nightIn(folder);
    if (night === undefined) return false;
    const kind = night.exitCode === 0 ? "good" : "failed";
    seen[kind]++;
    if (seen[kind] <= (kind === "good" ? keep.keepNights : keep.keepFailedNights)) return false;
    rmSync(folder, { recursive: true, force: true });
    return true;
  });
}

function nightIn(folder: string): z.output<typeof NightFile> | undefined {
  try {
    return NightFile.safeParse(JSON.parse(readFileSync(join(folder, NIGHT_FILE), "utf8"))).data;
  } catch {
    return undefined;
  }
}
