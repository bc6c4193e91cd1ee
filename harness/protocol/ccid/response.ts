/** Messages from reader to host (USB CCID 1.1, section 6.2). */
import { concat } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import { CCID_HEADER_LENGTH, dataLength } from "./frame.ts";

/** bmICCStatus. */
export type IccStatus = "active" | "inactive" | "absent";

/** bError where bStatus says "failed" (USB CCID 1.1, table 6.2-2). */
export const CCID_ERROR = {
  COMMAND_NOT_SUPPORTED: 0x00,
  BAD_LENGTH: 0x01,
  SLOT_DOES_NOT_EXIST: 0x05,
  CMD_SLOT_BUSY: 0xe0,
  HW_ERROR: 0xfb,
  XFR_PARITY_ERROR: 0xfd,
  ICC_MUTE: 0xfe,
} as const;

export type CcidOutcome =
  | { readonly kind: "processed" }
  /** `error`: bError, see `CCID_ERROR`. */
  | { readonly kind: "failed"; readonly error: number }
  /** The card needs `multiplier` times the waiting time; the real answer follows. */
  | { readonly kind: "time-extension"; readonly multiplier: number };

interface Answer {
  readonly slot: number;
  readonly sequence: number;
  readonly icc: IccStatus;
  readonly outcome: CcidOutcome;
}

export type CcidResponse =
  /** `data`: answer to reset, or a block. */
  | (Answer & { readonly kind: "data-block"; readonly data: Uint8Array })
  | (Answer & { readonly kind: "slot-status" })
  | (Answer & { readonly kind: "parameters"; readonly protocol: number; readonly data: Uint8Array })
  | (Answer & { readonly kind: "escape"; readonly data: Uint8Array })
  | { readonly kind: "unrecognised"; readonly bytes: Uint8Array };

const TYPE = { "data-block": 0x80, "slot-status": 0x81, parameters: 0x82, escape: 0x83 } as const;
const ICC = { active: 0, inactive: 1, absent: 2 } as const;
const OUTCOME = { processed: 0x00, failed: 0x40, "time-extension": 0x80 } as const;

/** Header and data of `response`, without framing. */
export function encodeResponse(response: CcidResponse): Uint8Array {
  switch (response.kind) {
    case "data-block":
    case "escape":
      return build(response, 0, response.data);
    case "slot-status":
      return build(response, 0, new Uint8Array(0));
    case "parameters":
      return build(response, response.protocol, response.data);
    case "unrecognised":
      return response.bytes;
    default:
      return unreachable(response);
  }
}

function build(answer: Answer & { kind: keyof typeof TYPE }, specific: number, data: Uint8Array): Uint8Array {
  const header = new Uint8Array(CCID_HEADER_LENGTH);
  const view = new DataView(header.buffer);
  view.setUint8(0, TYPE[answer.kind]);
  view.setUint32(1, data.length, true);
  view.setUint8(5, answer.slot);
  view.setUint8(6, answer.sequence);
  view.setUint8(7, ICC[answer.icc] | OUTCOME[answer.outcome.kind]);
  view.setUint8(8, errorByte(answer.outcome));
  view.setUint8(9, specific);
  return concat(header, data);
}

function errorByte(outcome: CcidOutcome): number {
  switch (outcome.kind) {
    case "processed":
      return 0;
    case "failed":
      return outcome.error;
    case "time-extension":
      return outcome.multiplier;
    default:
      return unreachable(outcome);
  }
}

/** The response that `message` carries. Total: what no table allows is `unrecognised`. */
export function decodeResponse(message: Uint8Array): CcidResponse {
  const unrecognised = { kind: "unrecognised", bytes: message } as const;
  if (message.length < CCID_HEADER_LENGTH || dataLength(message) !== message.length - CCID_HEADER_LENGTH) {
    return unrecognised;
  }
  const [type, , , , , slot = 0, sequence = 0, status = 0, error = 0, specific = 0] = message;
  const icc = (["active", "inactive", "absent"] as const)[status & 0x03];
  const outcome = decodeOutcome(status & 0xc0, error);
  if (!icc || !outcome) return unrecognised;
  const answer = { slot, sequence, icc, outcome };
  const data = message.slice(CCID_HEADER_LENGTH);
  switch (type) {
    case TYPE["data-block"]:
      return { kind: "data-block", ...answer, data };
    case TYPE["slot-status"]:
      return { kind: "slot-status", ...answer };
    case TYPE.parameters:
      return { kind: "parameters", ...answer, protocol: specific, data };
    case TYPE.escape:
      return { kind: "escape", ...answer, data };
    default:
      return unrecognised;
  }
}

function decodeOutcome(bits: number, error: number): CcidOutcome | undefined {
  switch (bits) {
    case OUTCOME.processed:
      return { kind: "processed" };
    case OUTCOME.failed:
      return { kind: "failed", error };
    case OUTCOME["time-extension"]:
      return { kind: "time-extension", multiplier: error };
    default:
      return undefined;
  }
}
