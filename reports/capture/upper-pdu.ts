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
  const tags: (readonly [type: number, value: string])[] = [[TAG.dissector, text(dissector)]];
  if (direction !== undefined) tags.push([TAG.direction, direction === "sent" ? "\0\0\0\0" : "\0\0\0\x01"]);
  if (protocol !== undefined) tags.push([TAG.protocolText, text(protocol)]);
  if (info !== undefined) tags.push([TAG.infoText, text(info)]);
  tags.push([TAG.end, ""]);
  // written into one piece of memory: a run has hundreds of thousands of them
  const whole = Buffer.alloc(tags.reduce((sum, [, value]) => sum + 4 + filled(value), bytes.length));
  let at = 0;
  for (const [type, value] of tags) {
    whole.writeUInt16BE(type, at);
    whole.writeUInt16BE(filled(value), at + 2);
    whole.write(value, at + 4, "latin1");
    at += 4 + filled(value);
  }
  whole.set(bytes, at);
  return whole;
}

/** Length of a tag's value: a multiple of four, filled with zeros. */
function filled(value: string): number {
  return Math.ceil(value.length / 4) * 4;
}

/** Ends with a zero, as Wireshark wants its strings; ASCII, because that is all that its columns take for sure. */
function text(value: string): string {
  return `${value.replace(/[^\x20-\x7e]/g, "?").slice(0, 200)}\0`;
}
