import { beforeEach, describe, expect, it } from "vitest";
import { concat, fromHex } from "../../core/bytes.ts";
import { phaseOf } from "./state.ts";
import {
  cancel,
  forged,
  ids,
  instead,
  lost,
  NONE,
  respond,
  type TerminalBed,
  terminalBed,
  unheard,
} from "./testing/terminal-bed.ts";

const A = ids("A");
const B = ids("B");

let bed: TerminalBed;
beforeEach(() => {
  bed = terminalBed();
});

const asUsual: TerminalBed["tamper"]["act"] = (_, answer) => answer();

describe("single trip draw", () => {
  it("gives the answer that the card will give, counts and records at once, and is idle again", async () => {
    const debit = await bed.say(bed.draw(A, 1250, 1));
    expect(bed.apdus).toEqual(["A404", "7000", "7001", "7201"]);
    expect(debit).toMatchObject({ kind: "t-debit", IDTRX: A, EXPECTED: bed.debitCard(debit) });
    expect(phaseOf(bed.terminal.state)).toBe("idle");
    expect(bed.totals()).toEqual([1250, 1]);
    expect(await bed.client.readStore(bed.soon())).toMatchObject([
      { COUNT: 1, IDTRX: A, CC: "0000", MPDA: 1250, NTPSAM: 1, NTIEP: 1, IDIEP: "0000004711", IDMER: "MERCHT01" },
    ]);
    expect(bed.entries()).toEqual([["data-store-updated", { COUNT: 1, CC: "0000", MPDA: 1250 }]]);
    expect(await bed.say(bed.draw(B, 100, 3))).toMatchObject({ kind: "t-debit", IDTRX: B });
    expect(bed.totals()).toEqual([1350, 2]);
  });

  it.each([
    [1, "706"],
    [2, "726"],
    [3, "746"],
  ])("updates the data store for COMPARE %i in step %s", async (COMPARE, step) => {
    await bed.say(bed.draw(A, 1, COMPARE));
    expect(bed.trace).toMatchObject([{ entry: "data-store-updated", step, IDTRX: A }]);
  });

  it("gives no EXPECTED and counts nothing without COMPARE", async () => {
    const debit = await bed.say(bed.draw(A));
    expect(debit.kind === "t-debit" && debit.EXPECTED).toBeUndefined();
    expect(bed.totals()).toEqual([0, 0]);
  });

  it("waits until a transaction of the other kind has ended", async () => {
    await bed.say(bed.draw(A));
    expect(await bed.say(bed.draw(B, 1, 1))).toMatchObject({ kind: "t-refusal", CC: "6985" });
  });

  it("passes on the refusal of the PSAM, and leaves no record", async () => {
    expect(await bed.say(bed.draw(A, 20_000_000, 1))).toMatchObject({ kind: "t-refusal", CC: "9401" });
    await bed.say(bed.draw(A, 1, 1));
    expect(await bed.say(bed.draw(A, 1, 1))).toMatchObject({ kind: "t-refusal", CC: "9416" });
    expect(await bed.records()).toEqual([["0000", 1]]);
  });

  it.each([
    ["CC", 53],
    ["NTIEP", 56],
    ["BALIEP", 60],
  ])("does not pass on an expectation with another %s, and has it withdrawn", async (_, offset) => {
    bed.tamper.act = instead(0x72, (answer) => answer.map((byte, index) => (index === offset ? byte ^ 1 : byte)));
    expect(await bed.say(bed.draw(A, 1250, 1))).toMatchObject({ kind: "t-refusal", CC: "6F00" });
    bed.tamper.act = asUsual;
    await bed.client.readTotals(bed.soon());
    expect(bed.apdus.slice(4)).toEqual(["A404", "8E00", "8C00"]);
    expect(bed.totals()).toEqual([0, 0]);
    expect(await bed.records()).toEqual([]);
  });

  it.each([
    [
      "a status word that is none beside DEBITDATA",
      (answer: Uint8Array) => concat(answer.subarray(0, -2), fromHex("9080")),
    ],
    [
      "a status word of the PSAM edge beside DEBITDATA",
      (answer: Uint8Array) => concat(answer.subarray(0, -2), fromHex("9414")),
    ],
    ["a status word that is none", () => fromHex("9080")],
  ])("does not take %s for a refusal, and has it withdrawn", async (_, spoil) => {
    bed.tamper.act = instead(0x72, spoil);
    expect(await bed.say(bed.draw(A, 1250, 1))).toMatchObject({ kind: "t-refusal", CC: "6F00" });
    bed.tamper.act = asUsual;
    await bed.client.readTotals(bed.soon());
    expect(bed.totals()).toEqual([0, 0]);
    expect(await bed.records()).toEqual([]);
  });

  it.each(["6E00", "6D00", "6A86", "6700", "6985"])(
    "selects the PSAM anew after %s in the middle of a draw",
    async (SW) => {
      let answers = 0;
      bed.tamper.act = instead(0x70, (answer) => (++answers === 2 ? fromHex(SW) : answer));
      expect(await bed.say(bed.draw(A, 1250, 1))).toMatchObject({ kind: "t-refusal", CC: SW });
      bed.tamper.act = asUsual;
      expect(await bed.say(bed.draw(B, 1250, 1))).toMatchObject({ kind: "t-debit" });
      expect(bed.apdus.slice(3)).toEqual(["A404", "7000", "7001", "7201"]);
    },
  );

  it("has both withdrawn where DEBITDATA names another transaction: nobody knows which one was issued", async () => {
    bed.tamper.act = instead(0x72, (answer) => answer.map((byte, index) => (index === 44 ? byte ^ 1 : byte)));
    expect(await bed.say(bed.draw(A, 1250, 1))).toMatchObject({ kind: "t-refusal", CC: "6F00" });
    bed.tamper.act = asUsual;
    await bed.client.readTotals(bed.soon());
    expect(bed.apdus.slice(4)).toEqual(["A404", "8E00", "8E00", "8C00"]);
    expect(bed.totals()).toEqual([0, 0]);
  });
});

