import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { overwriteAmount } from "./debit.ts";
import { debited, printable } from "./display.ts";
import { bench, debitData, EB, honest, IDTRX, ORDER, PAGE, RESULT, type Script, ScriptCard } from "./test-bench.ts";
import { hang, upToDebit } from "./testing/debit-script.ts";

describe("a purchase at the set-top box", () => {
  it("shows the total, debits the card once and shows what was bought", async () => {
    const card = new ScriptCard();
    const { box, heard, logs } = bench(honest, card);
    const result = await box.purchase(ORDER);
    expect(result).toMatchObject({ CC: "0000", IDTRX, CONTENT: "sunny", trouble: [] });
    expect(result.shown).toEqual(["Weather map", "Pay 12.50 EUR?", "12.50 EUR was debited. New balance 87.50 EUR."]);
    expect(heard.map(({ kind }) => kind)).toEqual(["selection", "card-information", "debit-response"]);
    expect(card.commands.map((each) => each.slice(0, 4))).toEqual(["00A4", "9050", "9054"]);
    expect(heard[1]).toMatchObject({ IDTRX, ATR: fromHex("3B00") });
    expect(heard[2]).toMatchObject({ CARDRSP: card.previous, SW: "9000", RECOVERED: 0 });
    expect(logs("debit-command")).toMatchObject([
      { step: "618", IDTRX, fields: { MPDA: 1250, CURRPDA: "0978", NTIEP: 7, NTPSAM: 9 } },
    ]);
    expect(logs("debit-response")).toMatchObject([{ step: "620", IDTRX, fields: { CC: "0000", SW: "9000" } }]);
    expect(box.pending()).toEqual([]);
  });

  it("keeps the card connected for the next purchase, which begins with a fresh INITIALIZE", async () => {
    const card = new ScriptCard();
    const { box } = bench(honest, card);
    await box.purchase(ORDER);
    const second = await box.purchase(ORDER);
    expect(second.shown.at(-1)).toBe("12.50 EUR was debited. New balance 75.00 EUR.");
    expect(card.count("50")).toBe(2);
  });

  it("overwrites the amount of the debit command by that of the page, and nothing else", async () => {
    const card = new ScriptCard();
    const script = upToDebit(async () => undefined);
    const tampered: Script = async (far) =>
      await script({ ...far, say: (m) => far.say(m === EB ? { ...EB, DEBITDATA: debitData(9999) } : m) });
    const { box, logs } = bench(tampered, card);
    await box.purchase(ORDER);
    expect(card.commands.at(-1)).toBe(`9054010035${toHex(debitData(1250))}10`);
    expect(logs("amount-replaced")).toMatchObject([{ IDTRX, fields: { received: 9999, MPDA: 1250 } }]);
    expect(toHex(overwriteAmount(debitData(1), 1250))).toBe(toHex(debitData(1250)));
  });

  it("does not touch the card when the user cancels, and says so to the head end", async () => {
    const card = new ScriptCard();
    const { box, heard } = bench(honest, card);
    const result = await box.purchase({ ...ORDER, decide: () => "cancel" });
    expect(result.CC).toBe("A011");
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX, CC: "A011" });
    expect(card.commands).toEqual([]);
  });

  it("lets the user decide by what the page says", async () => {
    const { box } = bench(honest, new ScriptCard());
    const seen: unknown[] = [];
    await box.purchase({
      ...ORDER,
      decide: (shown) => {
        seen.push(shown);
        return "cancel";
      },
    });
    expect(seen).toEqual([{ MPDA: 1250, CURRPDA: "0978", CEXPPDA: 2, TEXT: "Weather map" }]);
  });

  it("waits for a card that is put in after browsing", async () => {
    const { box, reader, clock } = bench(honest);
    void clock.timer(3_000).elapsed.then(() => reader.insert(new ScriptCard()));
    const result = await box.purchase(ORDER);
    expect(result.CC).toBe("0000");
    expect(result.shown).toContain("Please insert the card.");
  });

  it("ends with A015 when no card comes", async () => {
    const { box, heard, clock } = bench(honest);
    expect(await box.purchase(ORDER)).toMatchObject({ CC: "A015" });
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX, CC: "A015" });
    expect(clock.monotonicMs()).toBe(5_000);
  });

  it.each([
    ["mute", () => null],
    ["no purse", () => fromHex("6A82")],
    ["garbled", () => fromHex("6F0184009000")],
  ])("ends with A016 for a card that is %s", async (_, trick) => {
    const card = new ScriptCard();
    card.trick = trick;
    const { box, heard } = bench(honest, card);
    const result = await box.purchase(ORDER);
    expect(result.CC).toBe("A016");
    expect(result.shown.at(-1)).toMatch(/Nothing was paid/);
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX, CC: "A016" });
  });

  it("shows that the debit is done when the head end says so, and the balance in the end", async () => {
    const text = { kind: "user-message", IDTRX, CC: "0000", TEXT: "12.50 EUR was debited." } as const;
    const script = upToDebit(async (far) => {
      await far.hear();
      await far.say(text);
      await far.say(RESULT);
    });
    const { shown } = await bench(script, new ScriptCard()).box.purchase(ORDER);
    expect(shown.slice(2)).toEqual(["12.50 EUR was debited.", "New balance 87.50 EUR."]);
  });
});

