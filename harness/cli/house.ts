/** The real house behind the command. Parts are loaded when a command needs them, so that `--help` is quick. */
import type { ReportOptions } from "../../reports/index.ts";
import { defaultLaboratoryFile } from "../bench/laboratory.ts";
import { systemClock } from "../core/clock.ts";
import { systemRandom } from "../core/random.ts";
import { diagnose, labPackages } from "./diagnose.ts";
import type { House, KillMatrix } from "./ports.ts";
import { realLab } from "./real-lab.ts";

export function realHouse(): House {
  const house: House = {
    clock: systemClock,
    random: systemRandom,
    cases: async () => (await import("../../suites/index.ts")).cases,
    checkKeys: async (bench, file) => (await import("../station/bench-keys.ts")).checkBenchKeys(bench, file),
    openStation: async ({ bench, iut, tell, signal, operator }, record) => {
      const [{ openStation }, { REFERENCE }] = await Promise.all([
        import("../station/index.ts"),
        import("../defects/variation.ts"),
      ]);
      return await openStation({ bench, iut, variation: REFERENCE, tell, signal, operator }, record);
    },
    describe: async () => (await import("../protocol/messages/describe.ts")).describe,
    renderReports,
    doctor: diagnose,
    labFinding: labPackages,
    laboratoryFile: defaultLaboratoryFile(process.env),
    runMutants,
    rejudge: async (options) => {
      const [{ rejudge }, { cases }] = await Promise.all([
        import("../../suites/define/observation/rejudge.ts"),
        import("../../suites/index.ts"),
      ]);
      return await rejudge({ ...options, cases });
    },
    testKeysOf: async ({ keys }) => (await import("../station/fixtures.ts")).testKeys(keys),
    lab: realLab,
    serveTerminal: async (options) => (await import("../station/terminal-program.ts")).serveTerminalProgram(options),
    lookAtCard: async (place) => await (await import("../station/card-commands.ts")).cardInfo(place),
    checkProfile: async (profile, keys) => (await import("../station/card-commands.ts")).checkProfile(profile, keys),
    installApplet: async (options) => (await import("../station/install-applet.ts")).installApplet(options),
    personaliseCard: async (place, options) =>
      await (await import("../station/card-commands.ts")).personaliseAt(place, options),
    serveStation: async (options) => await (await import("./real-station.ts")).serveStation(options, house),
    serveCard: async ({ host, port, kind }) => {
      const { serveCardOverVpcd } = await import("../station/vpcd-card-program.ts");
      const program = await serveCardOverVpcd(host, port, kind, systemRandom);
      return { ...program, description: `A ${kind} card is in the reader at ${host}:${port}.` };
    },
  };
  return house;
}

async function runMutants({ role, cases, onProgress }: Parameters<House["runMutants"]>[0]): Promise<KillMatrix> {
  const [{ runMutants: run }, { seededDefects }, { loadBench }] = await Promise.all([
    import("../../suites/mutants/run-mutants.ts"),
    import("../station/fixtures.ts"),
    import("../bench/load.ts"),
  ]);
  const all = seededDefects();
  const defects = role === undefined ? all : all.filter((defect) => defect.role === role);
  const onKill = (_kill: unknown, done: number) => onProgress?.(done, defects.length);
  return await run({ bench: loadBench("inproc").bench, defects, cases, baseline: true, onKill });
}

async function renderReports(dir: string, options: ReportOptions): Promise<readonly string[]> {
  const [{ renderReports: render }, { loadBasis }, { cases }] = await Promise.all([
    import("../../reports/index.ts"),
    import("../../suites/define/requirements.ts"),
    import("../../suites/index.ts"),
  ]);
  const written = await render(dir, loadBasis(cases), options);
  const { html, pdf, junit, cases: table, capture, allureReport } = written;
  return [html, pdf, junit, table, capture, ...(allureReport === undefined ? [] : [allureReport])];
}