describe("reversal of an issued transaction", () => {
  it("takes it back for good with MODE 00, and does not touch the open one", async () => {
    const debit = await bed.say(bed.draw(A, 1250, 1));
    const CARDRSP = bed.debitCard(debit);
    const open = await bed.say(bed.draw(B, 300));
    expect(await bed.say(cancel(A, 0))).toMatchObject({ kind: "t-done", IDTRX: A, CC: "0000" });
    expect(bed.totals()).toEqual([0, 0]);
    expect(phaseOf(bed.terminal.state)).toBe("draw amount");
    expect(bed.entries().slice(-2)).toEqual([
      ["data-store-updated", { COUNT: 2, CC: "A01D", MPDA: 1250 }],
      ["transaction-reversed", { MODE: 0 }],
    ]);
    expect(await bed.say(respond(A, CARDRSP))).toMatchObject({ kind: "t-result", CC: "9415" });
    expect(await bed.say(respond(B, bed.debitCard(open)))).toMatchObject({ kind: "t-result", CC: "0000" });
    expect(bed.totals()).toEqual([300, 1]);
    expect(await bed.records()).toEqual([
      ["0000", 1250],
      ["A01D", 1250],
      ["0000", 300],
    ]);
  });

  it("waits for the late answer with MODE 01, and credits it", async () => {
    const CARDRSP = bed.debitCard(await bed.say(bed.draw(A, 1250, 2)));
    expect(await bed.say(cancel(A, 1))).toMatchObject({ CC: "0000" });
    expect(bed.totals()).toEqual([0, 0]);
    expect(bed.entries().at(-1)).toEqual(["transaction-reversed", { MODE: 1 }]);
    expect(await bed.say(respond(A, forged(CARDRSP)))).toMatchObject({ CC: "9302" });
    expect(await bed.say(respond(A, CARDRSP))).toMatchObject({ kind: "t-result", CC: "0000" });
    expect(bed.totals()).toEqual([1250, 1]);
    expect(await bed.records()).toEqual([
      ["0000", 1250],
      ["A01D", 1250],
      ["0000", 1250],
    ]);
  });

  it("is refused for a transaction that the PSAM can take back no more, and the record holds", async () => {
    await bed.say(bed.draw(A, 5, 1));
    for (let count = 1; count <= 64; count++) {
      const IDTRX = count.toString(16).padStart(32, "0").toUpperCase();
      expect(await bed.say(bed.draw(IDTRX, 1, 1))).toMatchObject({ kind: "t-debit" });
    }
    expect(await bed.say(cancel(A, 0))).toMatchObject({ kind: "t-done", CC: "9415" });
    expect(await bed.say(cancel("0".repeat(31).concat("1"), 0))).toMatchObject({ kind: "t-done", CC: "0000" });
    expect(bed.totals()).toEqual([68, 64]);
    expect((await bed.records()).at(-1)).toEqual(["A01D", 1]);
  });
});

