import { beforeEach, describe, expect, it } from "vitest";
import { fromHex } from "../../core/bytes.ts";
import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage } from "../../protocol/messages/message.ts";
import { TerminalClient } from "./client.ts";
import { phaseOf } from "./state.ts";
import {
  cancel,
  forged,
  IDTERM,
  ids,
  instead,
  NONE,
  respond,
  type TerminalBed,
  terminalBed,
  unheard,
} from "./testing/terminal-bed.ts";

let bed: TerminalBed;
beforeEach(() => {
  bed = terminalBed();
});

describe("terminal with its PSAM", () => {
  it("takes a purchase through draw, debit and completion, one package at a time", async () => {
    const debit = await bed.say(bed.draw(ids("A")));
    expect(bed.apdus).toEqual(["A404", "7000", "7001", "7200"]);
    expect(phaseOf(bed.terminal.state)).toBe("draw amount");
    const result = await bed.say(respond(ids("A"), bed.debitCard(debit)));
    expect(result).toMatchObject({ kind: "t-result", IDTERM, IDTRX: ids("A"), CC: "0000" });
    expect(bed.apdus.slice(4)).toEqual(["7400"]);
    expect(await bed.client.readStore(bed.soon())).toEqual([
      {
        COUNT: 1,
        IDTRX: ids("A"),
        PPIEP: "000123",
        IDIEP: "0000004711",
        MPDA: 1250,
        CURRPDA: "0978",
        CEXPPDA: 2,
        CC: "0000",
        NTIEP: 1,
        NTPSAM: 1,
        IDMER: "MERCHT01",
        DTHR: "20260730123456",
      },
    ]);
    expect(bed.trace).toEqual([
      {
        role: "terminal",
        kind: "log",
        entry: "data-store-updated",
        step: "630",
        IDTRX: ids("A"),
        fields: { COUNT: 1, CC: "0000", MPDA: 1250 },
      },
    ]);
    expect(phaseOf(bed.terminal.state)).toBe("idle");
  });

  it("reads totals, through its client too", async () => {
    await bed.say(respond(ids("A"), bed.debitCard(await bed.say(bed.draw(ids("A"))))));
    expect(await bed.client.readTotals(bed.soon())).toMatchObject({
      IDPSAM: "00A10001",
      NTPSAM: 2,
      totals: [{ PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: 1250, NTOT: 1 }],
    });
  });

  it("passes on the status word of a PSAM that refuses, and is free again", async () => {
    expect(await bed.say({ ...bed.draw(ids("A")), CURRPDA: "0999" })).toMatchObject({ kind: "t-refusal", CC: "9414" });
    expect(await bed.say(bed.draw(ids("A"), 20_000_000))).toMatchObject({
      kind: "t-refusal",
      IDTRX: ids("A"),
      CC: "9401",
    });
    expect(await bed.say({ ...bed.draw(ids("A")), ATR: fromHex("3FFF") })).toMatchObject({
      kind: "t-refusal",
      CC: "6A80",
    });
    expect(await bed.say(bed.draw(ids("A")))).toMatchObject({ kind: "t-debit" });
  });

  it("refuses a second draw while one is open", async () => {
    const debit = await bed.say(bed.draw(ids("A")));
    const before = bed.apdus.length;
    const second = bed.draw(ids("B"));
    expect(await bed.say(second)).toEqual({ kind: "t-refusal", IDTERM, IDTRX: ids("B"), CC: "6985" });
    expect(bed.apdus.length).toBe(before);
    expect(debit.kind).toBe("t-debit");
  });

  it("keeps the transaction open after a wrong S3, and takes the right answer afterwards", async () => {
    const CARDRSP = bed.debitCard(await bed.say(bed.draw(ids("A"))));
    expect(await bed.say(respond(ids("A"), forged(CARDRSP)))).toMatchObject({ kind: "t-result", CC: "9302" });
    expect(phaseOf(bed.terminal.state)).toBe("draw amount");
    expect(await bed.say(respond(ids("A"), CARDRSP))).toMatchObject({ kind: "t-result", CC: "0000" });
    expect((await bed.client.readStore(bed.soon())).map(({ CC }) => CC)).toEqual(["9302", "0000"]);
  });

  it("raises nothing twice: a repeated response is 9416 and leaves no second record", async () => {
    const response = respond(ids("A"), bed.debitCard(await bed.say(bed.draw(ids("A")))));
    await bed.say(response);
    expect(await bed.say(response)).toMatchObject({ kind: "t-result", CC: "9416" });
    expect(await bed.client.readStore(bed.soon())).toHaveLength(1);
    expect((await bed.client.readTotals(bed.soon())).totals).toMatchObject([{ MTOT: 1250, NTOT: 1 }]);
  });

  it.each(["9302", "9303", "6985", "6581"])("withdraws when the card refused with %s and no data", async (SW) => {
    await bed.say(bed.draw(ids("A")));
    expect(await bed.say(respond(ids("A"), NONE, SW))).toMatchObject({ kind: "t-result", CC: "9404" });
    expect(bed.apdus.slice(4)).toEqual(["8E00"]);
    expect(phaseOf(bed.terminal.state)).toBe("idle");
    expect(bed.psam.state.memory).toMatchObject({ open: null, suspended: [], totals: [] });
    expect((await bed.client.readStore(bed.soon())).map(({ CC }) => CC)).toEqual(["9404"]);
  });

  it.each(["0000", "9000", "6300"])("leaves it open when SW %s without data says nothing certain", async (SW) => {
    const debit = await bed.say(bed.draw(ids("A")));
    expect(await bed.say(respond(ids("A"), NONE, SW))).toEqual({
      kind: "t-result",
      IDTERM,
      IDTRX: ids("A"),
      CC: "A010",
    });
    expect(bed.apdus).toHaveLength(4);
    expect(await bed.say(respond(ids("A"), bed.debitCard(debit)))).toMatchObject({ CC: "0000" });
  });

  it("suspends, serves others, and completes the late answer with the facts of its own draw", async () => {
    const CARDRSP = bed.debitCard(await bed.say(bed.draw(ids("A"), 700)));
    expect(await bed.say(cancel(ids("A"), 1))).toEqual({ kind: "t-done", IDTERM, IDTRX: ids("A"), CC: "0000" });
    await bed.say(respond(ids("B"), bed.debitCard(await bed.say(bed.draw(ids("B"), 300)))));
    expect(await bed.say(respond(ids("A"), CARDRSP))).toMatchObject({ kind: "t-result", CC: "0000" });
    const store = await bed.client.readStore(bed.soon());
    expect(store.map(({ COUNT, MPDA, NTPSAM }) => [COUNT, MPDA, NTPSAM])).toEqual([
      [1, 300, 2],
      [2, 700, 1],
    ]);
  });

  it("withdraws on T-cancel 00 and says 9415 for what it does not have", async () => {
    await bed.say(bed.draw(ids("A")));
    expect(await bed.say(cancel(ids("B"), 0))).toMatchObject({ kind: "t-done", CC: "9415" });
    expect(phaseOf(bed.terminal.state)).toBe("draw amount");
    expect(await bed.say(cancel(ids("A"), 0))).toMatchObject({ kind: "t-done", CC: "0000" });
    expect(bed.psam.state.memory).toMatchObject({ open: null, suspended: [] });
    expect(await bed.say(cancel(ids("A"), 1))).toMatchObject({ kind: "t-done", CC: "9415" });
  });
});

