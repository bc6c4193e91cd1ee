import type { BenchOverrides } from "../bench/load.ts";
import type { RunMode } from "../evidence/run-identification.ts";

/** What somebody asks of a run, as words: options of the command, fields of the station page, a job of the night. */
export interface RunRequest extends BenchOverrides {
  /** A file, or the name of a description that comes along; the virtual lab where it can run, when absent. */
  readonly bench?: string | undefined;
  /** Role under test; selects the cases whose failure is that role's. */
  readonly iut?: string | undefined;
  readonly suites?: readonly string[] | undefined;
  readonly cases?: readonly string[] | undefined;
  /** Files. */
  readonly pics?: string | undefined;
  readonly pixit?: string | undefined;
  readonly waivers?: string | undefined;
  readonly mode?: RunMode | undefined;
  /** Directory of the run, new or empty; below `reports/runs` when absent. */
  readonly out?: string | undefined;
  readonly allure?: boolean | undefined;
  /** How often a case that did not pass is run once more at most: 0 to 9. */
  readonly retry?: string | undefined;
  /** False: nobody looks for whose a failure is. */
  readonly diagnose?: boolean | undefined;
  /** File that says who tests; the house's, when absent. */
  readonly lab?: string | undefined;
  /** File that says for whom. */
  readonly order?: string | undefined;
  /** Ed25519 private key, PEM; the laboratory's, when absent. */
  readonly sign?: string | undefined;
  /** Directory of a run that broke off and is to go on. Only `sign` and `allure` may be given beside it. */
  readonly resume?: string | undefined;
}
