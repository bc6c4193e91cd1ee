import { describe, expect, it } from "vitest";
import { fromHex } from "../core/bytes.ts";
import type { HttpRequest, HttpResponse } from "../device/network/http.ts";
import { batchAnswer, getFor, postOf } from "../link/batch-http.ts";
import type { Delivered } from "../protocol/messages/delivery.ts";
import type { SystemUpdate } from "../protocol/messages/layouts.ts";
import { type DataStoreRecord, parseStoreRecord } from "../protocol/messages/store-record.ts";
import type { ClearingInput, ClearingOutput } from "./clearing-system/effects.ts";
import { atBegin as clearingAtBegin, clearingSystem } from "./clearing-system/model.ts";
import type { AcceptedBatch } from "./clearing-system/store/contracts.ts";
import type { ConcentrationPointInput, ConcentrationPointOutput } from "./concentration-point/effects.ts";
import { concentrationPoint, atBegin as pointAtBegin } from "./concentration-point/model.ts";
import type { QueuedBatch } from "./concentration-point/store/contracts.ts";
import type { CollectInput, CollectOutput } from "./payment-server/collect-effects.ts";
import { collectRole, newCollection } from "./payment-server/collect-model.ts";
import type { CollectedBatch } from "./payment-server/database/batch-contracts.ts";
import type { TransactionRecord } from "./payment-server/database/contracts.ts";
import { drive } from "./role.ts";
import { COLLECTIONS, recordsOf } from "./testing/collection-transcripts.ts";
import { bytesNamed, type Recorded, type Said, Script } from "./testing/transcripts.ts";

function parsed(bytes: Uint8Array): DataStoreRecord {
  const read = parseStoreRecord(bytes);
  if (!read.ok) throw new Error(read.reason);
  return read.record;
}

/** One exchange on link batch between these two. */
function betweenOf({ messages }: Recorded, from: string, to: string): Script {
  const isOfBoth = (said: Said) => [said.from, said.to].includes(from) && [said.from, said.to].includes(to);
  return new Script({ messages: messages.filter(isOfBoth) }, "batch");
}

function requestOf({ name, bytes = "" }: Said): HttpRequest {
  const [method, path = ""] = name.split(" ");
  return method === "GET" ? { ...getFor("", ""), path } : postOf(path, fromHex(bytes));
}

function responseOf({ status = 0, bytes = "" }: Said): HttpResponse {
  return batchAnswer(status, fromHex(bytes));
}

function expectAsked(script: Script, { method, path, body }: HttpRequest): HttpResponse {
  const said = script.take();
  expect({ name: `${method} ${path}`, body }).toEqual({ name: said.name, body: said.bytes ?? "" });
  return responseOf(script.take());
}

