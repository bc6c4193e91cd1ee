import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { answeringCard, muteCard, TEST_ATR } from "../../device/virtual/wrong-cards.ts";
import { type CcidCommand, encodeCommand } from "../../protocol/ccid/command.ts";
import { CcidAccumulator, encodeFrame } from "../../protocol/ccid/frame.ts";
import { type CcidResponse, decodeResponse } from "../../protocol/ccid/response.ts";
import { CcidReader } from "./ccid-reader.ts";

/** The host's end of the line: one command, one answer. */
class Host {
  readonly reader: CcidReader;
  readonly sent: Uint8Array[] = [];
  readonly #accumulator = new CcidAccumulator();
  #waiting: ((response: CcidResponse) => void) | undefined;

  constructor() {
    this.reader = new CcidReader((bytes) => this.#hear(bytes), systemClock);
  }

  ask(command: CcidCommand): Promise<CcidResponse> {
    return this.askRaw(encodeFrame(encodeCommand(command)));
  }

  askRaw(bytes: Uint8Array): Promise<CcidResponse> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.reader.hear(bytes);
    });
  }

  async block(hex: string, slot = 0): Promise<string> {
    const response = await this.ask({ kind: "transfer-block", slot, sequence: 9, bwi: 0, data: fromHex(hex) });
    return response.kind === "data-block" && response.outcome.kind === "processed"
      ? toHex(response.data)
      : response.kind;
  }

  async look(): Promise<string> {
    const response = await this.ask({ kind: "get-slot-status", ...at });
    return response.kind === "slot-status" ? response.icc : response.kind;
  }

  #hear(bytes: Uint8Array): void {
    this.sent.push(bytes);
    for (const frame of this.#accumulator.push(bytes)) {
      if (frame.kind === "message") this.#waiting?.(decodeResponse(frame.message));
    }
  }
}

const at = { slot: 0, sequence: 1 } as const;
const powerOn = { kind: "icc-power-on", ...at, voltage: 1 } as const;

async function powered(card: VirtualCard): Promise<Host> {
  const host = new Host();
  host.reader.insert(0, card);
  await host.ask(powerOn);
  return host;
}

