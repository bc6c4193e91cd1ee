/** Messages of link batch, as they passed and as the harness itself makes them (`clearing.md` 4). */
import { fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import type { RoleName } from "../../../harness/core/trace.ts";
import { batchDigest, deriveCollectionKey, signS4, signS5 } from "../../../harness/crypto/collection.ts";
import type { MessageEvent, RecordedEvent } from "../../../harness/flows/system.ts";
import { messageIn } from "../../../harness/link/batch-http.ts";
import { splitLines } from "../../../harness/protocol/messages/collection-lines.ts";
import { type Delivered, parseDelivery } from "../../../harness/protocol/messages/delivery.ts";
import type { Batch } from "../../../harness/protocol/messages/layouts.ts";
import { encodeMessage, parseMessage } from "../../../harness/protocol/messages/message.ts";
import { type DataStoreRecord, parseStore } from "../../../harness/protocol/messages/store-record.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { messagesOn } from "../../payment/support/observe.ts";
import type { Sale } from "./sales.ts";

export interface PassedBatch {
  readonly event: MessageEvent;
  readonly batch: Batch;
  /** The message itself. */
  readonly bytes: Uint8Array;
  readonly members: readonly DataStoreRecord[];
}

const decoder = new TextDecoder();

/** What stands below the first line of a request or an answer. */
function bodyOf({ bytes }: MessageEvent): string {
  const text = decoder.decode(bytes);
  return text.slice(text.indexOf("\n\n") + 2);
}

/** Every batch that `from` has sent, in order. */
export function batchesFrom(events: readonly RecordedEvent[], from: RoleName): readonly PassedBatch[] {
  return messagesOn(events, "batch", from).flatMap((event) => {
    const bytes = messageIn(bodyOf(event)) ?? new Uint8Array(0);
    const batch = bytes[0] === 0xb8 ? parseMessage(bytes) : undefined;
    return batch?.kind === "batch" ? [{ event, batch, bytes, members: recordsOf(batch.MEMBERS) }] : [];
  });
}

/** Everything in deliveries that `from` has given or taken, in order. */
export function deliveredFrom(events: readonly RecordedEvent[], from: RoleName): readonly Delivered[] {
  return messagesOn(events, "batch", from).flatMap((event) => {
    const bytes = messageIn(bodyOf(event));
    const parsed = bytes?.[0] === 0xbc ? parseDelivery(bytes) : undefined;
    return parsed?.ok ? parsed.messages : [];
  });
}

export function recordsOf(MEMBERS: Uint8Array): readonly DataStoreRecord[] {
  return parseStore(MEMBERS).flatMap((each) => (each.ok ? [each.record] : []));
}

/** LINES of these sales, written out by hand: PPIEP 3, CURR 2, CEXP 1, sum 6, number 4; ascending. */
export function linesFor(sales: readonly Pick<Sale, "PPIEP" | "CURR" | "CEXP" | "MPDA">[]): Uint8Array {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { PPIEP, CURR, CEXP, MPDA } of sales) {
    const name = `${PPIEP}${CURR}${CEXP.toString(16).padStart(2, "0")}`;
    const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
    sums.set(name, { sum: sum + MPDA, count: count + 1 });
  }
  const lines = [...sums].sort(([one], [other]) => (one < other ? -1 : 1));
  return fromHex(lines.map(([name, { sum, count }]) => name + wordOf(sum, 6) + wordOf(count, 4)).join(""));
}

function wordOf(value: number, length: number): string {
  return toHex(uintToBytes(value, length));
}

/** PPPSAM and IDPSAM in BATCHNO. */
export function psamOf(BATCHNO: string): { readonly PPPSAM: string; readonly IDPSAM: string } {
  return { PPPSAM: BATCHNO.slice(0, 6), IDPSAM: BATCHNO.slice(8) };
}

/** KDC of a PSAM, under the MKC of the test keys. */
export function collectionKey(t: CaseContext, BATCHNO: string): Uint8Array {
  const MKC = t.expect.present("master collection key", t.keys.masterCollectionKey(), { owner: "bench" });
  return deriveCollectionKey(MKC, psamOf(BATCHNO));
}

type Signed = Pick<Batch, "BATCHNO" | "NTCOL" | "LINES" | "MEMBERS">;

/** The S4 that the PSAM owes for this batch. */
export function dueS4(t: CaseContext, { BATCHNO, NTCOL, LINES, MEMBERS }: Signed): string {
  const DIGEST = batchDigest([MEMBERS]);
  const collection = { ...psamOf(BATCHNO), NTCOL, DIGEST, lines: splitLines(LINES) };
  return toHex(signS4(collectionKey(t, BATCHNO), collection));
}

/** The S5 that clearing owes for it. */
export function dueS5(t: CaseContext, { BATCHNO, NTCOL, MEMBERS }: Omit<Signed, "LINES">): Uint8Array {
  const name = { ...psamOf(BATCHNO), NTCOL, DIGEST: batchDigest([MEMBERS]) };
  return signS5(collectionKey(t, BATCHNO), name);
}

/** The same batch with other elements, under the S4 that these then have; an S4 that is named stays. */
export function resigned(t: CaseContext, batch: Batch, changes: Partial<Batch>): Batch {
  const changed = { ...batch, ...changes };
  return { ...changed, S4: changes.S4 ?? fromHex(dueS4(t, changed)) };
}

/** Brings a message to the clearing system, or to the concentration point, as a sender would. */
export async function post(
  t: CaseContext,
  to: "concentration-point" | "clearing-system",
  message: Uint8Array,
  path = "/batches",
): Promise<{ readonly status: number; readonly messages: readonly Delivered[] }> {
  const { status, body } = await t.system.clearing.http(to, { method: "POST", path, body: toHex(message) });
  const parsed = parseDelivery(messageIn(body) ?? new Uint8Array(0));
  return { status, messages: parsed.ok ? parsed.messages : [] };
}

/** What the clearing system answers to a batch: "A006", or "accepted" and who is refused. */
export async function judged(t: CaseContext, batch: Batch, about?: About): Promise<string> {
  const { status, messages } = await post(t, "clearing-system", encodeMessage(batch));
  t.expect.equal("status of the answer to a batch", status, 200, about);
  const [answer] = messages;
  if (answer?.kind === "batch-refusal") return answer.CC;
  const said = t.expect.present("answer to the batch", answer, about);
  if (said.kind !== "batch-acknowledgement") return said.kind;
  return `accepted${said.REFUSED === undefined ? "" : ` but ${toHex(said.REFUSED)}`}`;
}
