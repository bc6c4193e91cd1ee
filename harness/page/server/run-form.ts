/** From what somebody filled in to what is run: every flaw is told beside its field, all of them at once. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { loadBench } from "../../bench/load.ts";
import { loadPics, type Pics } from "../../bench/pics.ts";
import { loadPixit } from "../../bench/pixit.ts";
import type { Bench } from "../../bench/schema.ts";
import { type DeviceRole, parseSpec } from "../../bench/spec.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { RunHouse } from "../../run/house.ts";
import { type PreparedRun, prepareRun } from "../../run/prepare.ts";
import type { RunRequest } from "../../run/request.ts";
import type { ChoicesView, Claims, DevicesView, Field, FieldError, RunForm } from "../shared/state.ts";
import { attachedFlaw } from "./attached-flaw.ts";

/** Longest PICS or PIXIT that somebody may type or upload, characters. */
export const LONGEST_CLAIMS = 200_000;

const spec = z.string().max(300);
const claims = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("file"), file: z.string().max(4_096) }),
  z.object({ kind: z.literal("text"), text: z.string().max(LONGEST_CLAIMS) }),
]);

export const runForm: z.ZodType<RunForm> = z.object({
  bench: z.string().max(4_096),
  iut: z.string().max(64),
  card: spec,
  psam: spec,
  terminal: spec,
  pics: claims,
  pixit: claims,
  mode: z.enum(["certification", "engineering"]),
  suites: z.array(z.string().max(64)).max(64),
});

export interface FormContext {
  readonly house: RunHouse;
  readonly choices: ChoicesView;
  readonly devices: DevicesView;
  /** Folder of runs. */
  readonly runs: string;
  /** File of the laboratory. */
  readonly lab?: string | undefined;
}

export interface CheckedForm {
  readonly errors: readonly FieldError[];
  /** Absent when something is wrong. */
  readonly prepared?: PreparedRun | undefined;
}

/** Checks a form as far as that can be done without opening anything. */
export async function checkForm(form: RunForm, context: FormContext): Promise<CheckedForm> {
  const errors: FieldError[] = [];
  const attempt = <T>(field: Field, work: () => T): T | undefined => {
    try {
      return work();
    } catch (thrown) {
      errors.push(errorAt(field, thrown));
      return undefined;
    }
  };
  const bench = attempt("bench", () => chosenBench(form.bench, context.choices));
  const specs = { card: form.card, psam: form.psam, terminal: form.terminal };
  for (const role of ["card", "psam", "terminal"] as const) {
    if (specs[role] !== "") attempt(role, () => parseSpec(specs[role], role));
  }
  if (bench !== undefined && errors.length === 0) {
    const loaded = attempt(fieldOfBenchFlaw(form), () => loadBench(bench, given(specs)).bench);
    if (loaded) errors.push(...(await missing(loaded, context)));
  }
  const pics = attempt("pics", () => claimsFile(form.pics, "pics", context));
  const said = pics === undefined ? undefined : attempt("pics", () => loadPics(pics));
  if (form.mode === "certification" && form.pics.kind === "none") errors.push(NO_PICS);
  if (said && form.iut !== "" && said.role !== form.iut) errors.push(otherRole(said, form.iut));
  const pixit = attempt("pixit", () => claimsFile(form.pixit, "pixit", context));
  if (pixit !== undefined && (pics === undefined || said)) attempt("pixit", () => loadPixit(pixit, said));
  if (errors.length > 0 || bench === undefined) return { errors };
  const request: RunRequest = {
    bench,
    ...given({ iut: form.iut, ...specs }),
    ...(pics === undefined ? {} : { pics }),
    ...(pixit === undefined ? {} : { pixit }),
    mode: form.mode,
    suites: form.mode === "engineering" ? form.suites : [],
    ...(context.lab === undefined ? {} : { lab: context.lab }),
    out: join(context.runs, "new"), // the run names its directory itself
  };
  try {
    return { errors, prepared: await prepareRun(request, context.house) };
  } catch (thrown) {
    return { errors: [errorAt("form", thrown)] };
  }
}

/** Only benches that are offered: a browser does not choose files of the machine. */
function chosenBench(wanted: string, { benches }: ChoicesView): string {
  if (benches.some(({ file }) => file === wanted)) return wanted;
  throw new PursebenchError("USAGE", "This bench is not there any more", { mend: "Choose another one." });
}

/** The file of a PICS or PIXIT. Text is kept beside the runs under its digest, since their evidence names it. */
function claimsFile(chosen: Claims, kind: "pics" | "pixit", { choices, runs }: FormContext): string | undefined {
  if (chosen.kind === "none") return undefined;
  if (chosen.kind === "file") {
    if (choices[kind].some(({ file }) => file === chosen.file)) return chosen.file;
    throw new PursebenchError("USAGE", "This file is not there any more", { mend: "Choose another one." });
  }
  const folder = join(runs, ".claims");
  mkdirSync(folder, { recursive: true });
  const digest = createHash("sha256").update(chosen.text).digest("hex").slice(0, 16);
  const file = join(folder, `${kind}-${digest}.yaml`);
  writeFileSync(file, chosen.text);
  return file;
}

/** Devices that the bench needs and that are not attached. */
async function missing(bench: Bench, { house, devices }: FormContext): Promise<FieldError[]> {
  const lab = bench.kind === "virtual-lab" ? await house.labFinding() : undefined;
  const told: FieldError[] =
    lab && !lab.ok
      ? [{ field: "bench", message: `The virtual lab cannot run here: ${lab.detail}`, mend: lab.mend }]
      : [];
  const look = (field: DeviceRole, spec: Bench["card"]) => {
    const flaw = attachedFlaw(spec, devices);
    if (flaw && !told.some((each) => each.field === field && each.message === flaw.message))
      told.push({ field, ...flaw });
  };
  look("card", bench.card);
  look("psam", bench.psam);
  for (const { psam, terminal } of bench.terminals) {
    if (psam) look("psam", psam);
    look("terminal", terminal);
  }
  return told;
}

const NO_PICS: FieldError = {
  field: "pics",
  message: "Certification needs the PICS of the device: it alone decides what is run",
  mend: "Choose it here, or choose Engineering below.",
};

function otherRole({ role }: Pics, iut: string): FieldError {
  return {
    field: "pics",
    message: `This PICS is of a ${role}, and a ${iut} is under test`,
    mend: `Choose the PICS of the ${iut}.`,
  };
}

/** What a bench says of a device that it cannot have is said at the device that was put in. */
function fieldOfBenchFlaw({ card, psam, terminal }: RunForm): Field {
  const put = Object.entries({ card, psam, terminal }).filter(([, spec]) => spec !== "");
  const [only] = put;
  if (put.length !== 1 || !only) return "bench";
  return only[0] === "card" ? "card" : only[0] === "psam" ? "psam" : "terminal";
}

function errorAt(field: Field, thrown: unknown): FieldError {
  const mend = thrown instanceof PursebenchError ? thrown.mend : undefined;
  const typed = /^.*\.claims\/(pics|pixit)-[0-9a-f]+\.yaml:(\d+): /;
  const message = messageOf(thrown).replace(typed, (_, __, line: string) => `Line ${line}: `);
  return { field, message, ...(mend === undefined ? {} : { mend }) };
}

/** Without what is empty. */
function given<K extends string>(fields: Readonly<Record<K, string>>): Partial<Record<K, string>> {
  const entries = Object.entries<string>(fields).filter(([, value]) => value !== "");
  return Object.fromEntries(entries) as Partial<Record<K, string>>;
}
