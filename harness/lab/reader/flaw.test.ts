import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { VirtualClock } from "../../core/clock.ts";
import { type ReaderDefect, readerDefect } from "../../core/reader-defect.ts";
import type { VirtualCard } from "../../device/virtual/virtual-card.ts";
import { TEST_ATR } from "../../device/virtual/wrong-cards.ts";
import { type CcidCommand, encodeCommand } from "../../protocol/ccid/command.ts";
import { CcidAccumulator, encodeFrame, encodeNak } from "../../protocol/ccid/frame.ts";
import { type CcidResponse, decodeResponse } from "../../protocol/ccid/response.ts";
import { encodeT1Block } from "../../protocol/t1/block.ts";
import { CcidReader } from "./ccid-reader.ts";

/** A card that echoes the data of commands, and counts its resets. */
function echo(seen: string[]): VirtualCard {
  return {
    powerOn: () => {
      seen.push("on");
      return TEST_ATR;
    },
    reset: () => {
      seen.push("reset");
      return TEST_ATR;
    },
    powerOff: () => seen.push("off"),
    transmit: (command) => {
      seen.push(toHex(command));
      return Uint8Array.of(...command.subarray(5), 0x90, 0x00);
    },
  };
}

class Host {
  readonly clock = new VirtualClock(new Date(0));
  readonly sent: string[] = [];
  readonly seen: string[][] = [[], []];
  readonly reader = new CcidReader((bytes) => this.#hear(bytes), this.clock);
  readonly #accumulator = new CcidAccumulator();
  #waiting: (response: CcidResponse) => void = () => undefined;

  constructor(defect: ReaderDefect) {
    this.reader.become(defect);
  }

  insert(slot: number): void {
    this.reader.insert(slot, echo(this.seen[slot] ?? []));
  }

  ask(kind: "icc-power-on" | "icc-power-off" | "get-slot-status", slot = 0): Promise<CcidResponse> {
    return this.#ask({ kind, slot, sequence: 5, voltage: 0 } as CcidCommand);
  }

  /** An I-block with `inf` (hex); the answer's bytes, or what went wrong. */
  async block(inf: string, { slot = 0, ns = 0 as 0 | 1, more = false } = {}): Promise<string> {
    const data = encodeT1Block({ kind: "I", nad: 0, ns, more, inf: fromHex(inf) }, "LRC");
    const response = await this.#ask({ kind: "transfer-block", slot, sequence: 7, bwi: 0, data });
    if (response.kind !== "data-block") return response.kind;
    expect([response.slot, response.sequence]).toEqual([slot, 7]);
    return response.outcome.kind === "failed" ? `error ${response.outcome.error.toString(16)}` : toHex(response.data);
  }

  #ask(command: CcidCommand): Promise<CcidResponse> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.reader.hear(encodeFrame(encodeCommand(command)));
    });
  }

  #hear(bytes: Uint8Array): void {
    this.sent.push(toHex(bytes));
    for (const frame of this.#accumulator.push(bytes))
      if (frame.kind === "message") this.#waiting(decodeResponse(frame.message));
  }
}

async function powered(defect: ReaderDefect): Promise<Host> {
  const host = new Host(defect);
  host.insert(0);
  await host.ask("icc-power-on");
  return host;
}

function block(inf: string, ns: 0 | 1 = 0): string {
  return toHex(encodeT1Block({ kind: "I", nad: 0, ns, more: false, inf: fromHex(inf) }, "LRC"));
}

