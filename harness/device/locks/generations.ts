/**
 * The files of one lock. Each taking makes a file of its own, `NAME.1`, `NAME.2` …, and the highest one counts. It comes to be
 * by `link`, complete and only if nobody else has made it: of several who find the lock free or stale at the same moment one
 * wins. The highest file is never removed, only followed; so a slow second comer who makes a number that was cleared away
 * already sees a higher one, and steps back.
 */
import { createHash, randomUUID } from "node:crypto";
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { LockRecord } from "./record.ts";

export interface Generation {
  readonly number: number;
  /** Undefined where the file is no record. */
  readonly record: LockRecord | undefined;
}

export class LockFiles {
  readonly #folder: string;
  readonly #stem: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    const slug = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .slice(0, 40);
    this.#stem = `${slug}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
  }

  /** The one that counts; number 0 where the lock was never taken. */
  latest(): Generation {
    const number = Math.max(0, ...this.#numbers());
    return { number, record: number === 0 ? undefined : this.#read(number) };
  }

  /** Makes generation `number`. False when somebody else has made it, or a later one. */
  create(number: number, record: LockRecord): boolean {
    const draft = this.#draft(record);
    try {
      linkSync(draft, this.#path(number));
    } catch (thrown) {
      if (isCode(thrown, "EEXIST")) return false;
      throw this.#failed(thrown);
    } finally {
      rmSync(draft, { force: true });
    }
    if (Math.max(...this.#numbers()) > number) {
      rmSync(this.#path(number), { force: true });
      return false;
    }
    this.#clearBelow(number);
    return true;
  }

  /** Puts another record in the place of one's own. False when somebody has made a later generation. */
  replace(number: number, record: LockRecord): boolean {
    if (this.latest().number !== number) return false;
    const draft = this.#draft(record);
    try {
      renameSync(draft, this.#path(number));
    } catch (thrown) {
      rmSync(draft, { force: true });
      throw this.#failed(thrown);
    }
    return this.latest().number === number;
  }

  #numbers(): number[] {
    const stem = `${this.#stem}.`;
    try {
      return readdirSync(this.#folder).flatMap((file) => {
        const rest = file.startsWith(stem) ? file.slice(stem.length) : "";
        return /^[1-9]\d{0,14}$/.test(rest) ? [Number(rest)] : [];
      });
    } catch (thrown) {
      throw this.#failed(thrown);
    }
  }

  #read(number: number): LockRecord | undefined {
    try {
      return LockRecord.safeParse(JSON.parse(readFileSync(this.#path(number), "utf8"))).data;
    } catch {
      return undefined; // cleared away meanwhile, or damaged
    }
  }

  #draft(record: LockRecord): string {
    const path = join(this.#folder, `.draft-${randomUUID()}`);
    try {
      writeFileSync(path, `${JSON.stringify(record, null, 1)}\n`, { flag: "wx", mode: 0o644 });
    } catch (thrown) {
      throw this.#failed(thrown);
    }
    return path;
  }

  #clearBelow(number: number): void {
    for (const each of this.#numbers()) if (each < number) removeIfAllowed(this.#path(each));
  }

  #path(number: number): string {
    return join(this.#folder, `${this.#stem}.${number}`);
  }

  #failed(cause: unknown): PursebenchError {
    return new PursebenchError("STORAGE", `the folder of device locks cannot be used: ${messageOf(cause)}`, {
      mend: `see that ${this.#folder} is there and may be written`,
      cause,
    });
  }
}

/** In a folder that several users share, another's file may have to stay. */
function removeIfAllowed(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (thrown) {
    if (!isCode(thrown, "EPERM") && !isCode(thrown, "EACCES")) throw thrown;
  }
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
