import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PursebenchError } from "../core/errors.ts";
import { installApplet } from "./install-applet.ts";

const KEY = "505152535455565758595A5B5C5D5E5F";

/** CAP files, and a program in place of GlobalPlatformPro that writes down what it is asked for. `script`: what else it does. */
function place(script: string) {
  const folder = mkdtempSync(join(tmpdir(), "pursebench-gp-"));
  const caps = join(folder, "cap");
  mkdirSync(caps);
  for (const name of ["common", "iep"]) writeFileSync(join(caps, `${name}.cap`), "");
  const gp = join(folder, "gp");
  writeFileSync(gp, `#!/bin/sh\necho "$@" >> "${folder}/asked"\n${script}\n`);
  chmodSync(gp, 0o755);
  const steps: string[] = [];
  const options = { applet: "iep", reader: "ACS", gp, caps, onStep: (text: string) => steps.push(text) } as const;
  const asked = () =>
    (existsSync(join(folder, "asked")) ? readFileSync(join(folder, "asked"), "utf8") : "").split("\n").slice(0, -1);
  return { options, caps, steps, asked };
}

async function refusal(work: Promise<void>): Promise<PursebenchError> {
  return await work.then(
    () => expect.unreachable("nothing was refused"),
    (thrown: unknown) => (thrown instanceof PursebenchError ? thrown : Promise.reject(thrown)),
  );
}

test("library and applet go onto an empty card, the applet as its default one", async () => {
  const { options, caps, steps, asked } = place("true");
  await installApplet({ ...options, key: KEY });
  expect(asked()).toEqual([
    `--reader ACS --key ${KEY} --list`,
    `--reader ACS --key ${KEY} --load ${caps}/common.cap`,
    `--reader ACS --key ${KEY} --install ${caps}/iep.cap --default`,
  ]);
  expect(steps).toEqual(["library loaded", "iep installed, blank"]);
});

test("a library that is there is not loaded again", async () => {
  const { options, caps, steps, asked } = place('[ "$3" = --list ] && echo "PKG: F050422D434F4D00 (LOADED)"; true');
  await installApplet(options);
  expect(asked()).toEqual([`--reader ACS --list`, `--reader ACS --install ${caps}/iep.cap --default`]);
  expect(steps[0]).toBe("the library is there");
});

test("a card that has the applet already is refused", async () => {
  const { options, asked } = place('echo "APP: F050422D49455031 (SELECTABLE)"');
  expect(await refusal(installApplet(options))).toMatchObject({
    code: "USAGE",
    message: "the card in ACS has an applet F050422D49455031 already",
  });
  expect(asked()).toHaveLength(1);
});

test("what is missing is named with its mend, before anything is run", async () => {
  const { options, asked } = place("true");
  const noCap = await refusal(installApplet({ ...options, applet: "psam" }));
  expect(noCap).toMatchObject({ code: "SERVICE_ABSENT", message: expect.stringMatching(/psam\.cap$/) });
  expect(noCap.mend).toContain("build-cap.sh");
  const noGp = await refusal(installApplet({ ...options, gp: "/nowhere/gp.jar" }));
  expect(noGp).toMatchObject({ code: "SERVICE_ABSENT", message: "there is no /nowhere/gp.jar" });
  expect(asked()).toEqual([]);
});

test("what GlobalPlatformPro says is told, without the key", async () => {
  const { options } = place(`echo "cryptogram wrong with ${KEY.toLowerCase()}" >&2; exit 1`);
  const refused = await refusal(installApplet({ ...options, key: KEY }));
  expect(refused).toMatchObject({
    code: "PROTOCOL",
    message: "GlobalPlatformPro --list: cryptogram wrong with (key)",
  });
});
