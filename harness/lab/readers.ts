import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { PursebenchError } from "../core/errors.ts";
import { labScript } from "./lab-script.ts";
import type { LabPaths } from "./paths.ts";
import type { Child } from "./process/child.ts";

const probed = z.union([z.object({ names: z.array(z.string()) }), z.object({ error: z.string() })]);

/**
 * Names of the readers as pcscd tells them. pcscd serves its first client only after it has opened its readers, so the
 * answer is the sign that the lab is up. Another process asks, because libpcsclite blocks while it waits, and this one
 * has to play the reader meanwhile.
 */
export async function askForReaders(paths: LabPaths, pcscd: Child): Promise<readonly string[]> {
  const probe = spawn(process.execPath, [labScript("probe"), paths.pcscSocket], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  probe.stdout.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  const answered = new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.once("close", () => resolve());
  });
  const died = pcscd.ended.then(async (reason) => {
    probe.kill("SIGKILL");
    throw new PursebenchError("SERVICE_ABSENT", `${reason}; its last words: ${await lastWords(paths.pcscdLog)}`);
  });
  died.catch(() => undefined);
  await Promise.race([answered, died]);
  const result = probed.safeParse(parse(text));
  if (!result.success) throw new PursebenchError("INTERNAL", `the probe of pcscd said "${text.slice(0, 200)}"`);
  if ("error" in result.data)
    throw new PursebenchError("SERVICE_ABSENT", `pcscd does not list readers: ${result.data.error}`);
  return result.data.names;
}

/** The end of a log, without colours. It goes with the lab's directory, so it is told in the error. */
async function lastWords(log: string): Promise<string> {
  const lines = (await readFile(log, "utf8")).trim().split("\n");
  return lines.slice(-3).join("; ") || "none";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
