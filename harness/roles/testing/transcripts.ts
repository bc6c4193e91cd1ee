/** What passes in the transcripts of `fixtures/vectors`, computed by the second implementation, for tests that replay them. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { type CipherSuite, type Comparison, comparisonOf, type SaleProfile } from "../../core/sale-profile.ts";
import { loadTestKeys } from "../../crypto/test-keys.ts";
import { parseMessage } from "../../protocol/messages/message.ts";

/** One message; what is there follows from its link. */
export interface Said {
  readonly link: "cable" | "234" | "235" | "236" | "line" | "SAM" | "HSM" | "batch";
  readonly from: string;
  readonly to: string;
  readonly name: string;
  /** Hex; not on link 234. A frame of link HSM is without its length. */
  readonly bytes?: string;
  readonly session?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly content?: string;
}

/** What every transcript has. */
export interface Recorded {
  /** Keys, random numbers and what was computed from them, hex. */
  readonly values: Readonly<Record<string, string>>;
  readonly messages: readonly Said[];
}

/** A purchase. */
export interface Transcript extends Recorded {
  readonly figure: string;
  readonly COMPARE: number;
  readonly suite: CipherSuite | null;
  /** Of fixtures/cards/. */
  readonly card: string;
  readonly IDMER: string;
  readonly IDTRX: string;
}

const FIXTURES = new URL("../../../fixtures/", import.meta.url);
export const fixture = (path: string): string => readFileSync(new URL(path, FIXTURES), "utf8");
export const KEYS = loadTestKeys(fixture("keys/test-keys.yaml"), "test-keys.yaml");
export const TRANSCRIPTS: readonly Transcript[] = JSON.parse(fixture("vectors/transcripts.json")).vectors;

export function profileOf({ COMPARE, suite }: Transcript): SaleProfile {
  const comparison: Comparison = comparisonOf(COMPARE) ?? "psam";
  return { comparison, encryption: suite ?? undefined, confirmation: "sealed", direct: false };
}

/** That value of a transcript; nothing where it has none. */
export function bytesNamed({ values }: Pick<Recorded, "values">, name: string): Uint8Array {
  return fromHex(values[name] ?? "");
}

/** What passes on one link in the order of the transcript: what a role says is compared with it, what it hears is read from it. */
export class Script {
  readonly #left: Said[];

  constructor({ messages }: Pick<Recorded, "messages">, link: Said["link"]) {
    this.#left = messages.filter((each) => each.link === link);
  }

  get next(): Said | undefined {
    return this.#left[0];
  }

  take(): Said {
    const said = this.#left.shift();
    if (said === undefined) throw new Error("the transcript is over");
    return said;
  }

  hear(): Uint8Array {
    return fromHex(this.take().bytes ?? "");
  }

  expectSaid(by: string, bytes: Uint8Array): void {
    const { from, name, bytes: expected } = this.take();
    expect({ from: by, name, bytes: toHex(bytes) }).toEqual({ from, name, bytes: expected });
  }

  expectOver(): void {
    expect(this.#left.map(({ name }) => name)).toEqual([]);
  }
}

export const LONGEST_NONCE = 12;

/** The nonce, or IV, at the beginning of what was sealed. */
export function nonceOf(sealed: Uint8Array, length = LONGEST_NONCE): Uint8Array {
  return sealed.slice(0, length);
}

/** That of the SEALED in the next message; zeros where it has none. */
export function nonceOfNext({ next }: Script, length?: number): Uint8Array {
  const message = parseMessage(fromHex(next?.bytes ?? ""));
  return "SEALED" in message ? nonceOf(message.SEALED, length) : new Uint8Array(LONGEST_NONCE);
}
