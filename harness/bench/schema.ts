/** The description of a bench: what stands on the table, and what the reference system around it is to be. */
import { z } from "zod";
import { digits, wholeNumber } from "../core/checked-yaml.ts";
import { HAND_CARD_KINDS } from "./card-kinds.ts";
import { benchFlaws } from "./flaws.ts";
import { Clearing, LoadSite } from "./loading-fields.ts";
import { Address, Site, spec, Terminal, text } from "./site-fields.ts";
import { yesNo } from "./yaml-file.ts";

const name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "expected lower-case letters, digits and hyphens");
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
  paymentServerFirstMessageMs: milliseconds.optional(),
  paymentServerMerchantMs: milliseconds.optional(),
  loadServerHsmMs: milliseconds.optional(),
  loadServerResponseMs: milliseconds.optional(),
  loadServerFirstMessageMs: milliseconds.optional(),
});

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

/** A card on the table: the kind of test card that it is (`test-cards.md`), and how a person finds it. */
const CardAtHand = z.strictObject({ kind: z.enum(HAND_CARD_KINDS), label: text(60) });

const Database = z
  .string()
  .regex(/^(sqlite::memory:|sqlite:.+|postgres(ql)?:\/\/.+)$/, "expected sqlite::memory:, sqlite:PATH or postgres://…")
  .default("sqlite::memory:");
const ANY_PORT = { host: "127.0.0.1", port: 0 };

const BenchFieldsSchema = z.strictObject({
  format: z.literal("pursebench-bench/1"),
  name,
  /** inproc: one process on virtual time. virtual-lab: pcscd, serial driver and sockets with virtual hardware. lab: yours. */
  kind: z.enum(["inproc", "virtual-lab", "lab"]),
  card: spec("card").default({ kind: "sim" }),
  psam: spec("psam").default({ kind: "sim" }),
  terminals: z.array(Terminal).min(1, "expected at least one terminal").max(64, "expected at most 64 terminals"),
  /**
   * Devices known to be good, tried in place of those above before the first case and after the last (`certify`). On benches without
   * hardware of their own the harness's own, in certification mode; elsewhere none, when absent.
   */
  golden: z.strictObject({ card: spec("card").optional(), psam: spec("psam").optional() }).default({}),
  /** Whether a concentrator stands between payment server and terminals. */
  concentrator: yesNo.default(true),
  database: Database,
  /** Of the cable provider's own payment server. */
  headEndDatabase: Database,
  paymentServer: Address.default(ANY_PORT),
  /** The cable provider's own payment server (FIG 2, 229); it is up where a terminal is its. */
  headEndPaymentServer: Address.default(ANY_PORT),
  /** trusted: the head end is a trusted agent, who may compare S3 and read confirmations (`messages.md`, 3a and 3c). */
  headEnd: z.strictObject({ trusted: yesNo.default(false) }).default({ trusted: false }),
  /** Whether the head end tells the user "debited" before the goods are there (step 636). */
  announceDebit: yesNo.default(true),
  timeouts: Timeouts.default({}),
  /** How long to wait for a card or PSAM that has yet to be inserted, or to connect. */
  waitForCardMs: milliseconds.default(30_000),
  /** Cards that a person can put into the reader of a bench that the harness cannot serve itself (`operator.md`). */
  cardsAtHand: z.array(CardAtHand).max(32, "expected at most 32 cards").default([]),
  /** How long a person has for one step. */
  handMs: milliseconds.default(60_000),
  sites: z.array(Site).min(1, "expected at least one site"),
  /** Where value can be loaded; load server, HSM and bank server are up where there is one. */
  loadSites: z.array(LoadSite).default([]),
  /** Load server (FIG 3, 862) and the issuer's HSM; IDACQ is the load server's number. */
  loadServer: Address.extend({ IDACQ: digits(8).default("00057001") }).default({ ...ANY_PORT, IDACQ: "00057001" }),
  /** external: another HSM that speaks `hsm-edge.md` is there, with the keys of the test key set. */
  hsm: Address.extend({ external: yesNo.default(false) }).default({ ...ANY_PORT, external: false }),
  /** Of the load server, the concentration point and the clearing system; `ledger` has the accounts of all, and the loads of the account holders. */
  loadDatabase: Database,
  concentrationDatabase: Database,
  clearingDatabase: Database,
  ledger: Database,
  clearing: Clearing,
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

export type Bench = z.output<typeof BenchSchema>;
export type BenchTimeouts = Bench["timeouts"];