describe("T-response for an issued transaction", () => {
  it("confirms it without counting it twice", async () => {
    const response = respond(A, bed.debitCard(await bed.say(bed.draw(A, 1250, 1))));
    expect(await bed.say(response)).toMatchObject({ kind: "t-result", CC: "0000" });
    expect(await bed.say(response)).toMatchObject({ kind: "t-result", CC: "9416" });
    expect(bed.totals()).toEqual([1250, 1]);
    expect(await bed.records()).toEqual([
      ["0000", 1250],
      ["0000", 1250],
    ]);
  });

  it("changes nothing when S3 is wrong, and writes no record of it", async () => {
    const CARDRSP = bed.debitCard(await bed.say(bed.draw(A, 1250, 1)));
    expect(await bed.say(respond(A, forged(CARDRSP)))).toMatchObject({ CC: "9302" });
    expect(bed.totals()).toEqual([1250, 1]);
    expect(await bed.records()).toEqual([["0000", 1250]]);
    expect(await bed.say(cancel(A, 1))).toMatchObject({ CC: "0000" });
  });

  it("takes it back when the card signed that it was not debited", async () => {
    const CARDRSP = bed.negative(await bed.say(bed.draw(A, 1250, 1)));
    expect(await bed.say(respond(A, CARDRSP))).toMatchObject({ kind: "t-result", CC: "9404" });
    expect(bed.totals()).toEqual([0, 0]);
    expect(bed.entries().slice(-2)).toEqual([
      ["data-store-updated", { COUNT: 2, CC: "9404", MPDA: 1250 }],
      ["transaction-reversed", { MODE: 0 }],
    ]);
  });

  it("takes it back when the card refused without data, and leaves it when that proves nothing", async () => {
    await bed.say(bed.draw(A, 1250, 1));
    expect(await bed.say(respond(A, NONE, "0000"))).toMatchObject({ kind: "t-result", CC: "A010" });
    expect(bed.totals()).toEqual([1250, 1]);
    expect(await bed.say(respond(A, NONE, "6985"))).toMatchObject({ kind: "t-result", CC: "9404" });
    expect(bed.totals()).toEqual([0, 0]);
    expect(await bed.records()).toEqual([
      ["0000", 1250],
      ["A01D", 1250],
    ]);
  });
});

