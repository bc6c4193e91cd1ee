/** Recorded runs for the tests of reports, made by the evidence writer itself. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../harness/core/clock.ts";
import type { LinkName, RoleName } from "../../harness/core/trace.ts";
import { writeResults } from "../../harness/evidence/derive.ts";
import type { CaseEnd, CaseHeader, EvidenceEvent } from "../../harness/evidence/event.ts";
import { Evidence } from "../../harness/evidence/evidence.ts";
import type { RunIdentification } from "../../harness/evidence/run-identification.ts";
import type { Basis } from "../record/basis.ts";

/** What a hostile device or merchant might get into a record. */
export const HOSTILE = `</title></style><script>alert("x")</script><img src=x onerror=alert(1)> & ]]> \u0000\u001b[31m\u202egnp.exe \ud800`;

const RUN: RunIdentification = {
  format: "pursebench-run/1",
  run: "20260802T101530Z-3FA09C",
  started: "2026-08-02T10:15:30.000Z",
  mode: "certification",
  tool: { name: "pursebench", version: "0.1.0" },
  node: "v20.20.2",
  platform: "linux x64",
  digests: { suites: "ab".repeat(32), specification: "cd".repeat(32) },
  bench: { name: "virtual-lab", file: "fixtures/benches/virtual-lab.yaml" },
  iut: { role: "card", spec: "sim" },
  selection: { suites: ["payment"], cases: [] },
};

export const BASIS: Basis = {
  requirements: [
    {
      id: "PAY-608-a",
      level: "must",
      text: "The card answers INITIALIZE IEP with its data.",
      source: ["0061", "0062"],
    },
    { id: "PAY-619-a", level: "must", text: "The card debits no more than the amount shown.", source: ["0071"] },
    { id: "PAY-700-a", level: "should", text: "Is about a human being.", source: ["0099"] },
    { id: "PAY-701-a", level: "may", text: "Has no case.", source: ["0100"] },
  ],
  notTested: [{ id: "PAY-700-a", reason: "needs a person to look at it" }],
};

interface Told {
  readonly header: Partial<CaseHeader> & { readonly id: string };
  readonly end: Partial<CaseEnd> & Pick<CaseEnd, "outcome">;
  readonly events: readonly (EvidenceEvent & { readonly kind: EvidenceEvent["kind"] })[];
}

type Arrow = readonly [
  step: string,
  link: LinkName,
  from: RoleName,
  to: RoleName,
  message: string,
  more?: Record<string, string>,
];

const SALE = { MPDA: "12.50 (0978)", CURRPDA: "0978", CEXPPDA: "2" };

/** The purchase of the seed, step by step. */
const PURCHASE: readonly Arrow[] = [
  ["602", "cable", "set-top-box", "head-end", "selection", { SITE: "video", ITEM: "film-7", QUANTITY: "1" }],
  ["603", "234", "head-end", "merchant", "POST /checkout"],
  [
    "606",
    "234",
    "merchant",
    "head-end",
    "200",
    { body: '<html><object type="application/x-purse-payment"></object></html>' },
  ],
  ["607", "cable", "head-end", "set-top-box", "page", { IDMER: "VIDEO001", ...SALE }],
  ["", "235", "set-top-box", "card", "INITIALIZE IEP"],
  ["", "235", "card", "set-top-box", "9000 ok", { BALIEP: "50.00 (0978)" }],
  ["608", "cable", "set-top-box", "head-end", "card-information"],
  ["612", "236", "head-end", "payment-server", "draw-request", SALE],
  ["686", "LAN", "payment-server", "concentrator", "t-draw", SALE],
  ["686", "line", "concentrator", "terminal", "t-draw", SALE],
  ["688", "SAM", "terminal", "psam", "PACKAGE: INITIALIZE IEP"],
  ["", "SAM", "psam", "terminal", "9000 ok"],
  ["692", "SAM", "terminal", "psam", "PACKAGE: DEBIT"],
  ["693", "SAM", "psam", "terminal", "9000 ok"],
  ["694", "line", "terminal", "concentrator", "t-debit"],
  ["694", "LAN", "concentrator", "payment-server", "t-debit"],
  ["616", "236", "payment-server", "head-end", "debit-command"],
  ["617", "cable", "head-end", "set-top-box", "debit-command"],
  ["619", "235", "set-top-box", "card", "DEBIT IEP"],
  ["620", "235", "card", "set-top-box", "9000 ok"],
  ["621", "cable", "set-top-box", "head-end", "debit-response"],
  ["622", "236", "head-end", "payment-server", "debit-response"],
  ["624", "LAN", "payment-server", "concentrator", "t-response"],
  ["624", "line", "concentrator", "terminal", "t-response"],
  ["626", "SAM", "terminal", "psam", "PSAM COMPLETE"],
  ["627", "SAM", "psam", "terminal", "9000 ok"],
  ["628", "line", "terminal", "concentrator", "t-result"],
  ["628", "LAN", "concentrator", "payment-server", "t-result"],
  ["634", "236", "payment-server", "head-end", "debit-result"],
  ["636", "234", "head-end", "merchant", "POST /confirm"],
  ["640", "234", "merchant", "head-end", "200"],
  ["641", "cable", "head-end", "set-top-box", "result", { CC: "0000 success" }],
];

