/** Messages that any terminal answers without its security card and without a trace: for everything that is about the line. */
import { concat, fromHex, toHex, uintToBytes } from "../../../harness/core/bytes.ts";
import type { About } from "../../define/expect.ts";
import { due, iBlock, other } from "./blocks.ts";
import type { Line } from "./line.ts";

/** T-read-store of a record that is not there, 14 bytes. */
export function readNothing({ terminal }: Line): Uint8Array {
  return fromHex(`F80CDF2204${terminal.IDTERM}DF3A027FFF`);
}

/** A message of exactly `length` bytes with an element that the receiver ignores; as many zeros where there is none. */
export function messageOf(line: Line, length: number): Uint8Array {
  for (let filler = Math.max(0, length - 26); filler <= length; filler++) {
    const elements = concat(readNothing(line).subarray(2), fromHex("DF7F"), berLength(filler), new Uint8Array(filler));
    const message = concat(Uint8Array.of(0xf8), berLength(elements.length), elements);
    if (message.length === length) return message;
  }
  return new Uint8Array(length);
}

/** A length in its shortest form. */
export function berLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  return length < 0x100 ? Uint8Array.of(0x81, length) : concat(Uint8Array.of(0x82), uintToBytes(length, 2));
}

/** T-store without a record: IDTERM, INDEX, STORE of no bytes. */
export function isEmptyStore({ terminal }: Line, answer: Uint8Array): boolean {
  return new RegExp(`^F90FDF2204${terminal.IDTERM}DF3A02[0-9A-F]{4}DF3B00$`).test(toHex(answer));
}

/** The terminal is in step: it answers the plain message, in one block each way, with the numbers that are due. */
export async function inStep(line: Line, after: string, about?: About): Promise<void> {
  const answer = await line.exchange(readNothing(line), about);
  line.t.expect.that(isEmptyStore(line, answer), `the message after ${after} is answered`, {
    ...about,
    actual: toHex(answer),
  });
}

/** T-refusal with that CC as the next answer, whole in one block. */
export function refusal({ terminal }: Line, CC: string): Uint8Array {
  return fromHex(`F50CDF2204${terminal.IDTERM}DF1B02${CC}`);
}

/** The terminal's answer must be that very block; the numbers go on. */
export async function answersWith(line: Line, what: string, INF: Uint8Array, wanted: Uint8Array): Promise<void> {
  await line.says(what, iBlock(line.ns, INF), due.I(line.nr, wanted));
  line.ns = other(line.ns);
  line.nr = other(line.nr);
}
