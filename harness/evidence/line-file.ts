import { closeSync, fdatasync, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";

/** A file that only grows. */
export interface LineFile {
  /** Hands the text to the operating system before it returns; throws what the system says. */
  append(text: string): void;
  /** Resolves when what was appended would survive a power cut. */
  sync(): Promise<void>;
  close(): void;
}

const dataSync = promisify(fdatasync);

/** Opens `path`, which must not exist yet. */
export function createLineFile(path: string): LineFile {
  return lineFile(openSync(path, "ax"));
}

/** Opens `path` to go on at its end. */
export function appendLineFile(path: string): LineFile {
  return lineFile(openSync(path, "a"));
}

function lineFile(descriptor: number): LineFile {
  return {
    append(text) {
      const bytes = Buffer.from(text, "utf8");
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset);
    },
    sync: () => dataSync(descriptor),
    close: () => closeSync(descriptor),
  };
}
