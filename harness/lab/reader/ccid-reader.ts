/** The emulated reader: CCID over a serial line, five slots, TPDU level, as a GemCore POS Pro. */
import type { Clock } from "../../core/clock.ts";
import { PursebenchError, unreachable } from "../../core/errors.ts";
import type { ReaderDefect } from "../../core/reader-defect.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { type CcidCommand, decodeCommand } from "../../protocol/ccid/command.ts";
import { CcidAccumulator, encodeFrame, encodeNak } from "../../protocol/ccid/frame.ts";
import { CCID_ERROR, type CcidResponse, encodeResponse } from "../../protocol/ccid/response.ts";
import { type CcidFlaw, flawOf } from "./flaw.ts";
import { Slot, type SlotAnswer } from "./slot.ts";

/** What a GemCore POS Pro has, and what the driver opens for that name. */
export const SLOT_COUNT = 5;

/** Answer to escape 02; the driver keeps at most 49 bytes. */
const FIRMWARE = new TextEncoder().encode("pursebench virtual POS Pro 1.0");
/** T=1 with default values (ISO/IEC 7816-3, 11.2 and the CCID structure for it). */
const DEFAULT_PARAMETERS = Uint8Array.of(0x11, 0x10, 0x00, 0x4d, 0x00, 0x20, 0x00);
const NOTHING = new Uint8Array(0);

export class CcidReader {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #clock: Clock;
  readonly #accumulator = new CcidAccumulator();
  readonly #slots: readonly Slot[];
  readonly #parameters: { protocol: number; data: Uint8Array }[];
  /** The last frame, for a host that did not understand it. */
  #lastFrame: Uint8Array = NOTHING;
  #flaw: CcidFlaw | undefined;
  /** Counts commands of each slot: when the host has given one up and sent another, its late answer is dropped. */
  readonly #turns: number[] = Array.from({ length: SLOT_COUNT }, () => 0);

  /** `send` writes to the line; it is called with whole frames. */
  constructor(send: (bytes: Uint8Array) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
    this.#slots = Array.from({ length: SLOT_COUNT }, () => new Slot(clock));
    this.#parameters = Array.from({ length: SLOT_COUNT }, () => ({ protocol: 1, data: DEFAULT_PARAMETERS }));
  }