describe("the emulated reader", () => {
  it("answers the printed GetSlotStatus with the status of an empty slot", async () => {
    const host = new Host();
    await host.askRaw(fromHex("03 06 65 00000000 00 00 000000 60"));
    // SlotStatus 81, bStatus 02 absent; the LRC is the XOR of the bytes before it
    expect(host.sent.map(toHex)).toEqual(["0306" + "81000000000000020000" + "86"]);
  });

  it("repeats slot and sequence number and sends the answer to reset", async () => {
    const host = new Host();
    host.reader.insert(3, answeringCard(fromHex("9000")));
    expect(await host.ask({ ...powerOn, slot: 3, sequence: 77 })).toEqual({
      kind: "data-block",
      slot: 3,
      sequence: 77,
      icc: "active",
      outcome: { kind: "processed" },
      data: TEST_ATR,
    });
  });

  it("tells an absent card and a mute one in bStatus", async () => {
    const host = new Host();
    expect(await host.ask(powerOn)).toMatchObject({ icc: "absent", outcome: { kind: "failed", error: 0xfe } });
    host.reader.insert(0, muteCard());
    expect(await host.ask(powerOn)).toMatchObject({ icc: "inactive", outcome: { kind: "failed", error: 0xfe } });
  });

  it("resets warm while the card has power and cold when it has none", async () => {
    const seen: string[] = [];
    const card: VirtualCard = {
      ...answeringCard(fromHex("9000")),
      powerOn: () => (seen.push("cold") > 0 ? TEST_ATR : null),
      reset: () => (seen.push("warm") > 0 ? TEST_ATR : null),
      powerOff: () => seen.push("off"),
    };
    const host = await powered(card);
    await host.ask(powerOn);
    await host.ask({ kind: "icc-power-off", ...at });
    await host.ask({ kind: "icc-power-off", ...at });
    await host.ask(powerOn);
    expect(seen).toEqual(["cold", "warm", "off", "cold"]);
  });

  it("speaks T=1 for the card: IFS, a command, its repetition, RESYNCH", async () => {
    let commands = 0;
    const card = { ...answeringCard(fromHex("9000")), transmit: () => Uint8Array.of(0x90, ++commands) };
    const host = await powered(card);
    expect(await host.block("00 C1 01 FE 3E")).toBe("00E101FE1E");
    expect(await host.block("00 00 05 00A4040000 A5")).toBe("0000029001" + "93");
    // asked again for block 0 with R(0): the same answer, and the card is not asked twice
    expect(await host.block("00 82 00 82")).toBe("0000029001" + "93");
    expect(commands).toBe(1);
    expect(await host.block("00 C0 00 C0")).toBe("00E000E0");
    expect(await host.block("00 00 05 00A4040000 A5")).toBe("0000029002" + "90");
  });

  it("accepts parameter selection, only as the first thing after a reset", async () => {
    const host = await powered(answeringCard(fromHex("9000")));
    expect(await host.block("FF 11 95 7B")).toBe("FF11957B");
    expect(await host.block("FF 11 95 7B")).not.toBe("FF11957B");
  });

  it("passes TPDUs on for a card that offers T=0 only", async () => {
    const card = { ...answeringCard(fromHex("6110")), powerOn: () => fromHex("3B00") };
    const host = await powered(card);
    expect(await host.block("00A4040000")).toBe("6110");
  });

  it("answers noise with NAK, and NAK with the last frame again", async () => {
    const host = new Host();
    host.reader.hear(fromHex("55"));
    expect(toHex(concat(...host.sent))).toBe("031516");
    await host.ask({ kind: "get-slot-status", ...at });
    host.reader.hear(fromHex("03 15 16"));
    expect(host.sent.length).toBe(3);
    expect(host.sent[2]).toEqual(host.sent[1]);
  });

  it("refuses slots and commands that it does not have", async () => {
    const host = new Host();
    const refused = { kind: "slot-status", outcome: { kind: "failed", error: 0x05 } };
    expect(await host.ask({ kind: "get-slot-status", slot: 5, sequence: 0 })).toMatchObject(refused);
    expect(await host.askRaw(encodeFrame(fromHex("69 00000000 00 00 000000")))).toMatchObject({
      outcome: { kind: "failed", error: 0x00 },
    });
  });

  it("shows a card in another's place at the third look, and at the next when the empty slot was noticed", async () => {
    const host = await powered(answeringCard(fromHex("9000")));
    host.reader.remove(0);
    expect(await host.look()).toBe("absent");
    host.reader.insert(0, answeringCard(fromHex("9001")));
    expect([await host.look(), await host.look()]).toEqual(["absent", "inactive"]);
    host.reader.remove(0);
    expect(await host.look()).toBe("absent");
    host.reader.noticed(0);
    host.reader.insert(0, answeringCard(fromHex("9002")));
    expect(await host.look()).toBe("inactive");
  });

  it("exchanges a card unseen that has no power, for one with the same answer to reset", async () => {
    const other: VirtualCard = { ...answeringCard(fromHex("9002")), powerOn: () => fromHex("3B00") };
    const host = await powered(answeringCard(fromHex("9000")));
    expect(await host.reader.exchange(0, answeringCard(fromHex("9001")))).toBe(false); // it has power
    await host.ask({ kind: "icc-power-off", ...at });
    expect(await host.reader.exchange(0, other)).toBe(false);
    expect(await host.reader.exchange(0, muteCard())).toBe(false);
    expect(await host.reader.exchange(0, answeringCard(fromHex("9001")))).toBe(true);
    expect(await host.look()).toBe("inactive");
    await host.ask(powerOn);
    expect(await host.block("00 00 05 00A4040000 A5")).toBe("000002900193");
    host.reader.remove(0);
    expect(await host.reader.exchange(0, answeringCard(fromHex("9000")))).toBe(false); // there is none
  });

  it("does not exchange a card that stays mute: the host takes it for one", async () => {
    const host = await powered(muteCard());
    expect(await host.reader.exchange(0, answeringCard(fromHex("9000")))).toBe(false);
  });

  it("answers for a card that was pulled while it worked, and forgets its answer", async () => {
    let finish = (_: Uint8Array): void => undefined;
    const slow: VirtualCard = {
      ...answeringCard(fromHex("9000")),
      transmit: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    };
    const host = await powered(slow);
    const answer = host.ask({ kind: "transfer-block", ...at, bwi: 0, data: fromHex("00 00 05 00A4040000 A5") });
    host.reader.remove(0);
    expect(await answer).toMatchObject({ icc: "absent", outcome: { kind: "failed", error: 0xfe } });
    finish(fromHex("9000"));
    expect(await host.ask({ kind: "get-slot-status", ...at })).toMatchObject({ icc: "absent" });
    expect(host.sent.length).toBe(3);
  });
});
