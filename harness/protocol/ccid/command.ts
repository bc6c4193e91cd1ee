/** Messages from host to reader (USB CCID 1.1, section 6.1), as far as a serial TPDU-level reader sees them. */
import { concat } from "../../core/bytes.ts";
import { unreachable } from "../../core/errors.ts";
import { CCID_HEADER_LENGTH, dataLength } from "./frame.ts";

interface Addressed {
  /** bSlot, 0 to 255. */
  readonly slot: number;
  /** bSeq, which the answer repeats. */
  readonly sequence: number;
}

export type CcidCommand =
  /** `voltage`: 0 automatic, 1 5.0 V, 2 3.0 V, 3 1.8 V. */
  | (Addressed & { readonly kind: "icc-power-on"; readonly voltage: number })
  | (Addressed & { readonly kind: "icc-power-off" })
  | (Addressed & { readonly kind: "get-slot-status" })
  /** `bwi`: multiplier of the block waiting time, 0 for none. `data`: one T=1 block, or a T=0 TPDU. */
  | (Addressed & { readonly kind: "transfer-block"; readonly bwi: number; readonly data: Uint8Array })
  | (Addressed & { readonly kind: "get-parameters" })
  | (Addressed & { readonly kind: "reset-parameters" })
  /** `protocol`: 0 for T=0 (5 bytes of data), 1 for T=1 (7 bytes). */
  | (Addressed & { readonly kind: "set-parameters"; readonly protocol: number; readonly data: Uint8Array })
  | (Addressed & { readonly kind: "escape"; readonly data: Uint8Array })
  | (Addressed & { readonly kind: "unrecognised"; readonly type: number; readonly bytes: Uint8Array })
  /** Shorter than a header, or dwLength differs from what follows. */
  | (Addressed & { readonly kind: "malformed"; readonly bytes: Uint8Array });

const TYPE = {
  "set-parameters": 0x61,
  "icc-power-on": 0x62,
  "icc-power-off": 0x63,
  "get-slot-status": 0x65,
  escape: 0x6b,
  "get-parameters": 0x6c,
  "reset-parameters": 0x6d,
  "transfer-block": 0x6f,
} as const;

/** The command that `message` (header and data, without framing) carries. Total: never throws. */
export function decodeCommand(message: Uint8Array): CcidCommand {
  const [type = 0, , , , , slot = 0, sequence = 0, specific = 0] = message;
  const address = { slot, sequence };
  if (message.length < CCID_HEADER_LENGTH || dataLength(message) !== message.length - CCID_HEADER_LENGTH) {
    return { kind: "malformed", ...address, bytes: message };
  }
  const data = message.slice(CCID_HEADER_LENGTH);
  switch (type) {
    case TYPE["icc-power-on"]:
      return { kind: "icc-power-on", ...address, voltage: specific };
    case TYPE["icc-power-off"]:
      return { kind: "icc-power-off", ...address };
    case TYPE["get-slot-status"]:
      return { kind: "get-slot-status", ...address };
    case TYPE["transfer-block"]:
      return { kind: "transfer-block", ...address, bwi: specific, data };
    case TYPE["get-parameters"]:
      return { kind: "get-parameters", ...address };
    case TYPE["reset-parameters"]:
      return { kind: "reset-parameters", ...address };
    case TYPE["set-parameters"]:
      return { kind: "set-parameters", ...address, protocol: specific, data };
    case TYPE.escape:
      return { kind: "escape", ...address, data };
    default:
      return { kind: "unrecognised", ...address, type, bytes: message };
  }
}

/** Header and data of `command`, without framing. */
export function encodeCommand(command: CcidCommand): Uint8Array {
  const none = new Uint8Array(0);
  switch (command.kind) {
    case "icc-power-on":
      return build(TYPE[command.kind], command, command.voltage, none);
    case "icc-power-off":
    case "get-slot-status":
    case "get-parameters":
    case "reset-parameters":
      return build(TYPE[command.kind], command, 0, none);
    case "transfer-block":
      return build(TYPE[command.kind], command, command.bwi, command.data);
    case "set-parameters":
      return build(TYPE[command.kind], command, command.protocol, command.data);
    case "escape":
      return build(TYPE[command.kind], command, 0, command.data);
    case "unrecognised":
    case "malformed":
      return command.bytes;
    default:
      return unreachable(command);
  }
}

function build(type: number, address: Addressed, specific: number, data: Uint8Array): Uint8Array {
  const header = new Uint8Array(CCID_HEADER_LENGTH);
  const view = new DataView(header.buffer);
  view.setUint8(0, type);
  view.setUint32(1, data.length, true);
  view.setUint8(5, address.slot);
  view.setUint8(6, address.sequence);
  view.setUint8(7, specific);
  return concat(header, data);
}
