/** `run.json`: what this run is, written before anything else happens. */
import type { RoleName } from "../core/trace.ts";

export type RunMode = "certification" | "engineering";

export interface RunIdentification {
  readonly format: "pursebench-run/1";
  /** Name of the run, also of its directory unless `--out` said otherwise. */
  readonly run: string;
  /** ISO 8601 UTC. */
  readonly started: string;
  readonly mode: RunMode;
  readonly tool: { readonly name: "pursebench"; readonly version: string };
  readonly node: string;
  readonly platform: string;
  /** SHA-256, hex, over the case files and over the specification they judge by. */
  readonly digests: { readonly suites: string; readonly specification: string };
  /** `sha256` is over the description as it was used, with what the command line put into it. */
  readonly bench: {
    readonly name: string;
    readonly file?: string | undefined;
    readonly sha256?: string | undefined;
  };
  readonly iut: { readonly role: RoleName; readonly spec?: string | undefined };
  readonly pics?: { readonly file: string; readonly sha256: string } | undefined;
  readonly pixit?: { readonly file: string; readonly sha256: string } | undefined;
  readonly waivers?: { readonly file: string; readonly sha256: string } | undefined;
  /** Who tests, as reports name it. */
  readonly laboratory?: Laboratory | undefined;
  /** For whom and what was brought. */
  readonly order?: Order | undefined;
  /** Fingerprint of the key that seals the run when it is closed: SHA-256 of the SPKI, 64 lower-case hex digits. */
  readonly signer?: string | undefined;
  /** What `certify --resume` needs to go on. */
  readonly command?: RunCommand | undefined;
  /** What the user asked for; empty lists mean everything. */
  readonly selection: { readonly suites: readonly string[]; readonly cases: readonly string[] };
}

/** From the laboratory's own file (`--lab`). */
export interface Laboratory {
  readonly name: string;
  /** Lines of the postal address. */
  readonly address: readonly string[];
  /** Accreditation body and number, as it is to be printed. */
  readonly accreditation?: string | undefined;
  readonly contact?: string | undefined;
  /** A copy in the run directory: `logo.png` or `logo.svg`. */
  readonly logo?: { readonly file: string; readonly sha256: string } | undefined;
}

/** From the file of the order (`--order`). */
export interface Order {
  readonly number: string;
  readonly client: { readonly name: string; readonly address: readonly string[] };
  /** Day when the items were received, YYYY-MM-DD. */
  readonly received?: string | undefined;
  readonly remarks?: string | undefined;
}

/** The command line of a run, as far as it decides what is run on what. Paths are absolute. */
export interface RunCommand {
  /** Role that was asked for, where one was. */
  readonly iut?: RoleName | undefined;
  readonly card?: string | undefined;
  readonly psam?: string | undefined;
  readonly terminal?: string | undefined;
  readonly wait?: string | undefined;
  readonly goldenCard?: string | undefined;
  readonly goldenPsam?: string | undefined;
  readonly diagnose: boolean;
  /** How often a case without a pass is run once more. */
  readonly retry: number;
  /** The laboratory's own file. */
  readonly lab?: string | undefined;
}
