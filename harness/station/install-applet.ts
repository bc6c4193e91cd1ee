/** The test applets onto a blank Java Card, by GlobalPlatformPro (`test-cards.md` 1). */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../bench/package-root.ts";
import { PursebenchError } from "../core/errors.ts";

export type AppletName = "iep" | "psam" | "exerciser";

/** Of the instances, and of the library that all of them use. */
const AIDS: Readonly<Record<AppletName | "common", string>> = {
  iep: "F050422D49455031",
  psam: "F050422D50534D31",
  exerciser: "F050422D45584531",
  common: "F050422D434F4D00",
};

/** Loading over T=0 at 9600 bit/s takes minutes. */
const STEP_MS = 600_000;
const MOST_OUTPUT = 1 << 20;

export interface InstallOptions {
  readonly applet: AppletName;
  /** Name of the PC/SC reader. */
  readonly reader: string;
  /** GlobalPlatformPro: a jar, or a program. */
  readonly gp: string;
  /** Key of the card's issuer security domain, hex; that of blank test cards when absent. It is never told. */
  readonly key?: string | undefined;
  /** Where the CAP files are; where `fixtures/applets/build-cap.sh` puts them when absent. */
  readonly caps?: string | undefined;
  /** Hears each step as it is done. */
  readonly onStep: (text: string) => void;
}

/**
 * Loads library and applet and makes the applet the default one of its card. `SERVICE_ABSENT`: a file or program is missing. `USAGE`: such an
 * applet is on the card already. `PROTOCOL`: GlobalPlatformPro or the card refused; what it said is in the message.
 */
export async function installApplet(options: InstallOptions): Promise<void> {
  const { applet, onStep } = options;
  const caps = options.caps ?? join(packageRoot(), "fixtures", "applets", "target", "cap");
  const [library, own] = [join(caps, "common.cap"), join(caps, `${applet}.cap`)];
  for (const each of [library, own]) needed(each, "build it: JC_HOME=… fixtures/applets/build-cap.sh (README there)");
  needed(options.gp, "get gp.jar of GlobalPlatformPro, and name it with --gp FILE");
  const listed = (await run(options, ["--list"])).toUpperCase();
  if (listed.includes(AIDS[applet])) {
    throw new PursebenchError("USAGE", `the card in ${options.reader} has an applet ${AIDS[applet]} already`, {
      owner: "card",
      mend: `take another card, or remove it and all that is on it: gp --uninstall ${own}`,
    });
  }
  if (listed.includes(AIDS.common)) onStep("the library is there");
  else {
    await run(options, ["--load", library]);
    onStep("library loaded");
  }
  await run(options, ["--install", own, "--default"]);
  onStep(`${applet} installed, blank`);
}

function needed(path: string, mend: string): void {
  if (!existsSync(path)) throw new PursebenchError("SERVICE_ABSENT", `there is no ${path}`, { mend });
}

async function run({ gp, reader, key }: InstallOptions, action: readonly string[]): Promise<string> {
  const [program, ...before] = gp.endsWith(".jar") ? ["java", "-jar", gp] : [gp];
  const args = [...before, "--reader", reader, ...(key === undefined ? [] : ["--key", key]), ...action];
  return await new Promise((resolve, reject) => {
    const limits = { timeout: STEP_MS, maxBuffer: MOST_OUTPUT };
    execFile(program ?? gp, args, limits, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = withoutKey(`${stderr || stdout}`.trim().split("\n").slice(-3).join("; "), key);
      const why = said || (error.code === "ENOENT" ? `there is no program ${program}` : "it ended without a word");
      const mend = "compare the reader's name with `pursebench doctor`, and the card's keys with its supplier's word";
      reject(new PursebenchError("PROTOCOL", `GlobalPlatformPro ${action[0]}: ${why}`, { owner: "card", mend }));
    });
  });
}

function withoutKey(text: string, key: string | undefined): string {
  return key ? text.replaceAll(new RegExp(key, "gi"), "(key)") : text;
}
