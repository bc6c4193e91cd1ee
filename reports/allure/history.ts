/**
 * What Allure keeps of earlier runs: a line of JSON each in `allure-history.jsonl`, beside the run directories. A run that is
 * rendered again takes the place of its own line, and sees only the runs before it.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { isAbsent, messageOf, PursebenchError } from "../../harness/core/errors.ts";

export const HISTORY_FILE = "allure-history.jsonl";
/** "20260802T101530Z-3FA09C": sorts by time. */
const RUN_NAME = /^\d{8}T\d{6}Z-[0-9A-F]{6}$/;
/** Runs that are kept; the pages show the last 30. */
const MOST_RUNS = 200;
/** One of Allure's data points; its `name` is the report's. */
const Point = z.looseObject({ name: z.string() });

interface Kept {
  readonly name: string;
  readonly line: string;
}

/** The history that `runDir` belongs to; undefined for a run that lies by itself, not in a folder of runs. */
export function historyOf(runDir: string): string | undefined {
  return RUN_NAME.test(basename(runDir)) ? join(dirname(runDir), HISTORY_FILE) : undefined;
}

/** Lines of the runs before the report `name`; none where there is no file. Rejects with `USAGE` for a file that is none. */
export async function before(path: string, name: string): Promise<string> {
  return textOf((await read(path)).filter((kept) => kept.name < name));
}

/** Puts the line that Allure added for the report `name` into the history. */
export async function remember(path: string, name: string, added: string): Promise<void> {
  const own = parse(added, path).filter((kept) => kept.name === name);
  const others = (await read(path)).filter((kept) => kept.name !== name);
  const all = [...others, ...own.slice(-1)].sort((left, right) => (left.name < right.name ? -1 : 1));
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, textOf(all.slice(-MOST_RUNS)));
  await rename(temporary, path);
}

async function read(path: string): Promise<Kept[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (isAbsent(cause)) return "";
    throw cause;
  });
  return parse(text, path);
}

function parse(text: string, path: string): Kept[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [{ name: Point.parse(JSON.parse(line)).name, line }];
    } catch (cause) {
      throw new PursebenchError("USAGE", `${path}:${index + 1} is no line of an Allure history: ${messageOf(cause)}`, {
        mend: "move the file away: the history then begins anew",
        cause,
      });
    }
  });
}

function textOf(kept: readonly Kept[]): string {
  return kept.map(({ line }) => `${line}\n`).join("");
}
