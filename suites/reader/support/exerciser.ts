/** Talking to the reader exerciser (`test-cards.md` 4) through the reader under test, by literal bytes. */
import { concat, fromHex, toHex } from "../../../harness/core/bytes.ts";
import { PursebenchError } from "../../../harness/core/errors.ts";
import type { CardSession, ReaderSlot, SlotCard } from "../../../harness/flows/devices.ts";
import type { DeviceContext } from "../../define/case.ts";
import { bytesOf, crc } from "./bytes.ts";

/** A response APDU, or the code of the error that came instead. */
export interface Answer {
  readonly data: Uint8Array;
  /** Four hex digits; an error code such as `DEVICE_LOST` where no answer came. */
  readonly SW: string;
}

/** What REPORT says. */
export interface Report {
  readonly PROTOCOL: number;
  readonly RESETS: number;
  readonly COMMANDS: number;
  /** CLA INS P1 P2 of the command before, hex. */
  readonly header: string;
  readonly Lc: number;
  readonly CRC: number;
}

export interface Talk {
  readonly slot: ReaderSlot;
  readonly card: CardSession;
  ask(command: Uint8Array | string): Promise<Answer>;
  report(): Promise<Report>;
}

type Exerciser = Omit<Extract<SlotCard, { kind: "exerciser" }>, "kind">;

/** Within this the reader has to tell that a card came or went, ms: pcscd looks at serial readers every 0.4 s, and twice before it is sure. */
export const TOLD_MS = 3_000;

/** The slot for cards of the bench: not that of the card under test, which would have to be put back. */
export function freeSlot(t: DeviceContext): number {
  return t.facts.offers.slots > 1 ? 1 : 0;
}

/** An exerciser in that slot, powered; where the bench has no hand the one that a person has put in. */
export async function exerciser(t: DeviceContext, card: Exerciser = {}, index = freeSlot(t)): Promise<Talk> {
  const slot = t.devices.slot(index);
  if (t.facts.offers.slots > 0 || (await isEmpty(slot))) await put(slot, { kind: "exerciser", ...card });
  return talkOver(slot, await slot.connect());
}

/** Where a person serves the reader, after another card. */
async function isEmpty(slot: ReaderSlot): Promise<boolean> {
  return (await failureOf(slot.presence(false, 0))) === "none";
}

/** Puts the card in, and waits until the reader has told of it. */
export async function put(slot: ReaderSlot, card: SlotCard): Promise<void> {
  await slot.insert(card);
  await slot.presence(true, TOLD_MS);
}

/** Takes the card out, and waits until the reader has told of that. */
export async function take(slot: ReaderSlot): Promise<void> {
  await slot.remove();
  await slot.presence(false, TOLD_MS);
}

export function talkOver(slot: ReaderSlot, card: CardSession): Talk {
  const ask = async (command: Uint8Array | string): Promise<Answer> => answerOf(await card.apdu(bytesOf(command)));
  return {
    slot,
    card,
    ask,
    report: async () => reportOf(await ask("8018000010")),
  };
}

/** The same, with the code of an error in place of a status word. */
export async function tried(talk: Talk, command: Uint8Array | string): Promise<Answer> {
  try {
    return await talk.ask(command);
  } catch (thrown) {
    return { data: new Uint8Array(0), SW: codeOf(thrown) };
  }
}

/** Of what the harness says of a device; anything else is thrown on. */
export function codeOf(thrown: unknown): string {
  if (thrown instanceof PursebenchError) return thrown.code;
  throw thrown;
}

/** The code with which `work` fails, or "none". */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  return await work.then(() => "none", codeOf);
}

export function answerOf(bytes: Uint8Array): Answer {
  return { data: bytes.slice(0, -2), SW: toHex(bytes.subarray(-2)) };
}

/** Data and status word as they stand in expectations: long data by length and CRC. */
export function shown({ data, SW }: Answer): string {
  if (data.length === 0) return SW;
  const said = data.length <= 24 ? toHex(data) : `${data.length} bytes with CRC ${hex4(crc(data))}`;
  return `${said} ${SW}`;
}

function reportOf({ data, SW }: Answer): Report {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (data.length !== 16 || SW !== "9000") {
    throw new PursebenchError("PROTOCOL", `REPORT was answered ${shown({ data, SW })}`, { owner: "reader" });
  }
  return {
    PROTOCOL: view.getUint8(0),
    RESETS: view.getUint32(1),
    COMMANDS: view.getUint32(5),
    header: toHex(data.subarray(9, 13)),
    Lc: view.getUint8(13),
    CRC: view.getUint16(14),
  };
}

/** ECHO of `data`; its answer is asked for (case 4) or not (case 3). */
export function echo(data: Uint8Array, asks = true): Uint8Array {
  const body = data.length > 0 ? concat(Uint8Array.of(data.length), data) : data;
  return concat(fromHex("80100000"), body, asks ? Uint8Array.of(0) : new Uint8Array(0));
}

/** PATTERN of `length` bytes; Le `le` (256: `00`). */
export function patternCommand(length: number, le = Math.min(length, 256)): Uint8Array {
  return Uint8Array.of(0x80, 0x12, length >> 8, length & 0xff, le & 0xff);
}

/** WORK of so many units. */
export function work(units: number): Uint8Array {
  return Uint8Array.of(0x80, 0x16, units >> 8, units & 0xff);
}

function hex4(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, "0");
}