describe("a defect of the emulated reader", () => {
  it("loses the last byte of long blocks alone", async () => {
    const host = await powered({ name: "drops-last-byte", above: 8 });
    expect(await host.block("80100000024142")).toBe(block("41429000"));
    expect(await host.block("80100000054142434445", { ns: 1 })).toBe(block("41424344459000", 1).slice(0, -2));
  });

  it("cuts what goes to the card", async () => {
    const host = await powered({ name: "cuts-block", above: 6 });
    expect(await host.block("801000000141")).toBe("00820082"); // R(0), other error
  });

  it("alters a byte and mends the EDC, towards card or host", async () => {
    const toCard = await powered({ name: "alters-byte", towards: "card", above: 4 });
    expect(await toCard.block("801000000141")).toBe(block("419000"));
    expect(toCard.seen[0]?.at(-1)).toBe("801001000141");
    const toHost = await powered({ name: "alters-byte", towards: "host", above: 4 });
    expect(await toHost.block("801000000141")).toBe(block("409000"));
  });

  it("takes the end of a chain's first block for that of the message", async () => {
    const host = await powered({ name: "drops-more-bit", towards: "card" });
    expect(await host.block("80100000", { more: true })).toBe(block("9000"));
  });

  it.each([
    ["no-tck", "3B848131FE4574657374"],
    ["historical-byte", "3B848131FE457465737598"],
    ["no-historical", "3B808131FE458B"],
  ] as const)("changes the answer to reset: %s", async (how, atr) => {
    const host = new Host({ name: "changes-atr", how });
    host.insert(0);
    expect(await host.ask("icc-power-on")).toMatchObject({ data: fromHex(atr), slot: 0, sequence: 5 });
  });

  it("tells removal or insertion later, or never", async () => {
    const statuses = async (host: Host, looks: number) => {
      const shown: string[] = [];
      for (let look = 0; look < looks; look++) {
        const response = await host.ask("get-slot-status");
        shown.push(response.kind === "slot-status" ? response.icc : response.kind);
      }
      return shown;
    };
    const inserted = new Host({ name: "late-insertion", looks: 2 });
    inserted.insert(0);
    expect(await statuses(inserted, 4)).toEqual(["absent", "absent", "inactive", "inactive"]);
    inserted.reader.remove(0);
    expect(await statuses(inserted, 1)).toEqual(["absent"]);
    const removed = new Host({ name: "late-removal", looks: 1 });
    removed.insert(0);
    expect(await statuses(removed, 1)).toEqual(["inactive"]);
    removed.reader.remove(0);
    expect(await statuses(removed, 3)).toEqual(["inactive", "absent", "absent"]);
    const hidden = new Host({ name: "hides-removal" });
    hidden.insert(0);
    await statuses(hidden, 1);
    hidden.reader.remove(0);
    expect(new Set(await statuses(hidden, 20))).toEqual(new Set(["inactive"]));
  });

  it("reaches the card in another slot", async () => {
    const host = new Host({ name: "wrong-slot", slot: 1, reaches: 0 });
    host.insert(0);
    host.insert(1);
    await host.ask("icc-power-on", 1);
    expect(await host.block("801000000141", { slot: 1 })).toBe(block("419000"));
    expect(host.seen).toEqual([["on", "801000000141"], []]);
  });

  it("answers with what another slot's card said", async () => {
    const host = new Host({ name: "mixes-slots", every: 1 });
    for (const slot of [0, 1]) {
      host.insert(slot);
      await host.ask("icc-power-on", slot);
    }
    expect(await host.block("801000000141")).toBe(block("419000"));
    expect(await host.block("801000000142", { slot: 1 })).toBe(block("419000"));
  });

  it("leaves the supply on, or does not reset at all", async () => {
    const warm = await powered({ name: "warm-for-cold" });
    expect(await warm.ask("icc-power-off")).toMatchObject({ icc: "inactive" });
    await warm.ask("icc-power-on");
    expect(warm.seen[0]).toEqual(["on", "reset"]);
    const never = await powered({ name: "no-reset" });
    expect(await never.ask("icc-power-on")).toMatchObject({ data: TEST_ATR });
    expect(never.seen[0]).toEqual(["on"]);
    await never.ask("icc-power-off");
    await never.ask("icc-power-on");
    expect(never.seen[0]).toEqual(["on", "off", "on"]);
  });

  it("says that a card is mute which asks for time", async () => {
    const host = new Host({ name: "no-time-extension" });
    const slow = { ...echo([]), transmit: () => host.clock.timer(3_000).elapsed.then(() => fromHex("9000")) };
    host.reader.insert(0, slow);
    await host.ask("icc-power-on");
    expect(await host.block("80100000")).toBe("error fe");
  });

  it("gives a block to the card twice", async () => {
    const host = await powered({ name: "repeats-block", every: 1 });
    expect(await host.block("801000000141")).toBe("00920092"); // R(1), other error: it has that one already
    expect(host.seen[0]).toEqual(["on", "801000000141"]);
  });

  it("damages frames, and may not hear the host's NAK", async () => {
    for (const nak of ["answered", "swallowed"] as const) {
      const host = new Host({ name: "garbles-frames", every: 1, nak });
      void host.ask("get-slot-status");
      await new Promise((resolve) => setImmediate(resolve));
      expect(host.sent.length).toBe(1);
      host.reader.hear(encodeNak());
      expect(host.sent.length).toBe(nak === "answered" ? 2 : 1);
      if (nak === "answered") expect(host.sent[1]?.slice(0, -2)).toBe(host.sent[0]?.slice(0, -2));
    }
  });

  it("fails now and then, or is slow", async () => {
    const failing = await powered({ name: "fails", every: 2 });
    expect(await failing.block("801000000141")).toBe(block("419000"));
    expect(await failing.block("801000000141", { ns: 1 })).toBe("error fb");
    const slow = await powered({ name: "slow", ms: 250 });
    expect(await slow.block("801000000141")).toBe(block("419000"));
    expect(slow.clock.monotonicMs()).toBe(250);
  });

  it("is gone when the reader is sound again", async () => {
    const host = await powered({ name: "fails", every: 1 });
    host.reader.become(undefined);
    expect(await host.block("801000000141")).toBe(block("419000"));
  });

  it("is read from YAML, where numbers are text, and from nothing else", () => {
    expect(readerDefect.parse({ name: "slow", ms: "20" })).toEqual({ name: "slow", ms: 20 });
    for (const wrong of [
      { name: "slow" },
      { name: "slow", ms: "x" },
      { name: "unheard-of" },
      { name: "fails", every: 0 },
    ])
      expect(readerDefect.safeParse(wrong).success).toBe(false);
  });
});