describe("a PSAM that was not heard", () => {
  it.each([
    ["worked off", unheard(0x72)],
    ["lost", lost(0x72)],
  ])("has a DEBIT that was %s withdrawn when it speaks again", async (_, act) => {
    bed.tamper.act = act;
    expect(await bed.say(bed.draw(A, 1250, 1))).toMatchObject({ kind: "t-refusal", CC: "A010" });
    bed.tamper.act = asUsual;
    expect(await bed.say(bed.draw(B, 1, 1))).toMatchObject({ kind: "t-debit" });
    expect(bed.apdus.slice(4, 6)).toEqual(["A404", "8E00"]);
    expect(bed.totals()).toEqual([1, 1]);
    expect(await bed.records()).toEqual([["0000", 1]]);
  });

  it("does not withdraw the transaction that was there before under the same IDTRX", async () => {
    await bed.say(bed.draw(A, 1250, 1));
    bed.tamper.act = unheard(0x72);
    for (const COMPARE of [1, undefined]) {
      expect(await bed.say(bed.draw(A, 1250, COMPARE))).toMatchObject({ kind: "t-refusal", CC: "A010" });
    }
    bed.tamper.act = asUsual;
    await bed.client.readTotals(bed.soon());
    expect(bed.totals()).toEqual([1250, 1]);
  });

  it.each([
    ["worked off", unheard(0x8e)],
    ["lost", lost(0x8e)],
  ])("has a reversal that was %s given again, and the data store knows", async (_, act) => {
    const CARDRSP = bed.debitCard(await bed.say(bed.draw(A, 1250, 1)));
    bed.tamper.act = act;
    expect(await bed.say(cancel(A, 1))).toMatchObject({ kind: "t-done", CC: "A010" });
    bed.tamper.act = asUsual;
    await bed.client.readTotals(bed.soon());
    expect(bed.apdus.slice(-3)).toEqual(["A404", "8E01", "8C00"]);
    expect(bed.totals()).toEqual([0, 0]);
    expect(await bed.records()).toEqual([
      ["0000", 1250],
      ["A01D", 1250],
    ]);
    expect(bed.entries().at(-1)).toEqual(["transaction-reversed", { MODE: 1 }]);
    expect(await bed.say(respond(A, CARDRSP))).toMatchObject({ CC: "0000" });
  });

  it.each([
    ["worked off", unheard(0x74)],
    ["lost", lost(0x74)],
  ])("has a late completion that was %s given again, also over a power cut", async (_, act) => {
    const CARDRSP = bed.debitCard(await bed.say(bed.draw(A, 1250, 1)));
    await bed.say(cancel(A, 1));
    bed.tamper.act = act;
    expect(await bed.say(respond(A, CARDRSP))).toMatchObject({ kind: "t-result", CC: "A010" });
    bed.tamper.act = asUsual;
    await bed.terminal.powerCycle();
    expect(bed.apdus.slice(-2)).toEqual(["A404", "7400"]);
    expect(bed.totals()).toEqual([1250, 1]);
    expect((await bed.records()).at(-1)).toEqual(["0000", 1250]);
  });

  it("keeps the doubt while its answer is none", async () => {
    bed.tamper.act = unheard(0x72);
    await bed.say(bed.draw(A, 1250, 1));
    bed.tamper.act = instead(0x8e, () => Uint8Array.of(0x90));
    expect(await bed.say({ kind: "t-read-totals", IDTERM: "00000001" })).toMatchObject({ CC: "6F00" });
    bed.tamper.act = asUsual;
    await bed.client.readTotals(bed.soon());
    expect(bed.apdus.slice(-5)).toEqual(["A404", "8E00", "A404", "8E00", "8C00"]);
    expect(bed.totals()).toEqual([0, 0]);
  });

  it("is selected again when it was reset behind the terminal's back", async () => {
    const response = respond(A, bed.debitCard(await bed.say(bed.draw(A, 1250, 1))));
    bed.psam.reset();
    expect(await bed.say(response)).toMatchObject({ kind: "t-result", CC: "6985" });
    expect(await bed.say(response)).toMatchObject({ kind: "t-result", CC: "0000" });
    expect(bed.totals()).toEqual([1250, 1]);
  });
});