describe("a debit command that comes again", () => {
  it("is answered with the card's previous signature and never executed again", async () => {
    const card = new ScriptCard();
    const script = upToDebit(async (far) => {
      await far.hear();
      await far.say(EB);
      await far.hear();
      await far.say(RESULT);
    });
    const { box, heard } = bench(script, card);
    expect((await box.purchase(ORDER)).CC).toBe("0000");
    expect(card.count("54")).toBe(1);
    expect(heard.slice(2)).toMatchObject([
      { RECOVERED: 0, CARDRSP: card.previous },
      { RECOVERED: 1, CARDRSP: card.previous, SW: "9000" },
    ]);
    expect(card.balance).toBe(8_750);
  });

  it("ends the purchase when it comes without end", async () => {
    const card = new ScriptCard();
    const script = upToDebit(async (far) => {
      while (await far.hear()) await far.say(EB);
    });
    const { box } = bench(script, card);
    expect((await box.purchase(ORDER)).CC).toBe("A01A");
    expect(card.count("54")).toBe(1);
    expect(box.pending()).toHaveLength(1);
  });
});

describe("a refusal that the card never gave", () => {
  /** The head end whose page says that somebody else than the PSAM compares, and which ends with `CC`. */
  const ending = (COMPARE: number | undefined, CC: string): Script => {
    return async (far) => {
      await far.hear();
      await far.say({ ...PAGE, COMPARE });
      await far.hear();
      await far.say(EB);
      await far.hear();
      await far.say({ kind: "user-message", IDTRX, CC, TEXT: "no" });
    };
  };

  it.each([2, 3])("leaves the debit for a recovery where COMPARE is %i", async (COMPARE) => {
    const { box } = bench(ending(COMPARE, "9401"), new ScriptCard());
    expect(await box.purchase(ORDER)).toMatchObject({ CC: "A01A" });
    expect(box.pending()).toHaveLength(1);
  });

  it.each([
    [undefined, "9401"],
    [1, "9404"],
    [2, "A018"],
  ])("is the last word where the PSAM judges, as is a server's own code (COMPARE %s, %s)", async (COMPARE, CC) => {
    const { box } = bench(ending(COMPARE, CC), new ScriptCard());
    expect(await box.purchase(ORDER)).toMatchObject({ CC });
    expect(box.pending()).toEqual([]);
  });
});

describe("a head end that fails", () => {
  const failures: readonly [string, Script][] = [
    ["silent", hang],
    ["closed", async () => undefined],
    ["garbage", async (far) => await far.say(fromHex("E2 05 DF13"))],
    [
      "an unexpected message",
      async (far) =>
        await far.say({
          kind: "selection",
          SESSION: "0000000000000000",
          SITE: "x",
          ITEM: "y",
          QUANTITY: 1,
          PAYMENT: 1,
        }),
    ],
    ["another transaction", async (far) => await far.say({ ...RESULT, IDTRX: "0".repeat(32) })],
    [
      "endless news",
      async (far) => {
        for (let i = 0; i < 99; i++) await far.say({ kind: "user-message", CC: "0000", TEXT: "x" });
      },
    ],
  ];
  const steps = ["page", "debit command", "result"] as const;
  it.each(failures.flatMap(([name, act]) => steps.map((step) => [name, step, act] as const)))(
    "%s instead of the %s ends the purchase in bounded time",
    async (_, step, act) => {
      const card = new ScriptCard();
      const script: Script = async (far) => {
        await far.hear();
        if (step === "page") return await act(far);
        await far.say(PAGE);
        await far.hear();
        if (step === "debit command") return await act(far);
        await far.say(EB);
        await far.hear();
        return await act(far);
      };
      const { box, clock } = bench(script, card);
      const result = await box.purchase(ORDER);
      expect(clock.monotonicMs()).toBeLessThan(60_000);
      expect(card.count("54")).toBe(step === "result" ? 1 : 0);
      expect(result.CC).not.toBe("0000");
      expect(result.shown.length).toBeGreaterThan(0);
      if (step !== "result") return expect(box.pending()).toEqual([]);
      expect(result.CC).toBe("A01A");
      expect(box.pending()).toMatchObject([{ IDTRX, CARDRSP: toHex(card.previous ?? new Uint8Array(0)) }]);
    },
  );

  it("gets the card's answer in a recovery without the card when it was lost on the cable only", async () => {
    let isFirst = true;
    const script: Script = async (far) => {
      if (!isFirst) return await honest(far);
      isFirst = false;
      return await upToDebit(async (f) => void (await f.hear()))(far);
    };
    const { box, reader, heard } = bench(script, new ScriptCard());
    expect((await box.purchase(ORDER)).CC).toBe("A01A");
    reader.remove();
    expect(await box.recoverPending()).toMatchObject([{ CC: "0000", CONTENT: "sunny" }]);
    expect(heard.at(-1)?.kind).toBe("recovery");
    expect(box.pending()).toEqual([]);
  });

  it("is told of as unreachable when nobody listens", async () => {
    const { box, headEnd } = bench(honest, new ScriptCard());
    await headEnd[Symbol.asyncDispose]();
    const result = await box.purchase(ORDER);
    expect(result).toMatchObject({ CC: "A019", trouble: [{ owner: "server" }] });
    expect(result.shown).toEqual(["The cable provider cannot be reached."]);
  });
});

it.each([
  [25, "25 points were debited."],
  [1, "1 point was debited."],
])("says of value that is no money: %s", (MPDA, text) => {
  expect(debited({ MPDA, CURRPDA: "0999", CEXPPDA: 0 })).toBe(text);
});

it("shows no control characters and no change of writing direction from outside", () => {
  expect(printable("a\u0007b\u202Ec\nd ")).toBe("a b c d");
});