describe("terminal and power", () => {
  it("keeps data store and suspended transaction over a power cut", async () => {
    await bed.say(respond(ids("A"), bed.debitCard(await bed.say(bed.draw(ids("A"))))));
    const CARDRSP = bed.debitCard(await bed.say(bed.draw(ids("B"))));
    await bed.terminal.powerCycle();
    expect(phaseOf(bed.terminal.state)).toBe("idle");
    expect(bed.psam.state.memory.suspended).toHaveLength(1);
    expect(await bed.say(respond(ids("B"), CARDRSP))).toMatchObject({ kind: "t-result", CC: "0000" });
    expect((await bed.client.readStore(bed.soon())).map(({ COUNT, IDTRX }) => [COUNT, IDTRX])).toEqual([
      [1, ids("A")],
      [2, ids("B")],
    ]);
  });
});

describe("terminal without a usable PSAM", () => {
  it("answers A010 after 3,000 ms of silence, and works again when the PSAM does", async () => {
    bed.tamper.act = () => "silence";
    expect(await bed.say(bed.draw(ids("A")))).toEqual({ kind: "t-refusal", IDTERM, IDTRX: ids("A"), CC: "A010" });
    expect(bed.clock.monotonicMs()).toBe(3_000);
    bed.tamper.act = (_, answer) => answer();
    expect(await bed.say(bed.draw(ids("A")))).toMatchObject({ kind: "t-debit" });
  });

  it("withdraws a DEBITDATA that it never got", async () => {
    bed.tamper.act = unheard(0x72);
    expect(await bed.say(bed.draw(ids("A")))).toMatchObject({ kind: "t-refusal", CC: "A010" });
    bed.tamper.act = (_, answer) => answer();
    expect(await bed.say(bed.draw(ids("B")))).toMatchObject({ kind: "t-debit" });
    expect(bed.psam.state.memory.suspended).toEqual([]);
    expect(bed.apdus.slice(4, 6)).toEqual(["A404", "8E00"]);
  });

  it("answers 9416 for the completion whose first answer was lost, and keeps a record of it", async () => {
    const response = respond(ids("A"), bed.debitCard(await bed.say(bed.draw(ids("A")))));
    bed.tamper.act = unheard(0x74);
    expect(await bed.say(response)).toMatchObject({ kind: "t-result", CC: "A010" });
    bed.tamper.act = (_, answer) => answer();
    expect(await bed.say(response)).toMatchObject({ kind: "t-result", CC: "9416" });
    expect((await bed.client.readStore(bed.soon())).map(({ CC }) => CC)).toEqual(["9416"]);
  });

  it.each([
    ["IDTRX", 44],
    ["MPDA", 14],
    ["DTHR", 24],
  ])("does not pass on a debit command with another %s, and is free again", async (_, offset) => {
    bed.tamper.act = instead(0x72, (answer) => answer.map((byte, index) => (index === offset ? byte ^ 1 : byte)));
    expect(await bed.say(bed.draw(ids("A")))).toMatchObject({ kind: "t-refusal", CC: "6F00" });
    bed.tamper.act = (__, answer) => answer();
    expect(await bed.say(bed.draw(ids("B")))).toMatchObject({ kind: "t-debit" });
  });

  it("does not pass on an answer that is none", async () => {
    bed.tamper.act = instead(0x72, () => fromHex("01029000"));
    expect(await bed.say(bed.draw(ids("A")))).toMatchObject({ kind: "t-refusal", CC: "6F00" });
    bed.tamper.act = instead(0x8c, () => fromHex("9000"));
    expect(await bed.say({ kind: "t-read-totals", IDTERM })).toMatchObject({ kind: "t-refusal", CC: "6F00" });
  });

  it.each([
    ["no totals", "01029000", "6F00", ["A404", "8C00"]],
    ["no response", "90", "6F00", ["A404", "8C00"]],
    ["a refusal that READ TOTALS does not have", "9418", "6F00", ["A404", "8C00"]],
    ["a refusal with data", "026D00", "6F00", ["A404", "8C00"]],
    ["not now", "6985", "6985", ["A404", "8C00"]],
    ["a refusal of the command", "6D00", "6D00", ["8C00"]],
  ])(
    "passes on no answer to READ TOTALS that is %s, and selects the PSAM anew where it may be lost",
    async (_, bytes, CC, next) => {
      const totals = { kind: "t-read-totals", IDTERM } as const;
      const debit = await bed.say(bed.draw(ids("A")));
      bed.tamper.act = instead(0x8c, () => fromHex(bytes));
      expect(await bed.say(totals)).toMatchObject({ kind: "t-refusal", CC });
      bed.tamper.act = (__, answer) => answer();
      bed.apdus.length = 0;
      expect(await bed.say(totals)).toMatchObject({ kind: "t-totals" });
      expect(bed.apdus).toEqual(next);
      // what was open is suspended, and is completed all the same
      expect(await bed.say(respond(ids("A"), bed.debitCard(debit)))).toMatchObject({ kind: "t-result", CC: "0000" });
      expect(bed.totals()).toEqual([1250, 1]);
    },
  );

  it("selects the PSAM anew when its answer to CANCEL is none", async () => {
    await bed.say(bed.draw(ids("A")));
    bed.tamper.act = instead(0x8e, () => fromHex("90"));
    expect(await bed.say(cancel(ids("A"), 0))).toMatchObject({ kind: "t-done", CC: "6F00" });
    bed.tamper.act = (_, answer) => answer();
    bed.apdus.length = 0;
    expect(await bed.say(bed.draw(ids("B")))).toMatchObject({ kind: "t-debit" });
    expect(bed.apdus[0]).toBe("A404");
  });
});

