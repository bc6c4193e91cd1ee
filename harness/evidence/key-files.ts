import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { newKeyPair } from "./keys.ts";
import { storageError } from "./storage-error.ts";

/** Where a key pair lies. */
export interface KeyFiles {
  /** Mode 0600. */
  readonly privateKey: string;
  readonly publicKey: string;
  /** Of `keys.fingerprint`. */
  readonly fingerprint: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Makes a key pair and writes NAME.pem and NAME.pub into `folder`, which is made when it is not there. Throws `USAGE` where one of
 * them is there already, and for a folder in a git work tree or below one of the folders `never`; `STORAGE`.
 */
export function writeKeyPair(folder: string, name: string, never: readonly string[] = []): KeyFiles {
  if (!NAME.test(name)) {
    throw new PursebenchError("USAGE", `"${name}" is no name for a key`, { mend: "letters, digits, . _ - are" });
  }
  const place = resolve(folder);
  refuseRepository(place, never);
  const [privateKey, publicKey] = [join(place, `${name}.pem`), join(place, `${name}.pub`)];
  for (const path of [privateKey, publicKey]) if (existsSync(path)) throw taken(path);
  const pair = newKeyPair();
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    writeFileSync(privateKey, pair.privateKey, { flag: "wx", mode: 0o600, flush: true });
  } catch (cause) {
    throw storageError(`${privateKey} cannot be written: ${messageOf(cause)}`, cause);
  }
  try {
    writeFileSync(publicKey, pair.publicKey, { flag: "wx", mode: 0o644, flush: true });
  } catch (cause) {
    rmSync(privateKey); // half a pair is none
    throw storageError(`${publicKey} cannot be written: ${messageOf(cause)}`, cause);
  }
  return { privateKey, publicKey, fingerprint: pair.fingerprint };
}

function refuseRepository(place: string, never: readonly string[]): void {
  const forbidden = never.map((folder) => realpathSync(folder));
  for (let folder = existing(place); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git")) || forbidden.includes(folder)) {
      throw new PursebenchError(
        "USAGE",
        `${place} is in ${folder}: keys never go into a repository or a program's folder`,
        {
          mend: "name a folder of your own with --out, or leave it away",
        },
      );
    }
    if (dirname(folder) === folder) return;
  }
}

/** The real path of the next folder above that is there, or of the place itself. */
function existing(place: string): string {
  return existsSync(place) || dirname(place) === place ? realpathSync(place) : existing(dirname(place));
}

function taken(path: string): PursebenchError {
  return new PursebenchError("USAGE", `${path} is there already: a key is never overwritten`, {
    mend: "give the new one another --name",
  });
}
