import { join } from "node:path";
import { z } from "zod";
import { runChild } from "./child.ts";
import type { NightContext } from "./context.ts";
import { lastLines } from "./log-tail.ts";

const LIMIT_MS = 60_000;

const Findings = z.array(
  z.object({ what: z.string(), ok: z.boolean(), detail: z.string(), mend: z.string().optional() }),
);

/** SPECs in place of those of a bench description. */
export interface Specs {
  readonly card?: string | undefined;
  readonly psam?: string | undefined;
  readonly terminal?: string | undefined;
}

/** The options that put them there. */
export function specArguments({ card, psam, terminal }: Specs): string[] {
  const named = { card, psam, terminal };
  return Object.entries(named).flatMap(([name, spec]) => (spec === undefined ? [] : [`--${name}`, spec]));
}

/** What `pursebench doctor` misses of a bench with these devices, in one sentence; undefined when all is there. */
export async function missing(
  bench: string,
  specs: Specs,
  name: string,
  context: NightContext,
): Promise<string | undefined> {
  const log = join(context.folder, `${name}.log`);
  const { program, clock, signal } = context;
  const args = ["doctor", "--json", "--bench", bench, ...specArguments(specs)];
  const end = await runChild(program, { args, log, limitMs: LIMIT_MS, clock, signal });
  const findings = Findings.safeParse(parsed(end.out)).data;
  if (findings === undefined) return `\`pursebench doctor\` ${end.how}: ${lastLines(log) || "it said nothing"}`;
  const bad = findings.filter(({ ok }) => !ok);
  if (bad.length === 0) return undefined;
  return bad.map(({ what, detail, mend }) => `${what}: ${detail}${mend ? ` (to mend: ${mend})` : ""}`).join("; ");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