describe("a status word that no table of the PSAM edge has for that command", () => {
  it.each([
    ["COMPLETE", 0x74, () => respond(ids("A"), new Uint8Array(16))],
    ["CANCEL", 0x8e, () => cancel(ids("A"), 0)],
    ["CANCEL of what the card refused", 0x8e, () => respond(ids("A"), NONE, "9302")],
  ] as const)("is no answer to %s: 6F00, and the PSAM is selected anew", async (_, ins, message) => {
    await bed.say(bed.draw(ids("A")));
    for (const answer of ["6F12", "9418", "029415"]) {
      bed.tamper.act = instead(ins, () => fromHex(answer));
      bed.apdus.length = 0;
      expect(await bed.say(message())).toMatchObject({ CC: "6F00" });
      expect(bed.apdus.includes("A404")).toBe(answer !== "6F12");
    }
  });

  it.each([0x70, 0x72])("is no answer to a package (INS %i) either", async (ins) => {
    bed.tamper.act = instead(ins, () => fromHex("6F12"));
    expect(await bed.say(bed.draw(ids("A")))).toMatchObject({ kind: "t-refusal", CC: "6F00" });
    bed.apdus.length = 0;
    bed.tamper.act = (_, genuine) => genuine();
    expect(await bed.say(bed.draw(ids("B")))).toMatchObject({ kind: "t-debit" });
    expect(bed.apdus[0]).toBe("A404");
  });
});

