/** The description of a bench: what stands on the table, and what the reference system around it is to be. */
import { z } from "zod";
import { digits, hexBytes, wholeNumber } from "../core/checked-yaml.ts";
import { PursebenchError } from "../core/errors.ts";
import { type DeviceRole, type DeviceSpec, parseSpec } from "./spec.ts";
import { yesNo } from "./yaml-file.ts";

const spec = (role: DeviceRole) =>
  z.string().transform((text, context): DeviceSpec => {
    try {
      return parseSpec(text, role);
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown;
      context.addIssue({ code: "custom", message: `${thrown.message} (${thrown.mend})` });
      return z.NEVER;
    }
  });

const text = (most: number) => z.string().min(1, "expected some text").max(most, `expected at most ${most} characters`);
const name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "expected lower-case letters, digits and hyphens");
const IDMER = z.string().regex(/^[A-Z0-9]{8}$/, "expected 8 letters A-Z or digits");
const origin = z.string().regex(/^https:\/\/[A-Za-z0-9.:[\]-]+$/, 'expected an origin like "https://127.0.0.1:8443"');
const milliseconds = wholeNumber(1, 600_000);

/** `messages.md`, section 9: every wait has its default there; a bench may only name others. */
const Timeouts = z.strictObject({
  terminalPsamMs: milliseconds.optional(),
  paymentServerTerminalMs: milliseconds.optional(),
  paymentServerQueueMs: milliseconds.optional(),
  headEndServerMs: milliseconds.optional(),
  setTopBoxCardMs: milliseconds.optional(),
  setTopBoxHeadEndMs: milliseconds.optional(),
  headEndSetTopBoxMs: milliseconds.optional(),
  paymentServerDebitResponseMs: milliseconds.optional(),
});

const Terminal = z.strictObject({
  /** IDTERM. */
  id: hexBytes(4),
  terminal: spec("terminal").default({ kind: "sim" }),
  /** Security card of a simulated terminal; the bench's own when absent. */
  psam: spec("psam").optional(),
});

const Site = z.strictObject({ SITE: text(64), IDMER, origin });

const CatalogueItem = z.strictObject({
  SITE: text(64),
  ITEM: text(64),
  title: text(200),
  /** Minor units. */
  price: wholeNumber(1, 0xffff_ffff),
  CURR: digits(4),
  CEXP: wholeNumber(0, 3),
  kind: z.enum(["information", "goods"]),
  /** What the user gets: the information itself, or the text of the receipt. */
  content: text(32_768),
});

const BenchFieldsSchema = z.strictObject({
  format: z.literal("pursebench-bench/1"),
  name,
  /** inproc: one process on virtual time. virtual-lab: pcscd, serial driver and sockets with virtual hardware. lab: yours. */
  kind: z.enum(["inproc", "virtual-lab", "lab"]),
  card: spec("card").default({ kind: "sim" }),
  psam: spec("psam").default({ kind: "sim" }),
  terminals: z.array(Terminal).min(1, "expected at least one terminal").max(64, "expected at most 64 terminals"),
  /** Whether a concentrator stands between payment server and terminals. */
  concentrator: yesNo.default(true),
  database: z
    .string()
    .regex(
      /^(sqlite::memory:|sqlite:.+|postgres(ql)?:\/\/.+)$/,
      "expected sqlite::memory:, sqlite:PATH or postgres://…",
    )
    .default("sqlite::memory:"),
  paymentServer: z
    .strictObject({ host: text(253), port: wholeNumber(0, 65_535) })
    .default({ host: "127.0.0.1", port: 0 }),
  timeouts: Timeouts.default({}),
  /** How long to wait for a card or PSAM that has yet to be inserted, or to connect. */
  waitForCardMs: milliseconds.default(30_000),
  sites: z.array(Site).min(1, "expected at least one site"),
  catalogue: z.array(CatalogueItem).min(1, "expected at least one item"),
  /** Where the clock of an inproc bench starts. */
  clockStart: z.iso.datetime('expected a UTC time like "2026-08-02T10:15:00Z"').optional(),
  /** Day by which cards expire, YYMMDD; that of the clock when absent. */
  today: digits(6).optional(),
  /** Test key set, relative to this file; the harness's own when absent. */
  keys: text(1_024).optional(),
});

export const BenchSchema = BenchFieldsSchema.superRefine((bench, context) => {
  for (const { path, message } of benchFlaws(bench)) context.addIssue({ code: "custom", path, message });
});

export interface BenchFlaw {
  readonly path: PropertyKey[];
  readonly message: string;
}

type BenchFields = z.output<typeof BenchFieldsSchema>;

/** What is wrong between the fields of a bench, each of which is right by itself. */
export function benchFlaws(bench: BenchFields): readonly BenchFlaw[] {
  const flaws: BenchFlaw[] = [];
  const issue = (path: PropertyKey[], message: string) => flaws.push({ path, message });
  const sites = new Set(bench.sites.map((site) => site.SITE));
  for (const [index, item] of bench.catalogue.entries()) {
    if (!sites.has(item.SITE))
      issue(["catalogue", index, "SITE"], `expected one of the sites: ${[...sites].join(", ")}`);
  }
  const ids = bench.terminals.map((terminal) => terminal.id);
  for (const [index, id] of ids.entries()) {
    if (ids.indexOf(id) !== index) issue(["terminals", index, "id"], "expected another id: this one is taken");
  }
  if (bench.kind !== "inproc" && bench.clockStart !== undefined) {
    issue(["clockStart"], "only a bench of the kind inproc has a clock of its own");
  }
  if (bench.kind === "inproc") {
    for (const place of realDevices(bench)) {
      issue(place, "an inproc bench has only sim devices: use the bench virtual-lab, or one of your own");
    }
  }
  return flaws;
}

export type Bench = z.output<typeof BenchSchema>;
export type BenchTimeouts = Bench["timeouts"];

/** Devices that are not in this process. */
function realDevices(bench: {
  readonly card: DeviceSpec;
  readonly psam: DeviceSpec;
  readonly terminals: readonly { readonly terminal: DeviceSpec }[];
}): PropertyKey[][] {
  const places: PropertyKey[][] = bench.terminals.flatMap(({ terminal }, index) =>
    terminal.kind === "serial" ? [["terminals", index, "terminal"]] : [],
  );
  if (bench.psam.kind !== "sim") places.unshift(["psam"]);
  if (bench.card.kind !== "sim") places.unshift(["card"]);
  return places;
}
