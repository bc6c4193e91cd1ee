/** Recorded events again, from their lines of evidence. */
import { fromHex } from "../../../harness/core/bytes.ts";
import type { EvidenceEvent, EvidenceLine, KeptBytes } from "../../../harness/evidence/event.ts";
import type { RecordedEvent } from "../../../harness/flows/observed.ts";
import { NoValue } from "./value.ts";

/** Whether a station recorded it: the campaign's own lines have no time of the bench. */
export function isSeen({ bench, event }: EvidenceLine): boolean {
  return bench !== undefined && ["message", "log", "fault", "note"].includes(event.kind);
}

/** Throws `NoValue` for a line that no station recorded, and where evidence does not have all bytes. */
export function recordedEvent({ n, bench, event }: EvidenceLine): RecordedEvent {
  if (bench === undefined) throw new NoValue(`line ${n} was not recorded by a station`);
  return { ...traced(event, n), n, atMs: bench };
}

function traced(event: EvidenceEvent, n: number) {
  switch (event.kind) {
    case "message": {
      const { kind, link, from, to, step } = event;
      return { kind, link, from, to, ...(step === undefined ? {} : { step }), bytes: whole(event, n) };
    }
    case "fault": {
      const { kind, link, what, before, after } = event;
      return {
        kind,
        ...(link === undefined ? {} : { link }),
        what,
        ...(before === undefined ? {} : { before: whole(before, n) }),
        ...(after === undefined ? {} : { after: whole(after, n) }),
      };
    }
    case "log":
    case "note":
      return event;
    default:
      throw new NoValue(`line ${n} was not recorded by a station`);
  }
}

function whole({ hex, length }: KeptBytes, n: number): Uint8Array {
  if (length !== undefined) throw new NoValue(`line ${n} has not all of the ${length} bytes that passed`);
  return fromHex(hex);
}
