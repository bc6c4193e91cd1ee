import type { CardTear } from "../../core/card-tear.ts";
import type { T1Mischief } from "../../core/t1-mischief.ts";

/** What a command is by its header: 1 nothing, 2 response data, 3 command data, 4 both (ISO/IEC 7816-3, 12.1.2). */
export type CaseByHeader = (header: {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
}) => 1 | 2 | 3 | 4;

/**
 * A card as behaviour, to be plugged into a virtual reader, into a slot of the virtual lab, or behind vpcd.
 * A method may answer at once or later; `null` is a card that stays mute. Methods are never called concurrently.
 */
export interface VirtualCard {
  /** Cold reset: power and clock come on. Answer to reset, 2 to 33 bytes. */
  powerOn(): Uint8Array | null | Promise<Uint8Array | null>;
  /** Warm reset of a powered card. Answer to reset, 2 to 33 bytes. */
  reset(): Uint8Array | null | Promise<Uint8Array | null>;
  /** Power goes, perhaps in the middle of a command; volatile memory is lost. */
  powerOff?(): void;
  /** One command APDU (over T=0 without `caseOf`: one TPDU) to one response APDU. */
  transmit(command: Uint8Array): Uint8Array | null | Promise<Uint8Array | null>;
  /**
   * Of a card that can be made to lose its power at a chosen moment, once: `onTorn` is called then, and the command is answered with
   * `null`. A new tear takes the place of one that waits, undefined takes it away.
   */
  tearAt?(tear: CardTear | undefined, onTorn?: () => void): void;
  /** Of a card that can speak T=0: what its commands are; 1 for those that it does not know. */
  readonly caseOf?: CaseByHeader | undefined;
  /** What it does wrong in T=1, where blocks are carried. */
  readonly mischief?: readonly T1Mischief[] | undefined;
}
