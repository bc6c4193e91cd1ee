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
    { code: OPTION.resolution, value: Uint8Array.of(MICROSECONDS) },
  ]);
}

export function packet({ interface: index, atUs, bytes, length, comment }: PcapngPacket): Uint8Array {
  const options = comment === "" ? [] : [textOption(OPTION.comment, comment)];
  const { whole, start } = emptyBlock(BLOCK.packet, 20 + inFours(bytes.length), options);
  whole.writeUInt32LE(index, start);
  whole.writeUInt32LE(Number(atUs >> 32n), start + 4);
  whole.writeUInt32LE(Number(atUs & 0xffffffffn), start + 8);
  whole.writeUInt32LE(bytes.length, start + 12);
  whole.writeUInt32LE(Math.max(length, bytes.length), start + 16);
  whole.set(bytes, start + 20);
  return whole;
}

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

function block(type: number, body: Uint8Array, options: readonly Option[]): Uint8Array {
  const { whole, start } = emptyBlock(type, body.length, options);
  whole.set(body, start);
  return whole;
}

/** A block whose body of `size` bytes, a multiple of four, is still zeros; it begins at `start`. */
function emptyBlock(type: number, size: number, options: readonly Option[]) {
  const ended = options.length === 0 ? [] : [...options, { code: OPTION.end, value: new Uint8Array() }];
  const length = ended.reduce((sum, { value }) => sum + 4 + inFours(value.length), 12 + size);
  const start = 8;
  const whole = Buffer.alloc(length);
  whole.writeUInt32LE(type, 0);
  whole.writeUInt32LE(length, 4);
  let at = start + size;
  for (const { code, value } of ended) {
    whole.writeUInt16LE(code, at);
    whole.writeUInt16LE(value.length, at + 2);
    whole.set(value, at + 4);
    at += 4 + inFours(value.length);
  }
  whole.writeUInt32LE(length, length - 4);
  return { whole, start };
}

function textOption(code: number, text: string): Option {
  const bytes = Buffer.from(text, "utf8");
  return { code, value: bytes.length <= LONGEST_OPTION ? bytes : wholeCharacters(bytes.subarray(0, LONGEST_OPTION)) };
}

/** Without the character that the cut went through. */
function wholeCharacters(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, Math.max(0, end - 1));
}

/** Every part begins at a multiple of four. */
function inFours(length: number): number {
  return Math.ceil(length / 4) * 4;
}
