/** What the rendering process and the vitest files it starts must agree on. */

/** Where `evidence.report.ts` finds the run directory. */
export const RUN_DIR_VARIABLE = "PURSEBENCH_REPORT_RUN";
export const RESULTS_DIRECTORY = "allure-results";
export const REPORT_DIRECTORY = "allure-report";
