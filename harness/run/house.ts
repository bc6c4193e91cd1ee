/** What a run needs from outside: the part of the command's house that other ways to start a run need too. */
import type { ReportOptions } from "../../reports/index.ts";
import type { Case } from "../../suites/define/case.ts";
import type { Pixit } from "../bench/pixit.ts";
import type { Bench } from "../bench/schema.ts";
import type { Clock } from "../core/clock.ts";
import type { Random } from "../core/random.ts";
import type { RoleName } from "../core/trace.ts";
import type { Describe } from "../evidence/event.ts";
import type { LineFile } from "../evidence/line-file.ts";
import type { Operator } from "../flows/operator.ts";
import type { OpenStation } from "../flows/station.ts";

/** What a station is opened from. */
export interface StationOptions {
  readonly bench: Bench;
  readonly iut: RoleName;
  readonly pixit?: Pixit | undefined;
  /** Hears what the bench waits for. */
  readonly tell?: ((text: string) => void) | undefined;
  /** Ends a wait for a card. */
  readonly signal?: AbortSignal | undefined;
  /** Does what needs a hand; nobody when absent. */
  readonly operator?: Operator | undefined;
}

/** One thing that `doctor` looked at. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly mend?: string | undefined;
}

export interface RunHouse {
  readonly clock: Clock;
  readonly random: Random;
  cases(): Promise<readonly Case[]>;
  /** Throws `USAGE` when the key set that a bench description (`file`) names cannot be used, or lacks what the bench needs. */
  checkKeys(bench: Bench, file: string): Promise<void>;
  readonly openStation: OpenStation<StationOptions>;
  describe(): Promise<Describe>;
  /** Renders the reports of a run; paths of what was written. */
  renderReports(dir: string, options: ReportOptions): Promise<readonly string[]>;
  /** Why the virtual lab cannot run on this machine; `ok` when it can. Looks at files only. */
  labFinding(): Promise<Finding>;
  /** The laboratory's file where a request names none. */
  readonly laboratoryFile?: string | undefined;
  /** How the file of events is opened; the real one when absent. */
  readonly openEvents?: ((path: string) => LineFile) | undefined;
}
