/** `lab.json`: what runs, written as it starts, so that a lab that crashed can be cleaned up after. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { processIdentity } from "../core/process-identity.ts";

export const labState = z.object({
  version: z.literal(1),
  name: z.string().optional(),
  daemon: processIdentity,
  children: z.array(z.object({ what: z.string(), process: processIdentity })),
  /** Path of pcscd's socket, for `pcscSocket` of a bench. */
  pcscSocket: z.string(),
  control: z.string(),
  /** Path of the terminal emulator's line. */
  terminal: z.string(),
  /** Every line to a terminal, the emulator's first, and the socket for a terminal at its far end in place of whoever is there. */
  lines: z.array(z.object({ line: z.string(), plug: z.string() })),
  /** Names of the readers by slot; empty until pcscd has told them. */
  readers: z.array(z.string()),
  startedAt: z.string(),
});
export type LabState = z.infer<typeof labState>;

/** Replaces the file in one move, so that no reader sees half of it. */
export async function writeState(path: string, state: LabState): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** `undefined` when there is no file, or none that could be understood. */
export async function readState(path: string): Promise<LabState | undefined> {
  const text = await readFile(path, "utf8").catch(() => "null");
  try {
    return labState.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // cut off by a crash: there is nothing to learn from it
  }
}
