import type { Clock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { TraceSink } from "../../core/trace.ts";
import type { HttpClient, HttpHandler, HttpRequest, HttpResponse } from "../../link/exchange.ts";
import { drive } from "../role.ts";
import type { ConcentrationPointInput, ConcentrationPointOutput } from "./effects.ts";
import { atBegin, type ConcentrationPointRole, concentrationPoint } from "./model.ts";
import type { BatchRow, QueueStore } from "./store/contracts.ts";

export interface ConcentrationPointOptions {
  /** IDCP of every sender, 1 to 32 printable ASCII characters each. */
  readonly senders: readonly string[];
  /** Stays open when the server is gone: a restarted one goes on with it. */
  readonly store: QueueStore;
  /** Link batch to the clearing system. */
  readonly http: HttpClient;
  /** Origin of the clearing system. */
  readonly clearing: string;
  readonly clock: Clock;
  readonly trace: TraceSink;
  /** How many batches may wait for clearing; 1,000 when absent. */
  readonly queueLimit?: number;
  /** For an answer of clearing; 15,000 when absent. */
  readonly clearingMs?: number;
  /** Another model in place of the reference one, e.g. with a seeded defect. */
  readonly role?: ConcentrationPointRole;
}

/** What came of one round. */
export interface Forwarded {
  /** How many batches clearing has answered. */
  readonly batches: number;
  /** Why the round stopped before its end; what is left is for the next one. */
  readonly trouble: string | undefined;
}

export interface ConcentrationPoint {
  readonly handler: HttpHandler;
  /** One round of forwarding; whoever asks while one is under way gets that one. */
  forward(): Promise<Forwarded>;
  /** How many batches wait for clearing. */
  queued(): Promise<number>;
  /** All that ever came, in the order of arrival. */
  batches(): Promise<readonly BatchRow[]>;
}

/** The concentration point (FIG 1, 68); a carrier brings it requests. `USAGE` for a wrong list of senders. */
export function serveConcentrationPoint(options: ConcentrationPointOptions): ConcentrationPoint {
  checkSenders(options.senders);
  let round: Promise<Forwarded> | undefined;
  return {
    handler: (request) => handle(options, request),
    forward: () => {
      round ??= forward(options).finally(() => {
        round = undefined;
      });
      return round;
    },
    queued: () => options.store.queued(),
    batches: () => options.store.batches(),
  };
}

function checkSenders(senders: readonly string[]): void {
  const wrong = senders.find((IDCP, index) => !/^[ -~]{1,32}$/.test(IDCP) || senders.indexOf(IDCP) !== index);
  if (wrong === undefined) return;
  throw new PursebenchError("USAGE", `concentration point: sender "${wrong}" is none or listed twice`, {
    mend: "name each sender once, with 1 to 32 printable ASCII characters",
  });
}

async function handle(options: ConcentrationPointOptions, request: HttpRequest): Promise<HttpResponse> {
  let response: HttpResponse | undefined;
  await run(options, { kind: "request", request }, (output) => {
    if (output.kind === "respond") response = output.response;
  });
  if (response === undefined) throw new PursebenchError("INTERNAL", "the concentration point's model gave no response");
  return response;
}

async function forward(options: ConcentrationPointOptions): Promise<Forwarded> {
  let batches = 0;
  let trouble: string | undefined;
  await run(options, { kind: "forward" }, (output) => {
    if (output.kind === "answered") batches += 1;
    if (output.kind === "trouble") trouble = output.reason;
  });
  return { batches, trouble };
}

async function run(
  options: ConcentrationPointOptions,
  first: ConcentrationPointInput,
  watch: (output: ConcentrationPointOutput) => void,
): Promise<void> {
  const { role = concentrationPoint, senders, queueLimit = 1_000 } = options;
  await drive(role, atBegin({ senders, queueLimit }), first, async (output) => {
    const input = await perform(options, output);
    watch(output);
    return input;
  });
}

async function perform(
  options: ConcentrationPointOptions,
  output: ConcentrationPointOutput,
): Promise<ConcentrationPointInput | undefined> {
  const { store, trace } = options;
  switch (output.kind) {
    case "log":
      return void trace({ kind: "log", role: "concentration-point", entry: output.entry, fields: output.fields });
    case "store-batch":
      return { kind: "stored", outcome: await store.storeBatch(output.batch, output.limit) };
    case "find-waiting":
      return { kind: "waiting", messages: await store.waiting(output.IDCP) };
    case "take":
      return void (await store.take(output.messages));
    case "find-receipts":
      return { kind: "receipts", receipts: await store.receipts() };
    case "receipts-passed-on":
      return void (await store.receiptsPassedOn(output.sequences));
    case "find-next":
      return { kind: "next", batch: await store.nextBatch() };
    case "ask-clearing":
      return { kind: "clearing-answered", response: await ask(options, output.request) };
    case "answered":
      return void (await store.answered(output.batch, output.answer, output.updates));
    case "keep-updates":
      return void (await store.keepUpdates(output.IDCP, output.updates));
    case "respond":
    case "trouble":
    case "end":
      return undefined; // whoever runs this watches for them
    default:
      return unreachable(output);
  }
}

/** `undefined` when clearing cannot be reached, is silent or goes away. */
async function ask(options: ConcentrationPointOptions, request: HttpRequest): Promise<HttpResponse | undefined> {
  const { http, clearing, clock, clearingMs = 15_000 } = options;
  try {
    return await http(clearing, request, deadlineIn(clock, clearingMs));
  } catch (thrown) {
    if (thrown instanceof PursebenchError && thrown.code !== "STORAGE") return undefined;
    throw thrown;
  }
}
