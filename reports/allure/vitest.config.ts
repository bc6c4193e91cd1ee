/** For the child process of `render.ts` alone; `npm test` has its own in the root. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import AllureReporter from "allure-vitest/reporter";
import { defineConfig } from "vitest/config";
import { loadRun } from "../record/load.ts";
import { RESULTS_DIRECTORY, RUN_DIR_VARIABLE } from "./config.ts";
import { evidenceListener } from "./listener.ts";

const runDir = process.env[RUN_DIR_VARIABLE] ?? "";
const run = await loadRun(runDir);

// biome-ignore lint/style/noDefaultExport: vitest looks for the default export of its configuration
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  test: {
    // `.ts` in the source tree, `.js` where this was built
    include: ["evidence.report.{ts,js}"],
    reporters: [
      new AllureReporter({
        resultsDir: join(runDir, RESULTS_DIRECTORY),
        reportMatchers: false,
        environmentInfo: Object.fromEntries(run.identification),
        listeners: [evidenceListener(run)],
      }),
    ],
    cache: false,
    silent: true,
    watch: false,
    fileParallelism: false,
    testTimeout: 60_000,
  },
});
