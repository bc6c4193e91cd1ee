import type { Ledger } from "../../accounts/ledger.ts";
import type { Booking } from "../../accounts/transfer.ts";
import type { Clock } from "../../core/clock.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { TraceSink } from "../../core/trace.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "../../link/exchange.ts";
import { drive } from "../role.ts";
import type { ClearingInput, ClearingOutput } from "./effects.ts";
import { atBegin, type ClearingRole, clearingSystem } from "./model.ts";
import { batchNumberOf, type ClearingParties, checkParties } from "./parties.ts";
import { reportText, type SettlementReport } from "./report.ts";
import type { BatchRow, ClearingStore, DisputedMember } from "./store/contracts.ts";
import type { UpdateOrder } from "./update-order.ts";

export interface ClearingOptions {
  readonly parties: ClearingParties;
  /** MKC, 16 bytes. */
  readonly MKC: Uint8Array;
  /** Stays open when the system is gone: a restarted one goes on with it. */
  readonly store: ClearingStore;
  /** With the pools of the issuers; accounts of acquirers and merchants are opened as they are needed. */
  readonly ledger: Pick<Ledger, "openAccounts" | "transferAll">;
  readonly clock: Clock;
  readonly trace: TraceSink;
  /** Another model in place of the reference one, e.g. with a seeded defect. */
  readonly role?: ClearingRole;
}

export type SettlementOutcome =
  | { readonly kind: "settled"; readonly report: SettlementReport; readonly text: readonly string[] }
  | { readonly kind: "nothing" }
  /** The ledger has moved nothing: all of it waits for the next settlement. */
  | { readonly kind: "refused"; readonly reason: string };

export interface ClearingSystem {
  readonly handler: HttpHandler;
  settle(): Promise<SettlementOutcome>;
  /** For one PSAM by its number, or for all. `USAGE` for a PSAM that is not cleared here. */
  issueUpdate(order: UpdateOrder, IDPSAM?: string): Promise<void>;
  batches(): Promise<readonly BatchRow[]>;
  /** Refused members, oldest first. */
  disputed(): Promise<readonly DisputedMember[]>;
  settlements(): Promise<readonly SettlementReport[]>;
}

/** The clearing and administration system (FIG 1, 60); a carrier brings it requests. `USAGE` for ambiguous parties. */
export function serveClearing(options: ClearingOptions): ClearingSystem {
  const { parties, store, clock } = options;
  checkParties(parties);
  const inTurn = oneAfterTheOther();
  return {
    handler: (request) => inTurn(() => respond(options, request)),
    settle: () => inTurn(() => settle(options)),
    async issueUpdate(order, IDPSAM) {
      const psams = parties.psams.filter((psam) => IDPSAM === undefined || psam.IDPSAM === IDPSAM.toUpperCase());
      if (psams.length === 0) {
        throw new PursebenchError("USAGE", `clearing system: no PSAM ${IDPSAM ?? ""} to update`, {
          mend: "name a PSAM that is cleared here",
        });
      }
      const date = clock.wall().toISOString().slice(0, 10).replaceAll("-", "");
      await inTurn(() => run(options, { kind: "issue", order, psams: psams.map(batchNumberOf), date }));
    },
    batches: () => store.batches(),
    disputed: () => store.disputed(),
    settlements: () => store.settlements(),
  };
}

/** What was accepted before is looked up and added to by one at a time. */
function oneAfterTheOther(): <T>(work: () => Promise<T>) => Promise<T> {
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const own = before.then(work);
    before = own.catch(() => undefined); // whoever asked hears of it
    return own;
  };
}

async function respond(options: ClearingOptions, request: HttpRequest): Promise<HttpResponse> {
  let response: HttpResponse | undefined;
  await run(options, { kind: "request", request }, (output) => {
    if (output.kind === "respond") response = output.response;
  });
  if (response === undefined) throw new PursebenchError("INTERNAL", "the clearing system's model gave no response");
  return response;
}

async function settle(options: ClearingOptions): Promise<SettlementOutcome> {
  let outcome: SettlementOutcome = { kind: "nothing" };
  await run(options, { kind: "settle" }, (output) => {
    if (output.kind === "abandon-settlement") outcome = { kind: "refused", reason: output.reason };
    if (output.kind !== "finish-settlement") return;
    outcome = { kind: "settled", report: output.report, text: reportText(output.report) };
  });
  return outcome;
}

async function run(
  options: ClearingOptions,
  first: ClearingInput,
  watch: (output: ClearingOutput) => void = () => undefined,
): Promise<void> {
  const { role = clearingSystem, parties, MKC } = options;
  await drive(role, atBegin({ parties, MKC }), first, async (output) => {
    const input = await perform(options, output);
    watch(output);
    return input;
  });
}

async function perform(options: ClearingOptions, output: ClearingOutput): Promise<ClearingInput | undefined> {
  const { store, trace } = options;
  switch (output.kind) {
    case "log":
      return void trace({ kind: "log", role: "clearing-system", entry: output.entry, fields: output.fields });
    case "find-history":
      return { kind: "history", history: await store.history(output.batch, output.members) };
    case "accept":
      return void (await store.accept(output.batch));
    case "find-due":
      return { kind: "due", updates: await store.due(output.psams) };
    case "note-receipts":
      return void (await store.noteReceipts(output.receipts));
    case "begin-settlement":
      return { kind: "settlement", settlement: await store.beginSettlement() };
    case "book":
      return { kind: "booked", booking: await book(options, output) };
    case "finish-settlement":
      return void (await store.finishSettlement(output.report));
    case "abandon-settlement":
      return void (await store.abandonSettlement(output.N));
    case "find-numbers":
      return { kind: "numbers", last: await store.lastUpdates(output.psams) };
    case "store-updates":
      return void (await store.storeUpdates(output.updates));
    case "respond":
    case "end":
      return undefined; // whoever runs this watches for them
    default:
      return unreachable(output);
  }
}

async function book(
  { ledger }: ClearingOptions,
  { accounts, transfers }: Extract<ClearingOutput, { kind: "book" }>,
): Promise<Booking> {
  await ledger.openAccounts(accounts);
  return await ledger.transferAll(transfers);
}
