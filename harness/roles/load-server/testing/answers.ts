/** What becomes of a load by the answer of the card, for the tests of the load server. */
import { expect } from "vitest";
import type { Message } from "../../../protocol/messages/layouts.ts";
import type { HeadEnd, HsmScript, LoadBench, Said } from "../test-bench.ts";
import { IDTRX, loadRequest } from "./parties.ts";

export const refusal = (CC: string) => ({ kind: "refusal", IDTRX, CC });

export const UNRESOLVED = refusal("A01A");

/** A head end that has just got its load command. */
export async function commanded(bench: LoadBench): Promise<HeadEnd> {
  const headEnd = bench.connect();
  expect(await headEnd.say(loadRequest())).toMatchObject({ kind: "load-command" });
  return headEnd;
}

/** What the server says last to these messages, each after the answer to the one before. */
export async function lastAnswer(bench: LoadBench, ...messages: readonly Message[]): Promise<Said> {
  const headEnd = await commanded(bench);
  let said: Said = null;
  for (const message of messages) said = await headEnd.say(message);
  return said;
}

/** HRES of another key, KIND and CC as they should be. */
export const forged: HsmScript = ({ code }, truly) => (code === "DM" ? truly : `00${"00".repeat(8)}${truly.slice(18)}`);

/** What the HSM says to one command in place of the truth. */
export function scripted(code: string, said: string | undefined): HsmScript {
  return (command, truly) => (command.code === code ? said : truly);
}