function messages(arrows: readonly Arrow[]): readonly EvidenceEvent[] {
  return arrows.map(([step, link, from, to, message, more]) => ({
    kind: "message",
    link,
    from,
    to,
    ...(step === "" ? {} : { step }),
    hex: "E1819BDF21100123456789ABCDEF",
    decoded: { message, ...more },
  }));
}

/** A purchase whose debit response is changed on its way by the bench; line numbers are not known here. */
const DISTURBED: readonly EvidenceEvent[] = [
  ...messages(PURCHASE.slice(0, 21)),
  { kind: "fault", link: "cable", what: "bit 3 of S3 inverted", before: { hex: "AA00" }, after: { hex: "AA10" } },
  ...messages(PURCHASE.slice(21, 27)),
  { kind: "log", role: "payment-server", entry: "debit-refused", fields: { MPDA: 1250, note: HOSTILE } },
  {
    kind: "check",
    ok: false,
    what: "the payment server refuses",
    expected: ["9302"],
    actual: HOSTILE,
    requirement: "PAY-619-a",
  },
];

const cell = (row: string, column: string) => ({ matrix: "faults FIG 5", row, column });

const CASES: readonly Told[] = [
  {
    header: {
      id: "PAY-CARD-001",
      requirements: ["PAY-608-a", "PAY-619-a"],
      cell: cell("236 debit response", "lost"),
    },
    end: { outcome: "pass" },
    events: messages(PURCHASE),
  },
  {
    header: {
      id: "PAY-CARD-002",
      requirements: ["PAY-619-a"],
      cell: cell("236 debit response", "twice"),
      purpose: `A changed S3 is noticed ${HOSTILE}`,
    },
    end: {
      outcome: "fail",
      reason: `debited although S3 was wrong ${HOSTILE}`,
      expected: ["9302", "a closed channel"],
      actual: "0000",
      requirement: "PAY-619-a",
    },
    events: DISTURBED,
  },
  {
    header: { id: "PAY-CARD-003", owner: "terminal", cell: cell("235 DEBIT IEP", "lost") },
    end: {
      outcome: "inconc",
      owner: "reader",
      reason: "the reader was unplugged",
      mend: "plug it in and run the case again",
    },
    events: messages(PURCHASE.slice(4, 6)),
  },
  { header: { id: "PAY-CARD-004" }, end: { outcome: "error", owner: "bench", reason: "no free port" }, events: [] },
  {
    header: { id: "LOAD-CARD-001", suite: "load", requirements: ["PAY-608-a"] },
    end: { outcome: "notApplicable", reason: "PICS: the card cannot be loaded" },
    events: [],
  },
  {
    header: { id: "LOAD-CARD-002", suite: "load", requirements: ["PAY-999-z"] },
    end: { outcome: "notRun", reason: "the run was interrupted" },
    events: [],
  },
];

function headerOf({ header }: Told): CaseHeader {
  return {
    suite: "payment",
    purpose: "A purchase debits the card once, by the amount shown",
    requirements: [],
    owner: "card",
    ...header,
  };
}

/** Writes a whole run with one case of every outcome, `repeat` times over, and returns its directory. */
export async function recordedRun(repeat = 1): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), "pursebench-reports-"));
  const told = Array.from({ length: repeat }, (_, index) =>
    CASES.map((one) => (index === 0 ? one : copyOf(one, index))),
  ).flat();
  await using evidence = new Evidence({ dir, run: RUN, clock: systemClock, describe: () => ({}) });
  evidence.write({ kind: "selection", cases: told.map(headerOf) });
  const description = "simulated card in slot 0";
  const specimen = { PPIEP: "123456", IDIEP: "0000000001" };
  evidence.write({
    kind: "identity",
    bench: "virtual-lab",
    iut: { role: "card", description, specimen },
    devices: [{ name: "reader 00 00", version: "1.0" }],
  });
  for (const one of told) tell(evidence, one);
  evidence.enter(undefined);
  await evidence.close();
  await writeResults(dir);
  return dir;
}

function copyOf(one: Told, index: number): Told {
  return { ...one, header: { ...one.header, id: `${one.header.id}-${index}` } };
}

function tell(evidence: Evidence, one: Told): void {
  const { id, owner } = headerOf(one);
  evidence.enter(id);
  if (one.end.outcome === "notRun") return;
  evidence.write({ kind: "case-start" });
  let last = 0;
  for (const event of one.events) last = evidence.write(event);
  const at = one.end.outcome === "fail" ? { at: last } : {};
  evidence.write({ kind: "case-end", durationMs: 1234, reason: "", owner, ...at, ...one.end });
}