  /** Bytes from the host. */
  hear(bytes: Uint8Array): void {
    for (const frame of this.#accumulator.push(bytes)) {
      switch (frame.kind) {
        case "message":
          void this.#answer(decodeCommand(frame.message));
          break;
        case "nak":
          if (!this.#flaw?.swallowsNak) this.#send(this.#lastFrame);
          break;
        case "garbled":
          this.#send(encodeNak());
          break;
        default:
          unreachable(frame);
      }
    }
  }

  /** From now on the reader has that defect; undefined: none. */
  become(defect: ReaderDefect | undefined): void {
    const isPresent = (slot: number) => (this.#slots[slot]?.status ?? "absent") !== "absent";
    this.#flaw = defect && flawOf(defect, this.#clock, isPresent);
  }

  insert(slot: number, card: VirtualCard): void {
    this.#slot(slot).insert(card);
  }

  remove(slot: number): void {
    this.#slot(slot).remove();
  }

  /** Resolves when the host was told of the card in `slot`, or of its absence, or when that is out of date. */
  shown(slot: number, what: "present" | "absent"): Promise<void> {
    return this.#slot(slot).shown(what);
  }

  /** As that of the slot. */
  async exchange(slot: number, card: VirtualCard): Promise<boolean> {
    return await this.#slot(slot).exchange(card);
  }

  /** As that of the slot. */
  noticed(slot: number): void {
    this.#slot(slot).noticed();
  }

  /** What the slot says of its card. */
  status(slot: number): "active" | "inactive" | "absent" {
    return this.#slot(slot).status;
  }

  #slot(number: number): Slot {
    const slot = this.#slots[number];
    if (slot) return slot;
    throw new PursebenchError("USAGE", `the virtual reader has no slot ${number}`, {
      mend: `use 0 to ${SLOT_COUNT - 1}`,
    });
  }

  async #answer(command: CcidCommand): Promise<void> {
    const turn = (this.#turns[command.slot] ?? 0) + 1;
    this.#turns[command.slot] = turn;
    const flaw = this.#flaw;
    const response = await (flaw ? this.#spoiled(flaw, command) : this.#perform(command));
    if (this.#turns[command.slot] !== turn) return;
    this.#lastFrame = encodeFrame(encodeResponse(response));
    this.#send(flaw?.frame?.(this.#lastFrame) ?? this.#lastFrame);
  }

  async #spoiled(flaw: CcidFlaw, command: CcidCommand): Promise<CcidResponse> {
    const { slot, sequence } = command;
    const response = await flaw.around(command, (seen) => this.#perform(seen));
    return response.kind === "unrecognised" ? response : { ...response, slot, sequence };
  }

  async #perform(command: CcidCommand): Promise<CcidResponse> {
    const slot = this.#slots[command.slot];
    if (!slot) return slotStatus(command, failure("absent", CCID_ERROR.SLOT_DOES_NOT_EXIST));
    switch (command.kind) {
      case "icc-power-on":
        return dataBlock(command, await performSafely(slot, () => slot.powerOn()));
      case "icc-power-off":
        return slotStatus(command, slot.powerOff());
      case "get-slot-status":
        return slotStatus(command, { icc: slot.show(), outcome: { kind: "processed" }, data: NOTHING });
      case "transfer-block":
        return dataBlock(command, await performSafely(slot, () => slot.transfer(command.data)));
      case "get-parameters":
        return this.#showParameters(command, slot);
      case "reset-parameters":
        this.#parameters[command.slot] = { protocol: 1, data: DEFAULT_PARAMETERS };
        return this.#showParameters(command, slot);
      case "set-parameters":
        this.#parameters[command.slot] = { protocol: command.protocol, data: command.data };
        slot.selectProtocol(command.protocol);
        return this.#showParameters(command, slot);
      case "escape":
        return { ...answered(command, slot), kind: "escape", data: command.data[0] === 0x02 ? FIRMWARE : NOTHING };
      case "malformed":
        return slotStatus(command, failure(slot.status, CCID_ERROR.BAD_LENGTH));
      case "unrecognised":
        return slotStatus(command, failure(slot.status, CCID_ERROR.COMMAND_NOT_SUPPORTED));
      default:
        return unreachable(command);
    }
  }

  #showParameters(command: CcidCommand, slot: Slot): CcidResponse {
    const { protocol, data } = this.#parameters[command.slot] ?? { protocol: 1, data: DEFAULT_PARAMETERS };
    return { ...answered(command, slot), kind: "parameters", protocol, data };
  }
}

/** A card program that throws is a card that stays mute; the reader goes on. */
async function performSafely(slot: Slot, work: () => Promise<SlotAnswer>): Promise<SlotAnswer> {
  try {
    return await work();
  } catch {
    return failure(slot.status, CCID_ERROR.HW_ERROR); // the lab tells nobody: what the card is made of is the user's
  }
}

function answered(command: CcidCommand, slot: Slot) {
  return { slot: command.slot, sequence: command.sequence, icc: slot.status, outcome: { kind: "processed" } } as const;
}

function dataBlock({ slot, sequence }: CcidCommand, answer: SlotAnswer): CcidResponse {
  return { kind: "data-block", slot, sequence, ...answer };
}

function slotStatus({ slot, sequence }: CcidCommand, { icc, outcome }: SlotAnswer): CcidResponse {
  return { kind: "slot-status", slot, sequence, icc, outcome };
}

function failure(icc: SlotAnswer["icc"], error: number): SlotAnswer {
  return { icc, outcome: { kind: "failed", error }, data: NOTHING };
}
