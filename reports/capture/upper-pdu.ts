/** A packet of Wireshark's "exported PDU" form: tags that name a dissector and say what the columns show, then the bytes. */

/** Tags of `epan/exported_pdu_tlvs.h`. */
const TAG = { end: 0, dissector: 12, protocolText: 33, direction: 35, infoText: 36 } as const;

export interface UpperPdu {
  /** A dissector of Wireshark: "iso7816" for APDUs, "data" for what it does not know. */
  readonly dissector: "iso7816" | "data";
  /** Where the dissector tells commands from responses by their direction. */
  readonly direction?: "sent" | "received" | undefined;
  /** For what no dissector names itself: text of the columns Protocol and Info. */
  readonly protocol?: string | undefined;
  readonly info?: string | undefined;
  readonly bytes: Uint8Array;
}

export function upperPdu({ dissector, direction, protocol, info, bytes }: UpperPdu): Uint8Array {
  return Buffer.concat([
    tag(TAG.dissector, text(dissector)),
    ...(direction === undefined ? [] : [tag(TAG.direction, Buffer.from([0, 0, 0, direction === "sent" ? 0 : 1]))]),
    ...(protocol === undefined ? [] : [tag(TAG.protocolText, text(protocol))]),
    ...(info === undefined ? [] : [tag(TAG.infoText, text(info))]),
    tag(TAG.end, Buffer.alloc(0)),
    bytes,
  ]);
}

/** Big-endian; the length is a multiple of four, filled with zeros. */
function tag(type: number, value: Buffer): Buffer {
  const length = Math.ceil(value.length / 4) * 4;
  const whole = Buffer.alloc(4 + length);
  whole.writeUInt16BE(type, 0);
  whole.writeUInt16BE(length, 2);
  value.copy(whole, 4);
  return whole;
}

/** Ends with a zero, as Wireshark wants its strings; ASCII, because that is all that its columns take for sure. */
function text(value: string): Buffer {
  return Buffer.from(`${value.replace(/[^\x20-\x7e]/g, "?").slice(0, 200)}\0`, "ascii");
}