describe("terminal and messages that it must not obey", () => {
  it.each([
    ["malformed", fromHex("F100"), "A001"],
    ["another terminal's", encodeMessage({ kind: "t-read-store", IDTERM: "00000002", INDEX: 0 }), "A009"],
    ["its own kind", encodeMessage({ kind: "t-done", IDTERM, IDTRX: ids("A"), CC: "0000" }), "A00A"],
    ["of another link", encodeMessage({ kind: "refusal", CC: "A001" }), "A00A"],
  ])("refuses what is %s", async (_, bytes, CC) => {
    expect(await bed.say(bytes)).toMatchObject({ kind: "t-refusal", IDTERM, CC });
    expect(bed.apdus).toEqual([]);
  });

  it("works off one message after the other", async () => {
    const first = bed.draw(ids("A"));
    const second = bed.draw(ids("B"));
    const answers = await Promise.all([bed.say(first), bed.say(second)]);
    expect(answers.map(({ kind }) => kind)).toEqual(["t-debit", "t-refusal"]);
  });
});

describe("terminal client", () => {
  it("reads more than one page", async () => {
    for (let count = 0; count < 40; count++) {
      const IDTRX = count.toString(16).padStart(32, "0").toUpperCase();
      await bed.say(respond(IDTRX, bed.debitCard(await bed.say(bed.draw(IDTRX, 1)))));
    }
    const records = await bed.client.readStore(bed.soon());
    expect(records.map(({ COUNT }) => COUNT)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it.each<[string, Message]>([
    ["a terminal that hides records", { kind: "t-store", IDTERM, INDEX: 3, STORE: NONE }],
    ["records that are none", { kind: "t-store", IDTERM, INDEX: 1, STORE: new Uint8Array(60).fill(0xff) }],
    ["another answer", { kind: "t-refusal", IDTERM, CC: "A001" }],
  ])("does not put up with %s", async (_, answer) => {
    const client = new TerminalClient({ exchange: async () => encodeMessage(answer) }, IDTERM);
    await expect(client.readStore(bed.soon())).rejects.toMatchObject({ code: "PROTOCOL", owner: "terminal" });
  });
});
