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
  readonly bench: { readonly name: string; readonly file?: string | undefined };
  readonly iut: { readonly role: RoleName; readonly spec?: string | undefined };
  readonly pics?: { readonly file: string; readonly sha256: string } | undefined;
  readonly pixit?: { readonly file: string; readonly sha256: string } | undefined;
  /** What the user asked for; empty lists mean everything. */
  readonly selection: { readonly suites: readonly string[]; readonly cases: readonly string[] };
}
