/** Blocks of a pcapng file (IETF draft-ietf-opsawg-pcapng), little-endian. Pure: values in, bytes out. */

/** LINKTYPE_WIRESHARK_UPPER_PDU: packets that name the dissector that is to read them. */
const LINKTYPE_UPPER_PDU = 252;
const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const OPTION = { end: 0, comment: 1, hardware: 2, software: 4, name: 2, resolution: 9 } as const;
/** Timestamps count microseconds. */
const MICROSECONDS = 6;
/** A length field of an option has 16 bits; longer comments are cut. */
const LONGEST_OPTION = 60_000;

export interface PcapngPacket {
  /** Index of the interface, in the order of their blocks. */
  readonly interface: number;
  /** Microseconds since 1970. */
  readonly atUs: bigint;
  readonly bytes: Uint8Array;
  /** Number of bytes before they were cut. */
  readonly length: number;
  readonly comment: string;
}

/** Begins a file; `tool` and `machine` are shown as the capture's properties. */
export function sectionHeader(tool: string, machine: string): Uint8Array {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(0x1a2b3c4d, 0);
  head.writeUInt16LE(1, 4); // version 1.0
  head.writeBigInt64LE(-1n, 8); // length of the section is not told
  return block(BLOCK.section, head, [textOption(OPTION.hardware, machine), textOption(OPTION.software, tool)]);
}

export function interfaceDescription(name: string): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(LINKTYPE_UPPER_PDU, 0);
  return block(BLOCK.interface, head, [
    textOption(OPTION.name, name),
    option(OPTION.resolution, Uint8Array.of(MICROSECONDS)),
  ]);
}

export function packet({ interface: index, atUs, bytes, length, comment }: PcapngPacket): Uint8Array {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(index, 0);
  head.writeUInt32LE(Number(atUs >> 32n), 4);
  head.writeUInt32LE(Number(atUs & 0xffffffffn), 8);
  head.writeUInt32LE(bytes.length, 12);
  head.writeUInt32LE(Math.max(length, bytes.length), 16);
  const options = comment === "" ? [] : [textOption(OPTION.comment, comment)];
  return block(BLOCK.packet, Buffer.concat([head, padded(bytes)]), options);
}

function block(type: number, body: Uint8Array, options: readonly Uint8Array[]): Uint8Array {
  const ended = options.length === 0 ? [] : [...options, option(OPTION.end, new Uint8Array())];
  const length = 12 + body.length + ended.reduce((sum, each) => sum + each.length, 0);
  const frame = Buffer.alloc(8);
  frame.writeUInt32LE(type, 0);
  frame.writeUInt32LE(length, 4);
  return Buffer.concat([frame, body, ...ended, frame.subarray(4)]);
}

function textOption(code: number, text: string): Uint8Array {
  const bytes = Buffer.from(text, "utf8");
  return option(code, bytes.length <= LONGEST_OPTION ? bytes : wholeCharacters(bytes.subarray(0, LONGEST_OPTION)));
}

/** Without the character that the cut went through. */
function wholeCharacters(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, Math.max(0, end - 1));
}

function option(code: number, value: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

/** To a multiple of four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  return bytes.length % 4 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - (bytes.length % 4))]);
}
