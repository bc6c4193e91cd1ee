/** The collection of `fixtures/vectors/collection-transcripts.json`, for tests that replay it. */
import { fromHex } from "../../core/bytes.ts";
import { parseMessage } from "../../protocol/messages/message.ts";
import { fixture, type Recorded } from "./transcripts.ts";

/** A collection of FIG 1: from the data store to the settlement. */
export interface CollectionTranscript extends Recorded {
  readonly figure: string;
  readonly IDTERM: string;
  readonly IDCP: string;
  readonly IDACQUIRER: string;
  readonly BATCHNO: string;
  readonly NTCOL: number;
  readonly NTUPD: number;
  /** Transfers of the ledger. */
  readonly settlement: readonly object[];
}

export const COLLECTIONS: readonly CollectionTranscript[] = JSON.parse(
  fixture("vectors/collection-transcripts.json"),
).vectors;

const RECORD_LENGTH = 60;
/** The records of the terminal's data store. */
export function recordsOf({ messages }: Recorded): readonly Uint8Array[] {
  const message = parseMessage(fromHex(messages.find(({ name }) => name === "t-store")?.bytes ?? ""));
  if (message.kind !== "t-store") throw new Error("no data store");
  return Array.from({ length: message.INDEX }, (_, index) =>
    message.STORE.slice(RECORD_LENGTH * index, RECORD_LENGTH * (index + 1)),
  );
}
