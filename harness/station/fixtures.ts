/** The only place that reads `fixtures/`: test keys, cards and PSAMs by name. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../bench/package-root.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import { readBoundedFile } from "../core/read-file.ts";
import { loadTestKeys, type TestKeySet } from "../crypto/test-keys.ts";
import { type Defect, parseDefects } from "../defects/defect.ts";
import { type CardData, loadCardData } from "../roles/card/card-data.ts";
import { loadPsamData, type PsamData } from "../roles/psam/psam-data.ts";

/** No file of keys, cards or defects is longer. */
const MAX_BYTES = 1 << 20;

function read(path: string): string {
  try {
    return readBoundedFile(path, MAX_BYTES).toString("utf8");
  } catch (thrown) {
    throw new PursebenchError("USAGE", `cannot read ${path}: ${messageOf(thrown)}`, {
      mend: "name a file that is there and readable",
      cause: thrown,
    });
  }
}

/**
 * `load`, for each file once as long as its text stays the same: systems are made by the thousand, and parsing takes longer than
 * the rest of making a card. What is loaded is not to be changed by anybody.
 */
function loadedOnce<T>(load: (text: string, path: string) => T): (path: string) => T {
  const loaded = new Map<string, { readonly text: string; readonly value: T }>();
  return (path) => {
    const text = read(path);
    const known = loaded.get(path);
    if (known?.text === text) return known.value;
    const value = load(text, path);
    loaded.set(path, { text, value });
    return value;
  };
}

const keysAt = loadedOnce(loadTestKeys);
const cardAt = loadedOnce(loadCardData);
const psamAt = loadedOnce(loadPsamData);

/** `path`: absolute; the repository's own test key set when absent. */
export function testKeys(path = join(packageRoot(), "fixtures", "keys", "test-keys.yaml")): TestKeySet {
  return keysAt(path);
}

/** `name`: a file of `fixtures/cards/` without its ending. */
export function cardData(name: string): CardData {
  return cardAt(join(packageRoot(), "fixtures", "cards", `${name}.yaml`));
}

/** Kinds of security cards that the harness can play: files of `fixtures/psams/`. */
export const PSAM_KINDS = ["psam-1", "psam-2", "psam-at-end"] as const;

/** `name`: a file of `fixtures/psams/` without its ending. */
export function psamData(name: string): PsamData {
  return psamAt(join(packageRoot(), "fixtures", "psams", `${name}.yaml`));
}

/** Every seeded defect of `fixtures/mutants/`. */
export function seededDefects(): readonly Defect[] {
  return defectsIn(join(packageRoot(), "fixtures", "mutants"));
}

/** Seeded defects of the virtual lab's own hardware, which only show there. */
export function labDefects(): readonly Defect[] {
  return defectsIn(join(packageRoot(), "fixtures", "mutants", "lab"));
}

function defectsIn(folder: string): readonly Defect[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return files.sort().flatMap((name) => parseDefects(read(join(folder, name)), join(folder, name)));
}