describe.each(COLLECTIONS)("the transcript of a collection, $figure", (transcript) => {
  const { IDTERM, IDCP, IDACQUIRER, BATCHNO } = transcript;

  it("is what the payment server makes of it", async () => {
    const line = new Script(transcript, "line");
    const batches = betweenOf(transcript, "payment-server", "concentration-point");
    let batch: CollectedBatch | undefined;
    let isRefused: readonly object[] | undefined;
    let applied: number | undefined;
    const rows = recordsOf(transcript).map((bytes): TransactionRecord => rowOf(parsed(bytes), IDTERM));
    const perform = (output: CollectOutput): CollectInput | undefined => {
      switch (output.kind) {
        case "find-pending":
          return { kind: "pending", batch: undefined, isPsamKnown: false };
        case "note-psam":
          expect(output).toEqual({ kind: "note-psam", IDTERM, BATCHNO });
          return undefined;
        case "find-untold":
          return { kind: "untold", rows: [] };
        case "find-candidates":
          return { kind: "candidates", rows, collected: [] };
        case "store-asked":
          batch = { ...output.collection, sequence: 1, status: "asked", signed: undefined };
          return { kind: "asked", batch };
        case "store-collected":
          if (batch) batch = { ...batch, status: "collected", signed: output.signed };
          return undefined;
        case "store-acknowledged":
          isRefused = output.refused;
          return undefined;
        case "store-update-applied":
          applied = output.NTUPD;
          return undefined;
        case "find-batch":
          return { kind: "found", batch };
        case "find-psam":
          return { kind: "psam", psam: { IDTERM, NTUPD: undefined } };
        case "ask-terminal":
          line.expectSaid("payment-server", output.bytes);
          return { kind: "terminal", bytes: line.hear() };
        case "ask-collector":
          return { kind: "posted", response: expectAsked(batches, output.request) };
        default:
          return undefined;
      }
    };
    const config = { IDCP, IDACQUIRER, isDirect: false };
    await drive(collectRole, newCollection(config), { kind: "collect", IDTERM }, perform);
    await drive(collectRole, newCollection(config), { kind: "fetch" }, perform);
    line.expectOver();
    batches.expectOver();
    expect({ isRefused, applied }).toEqual({ isRefused: [], applied: transcript.NTUPD });
  });

  it("is what the concentration point makes of it", async () => {
    const senders = betweenOf(transcript, "payment-server", "concentration-point");
    const clearing = betweenOf(transcript, "concentration-point", "clearing-system");
    const queue: QueuedBatch[] = [];
    let waiting: readonly Delivered[] = [];
    let receipts: readonly Extract<Delivered, { kind: "update-receipt" }>[] = [];
    let response: HttpResponse | undefined;
    const perform = (output: ConcentrationPointOutput): ConcentrationPointInput | undefined => {
      switch (output.kind) {
        case "respond":
          response = output.response;
          return undefined;
        case "store-batch":
          queue.push({ ...output.batch, sequence: 1 });
          return { kind: "stored", outcome: "stored" };
        case "find-waiting":
          return { kind: "waiting", messages: waiting };
        case "take":
          receipts = output.messages.filter((each) => each.kind === "update-receipt");
          return undefined;
        case "find-receipts":
          return { kind: "receipts", receipts: receipts.map((each) => ({ ...each, sequence: 1 })) };
        case "find-next":
          return { kind: "next", batch: queue.shift() };
        case "ask-clearing":
          return { kind: "clearing-answered", response: expectAsked(clearing, output.request) };
        case "answered":
          waiting = [output.answer, ...output.updates];
          return undefined;
        default:
          return undefined;
      }
    };
    const state = pointAtBegin({ senders: [IDCP], queueLimit: 1_000 });
    const forward = () => drive(concentrationPoint, state, { kind: "forward" }, perform);
    while (senders.next !== undefined) {
      const asked = senders.take();
      await drive(concentrationPoint, state, { kind: "request", request: requestOf(asked) }, perform);
      expect(response).toEqual(responseOf(senders.take()));
      if (asked.name === "POST /batches" || senders.next === undefined) await forward();
    }
    clearing.expectOver();
  });

  it("is what the clearing system makes of it", async () => {
    const asked = betweenOf(transcript, "concentration-point", "clearing-system");
    const psams = [{ PPPSAM: BATCHNO.slice(0, 6), IDPSAM: BATCHNO.slice(8), IDACQUIRER, sender: IDCP }];
    const merchants = ["MER00001", "MER00005"].map((IDMER) => ({ IDMER, IDACQUIRER }));
    const issuers = [{ PPIEP: "000123", CURR: "0978", CEXP: 2 }];
    const MKC = bytesNamed(transcript, "MKC");
    const config = { MKC, parties: { senders: [IDCP], psams, merchants, issuers } };
    let due: readonly SystemUpdate[] = [];
    let accepted: AcceptedBatch | undefined;
    let response: HttpResponse | undefined;
    const booked: object[] = [];
    const perform = (output: ClearingOutput): ClearingInput | undefined => {
      switch (output.kind) {
        case "respond":
          response = output.response;
          return undefined;
        case "find-numbers":
          return { kind: "numbers", last: [0] };
        case "store-updates":
          due = output.updates.map(({ BATCHNO: number, UPDATE }) => ({
            kind: "system-update",
            BATCHNO: number,
            UPDATE,
          }));
          return undefined;
        case "find-history":
          return { kind: "history", history: { accepted: undefined, last: 0, used: new Set(), due } };
        case "accept":
          accepted = output.batch;
          return undefined;
        case "find-due":
          return { kind: "due", updates: due };
        case "note-receipts":
          due = [];
          return undefined;
        case "begin-settlement": {
          const members = (accepted?.members ?? []).map(({ CURRPDA, CEXPPDA, ...rest }) => ({
            ...rest,
            IDACQUIRER,
            CURR: CURRPDA,
            CEXP: CEXPPDA,
          }));
          return { kind: "settlement", settlement: { N: 1, members } };
        }
        case "book":
          booked.push(...output.transfers);
          return { kind: "booked", booking: { kind: "booked" } };
        default:
          return undefined;
      }
    };
    const begin = clearingAtBegin(config);
    const order = { kind: "block-card", PPIEP: "000123", IDIEP: "0000004722" } as const;
    await drive(clearingSystem, begin, { kind: "issue", order, psams: [BATCHNO], date: "20260115" }, perform);
    while (asked.next !== undefined) {
      await drive(clearingSystem, begin, { kind: "request", request: requestOf(asked.take()) }, perform);
      expect(response).toEqual(responseOf(asked.take()));
    }
    await drive(clearingSystem, begin, { kind: "settle" }, perform);
    expect(booked).toEqual(transcript.settlement);
  });
});

/** What the payment server's database says of a sale: the record again, confirmed. */
function rowOf(record: DataStoreRecord, IDTERM: string): TransactionRecord {
  const { IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP, NTPSAM, CC } = record;
  const nothing = { debitCommand: null, debitResponse: null, expectedResponse: null, terminalResponse: null } as const;
  return {
    ...{ IDTRX, IDMER, MPDA, CURRPDA, CEXPPDA, PPIEP, IDIEP, NTIEP, NTPSAM, CC, IDTERM },
    ...nothing,
    status: CC === "0000" ? "confirmed" : "failed",
    COMPARE: null,
    owedMode: null,
    created: "",
    updated: "",
  };
}
