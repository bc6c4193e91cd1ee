import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { overwriteAmount } from "./debit.ts";
import { debited, printable } from "./display.ts";
import {
  bench,
  debitData,
  EB,
  type Far,
  honest,
  IDTRX,
  ORDER,
  PAGE,
  RESULT,
  type Script,
  ScriptCard,
} from "./test-bench.ts";

/** The head end up to and with the debit command, then `rest`. */
function upToDebit(rest: Script): Script {
  return async (far) => {
    if ((await far.hear())?.kind === "recovery") return await far.say(RESULT);
    await far.say(PAGE);
    await far.hear();
    await far.say(EB);
    await rest(far);
  };
}

async function hang(far: Far): Promise<void> {
  while (await far.hear());
}

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

describe("a card that is lost", () => {
  /** Pulls the card at DEBIT IEP, before or after it was executed. */
  function torn(when: "before" | "after") {
    const card = new ScriptCard();
    const b = bench(honest, card);
    card.trick = (command, answer) => {
      if (command[1] !== 0x54) return answer();
      if (when === "after") answer();
      b.reader.remove();
      return null;
    };
    return { ...b, card };
  }

  it("is asked for its answer when it is put back in time: the purchase succeeds", async () => {
    const { box, card, clock, reader, heard } = torn("after");
    void clock.timer(2_000).elapsed.then(() => reader.insert(card));
    const result = await box.purchase(ORDER);
    expect(result).toMatchObject({ CC: "0000", trouble: [{ owner: "card" }] });
    expect(card.count("54")).toBe(1);
    expect(heard.at(-1)).toMatchObject({ kind: "debit-response", RECOVERED: 1, CARDRSP: card.previous });
    expect(box.pending()).toEqual([]);
  });

  it("was not debited if it says 9406: nothing stays open", async () => {
    const { box, card, clock, reader, heard } = torn("before");
    void clock.timer(2_000).elapsed.then(() => reader.insert(card));
    await box.purchase(ORDER);
    expect(heard.at(-1)).toMatchObject({ kind: "debit-response", SW: "9406", CARDRSP: new Uint8Array(0) });
    expect(box.pending()).toEqual([]);
    expect(card.balance).toBe(10_000);
  });

  it("leaves the purchase unresolved when it stays away, and is recovered before the next purchase", async () => {
    const { box, card, reader, heard } = torn("after");
    const result = await box.purchase(ORDER);
    expect(result.CC).toBe("A01A");
    expect(heard.at(-1)).toMatchObject({
      kind: "debit-response",
      SW: "0000",
      CARDRSP: new Uint8Array(0),
      RECOVERED: 0,
    });
    expect(JSON.parse(JSON.stringify(box.pending()))).toMatchObject([
      { IDTRX, PPIEP: "123456", IDIEP: "0000000042", NTIEP: 7, CARDRSP: null, HOST: "payment.test" },
    ]);
    card.trick = (_, answer) => answer();
    reader.insert(card);
    expect((await box.purchase(ORDER)).CC).toBe("0000");
    const [recovery] = heard.filter(({ kind }) => kind === "recovery");
    expect(recovery).toMatchObject({
      IDTRX,
      IDMER: "MERCH001",
      PORT: 7236,
      CARDRSP: fromHex("0000 0007 0000222E AAAAAAAAAAAAAAAA"),
    });
    expect(card.count("54")).toBe(2);
    expect(box.pending()).toEqual([]);
  });

  it("is not confused with another card", async () => {
    const { box, clock, reader } = torn("after");
    const other = new ScriptCard("0000000043");
    void clock.timer(1_000).elapsed.then(() => reader.insert(other));
    expect((await box.purchase(ORDER)).CC).toBe("A01A");
    expect(other.count("5A")).toBe(0);
    expect(other.count("54")).toBe(0);
    expect(box.pending()).toHaveLength(1);
    expect((await box.recoverPending()).map(({ CC }) => CC)).toEqual(["A01A"]);
    expect(box.pending()).toHaveLength(1);
  });

  it("drops what is open when the card says later that it was never debited", async () => {
    const { box, card, reader, logs, heard } = torn("before");
    await box.purchase(ORDER);
    card.trick = (_, answer) => answer();
    reader.insert(card);
    const before = heard.length;
    expect((await box.recoverPending()).map(({ CC }) => CC)).toEqual(["9406"]);
    expect(box.pending()).toEqual([]);
    expect(logs("pending-dropped")).toHaveLength(1);
    expect(heard).toHaveLength(before);
  });

  it("is never debited when it was changed between card information and debit command", async () => {
    const card = new ScriptCard();
    const other = new ScriptCard("0000000043");
    let swap = (): void => undefined;
    const script: Script = async (far) => {
      await far.hear();
      await far.say(PAGE);
      await far.hear();
      swap();
      await far.say(EB);
      await far.hear();
    };
    const { box, reader, heard } = bench(script, card);
    swap = () => {
      reader.remove();
      reader.insert(other);
    };
    expect((await box.purchase(ORDER)).CC).toBe("A016");
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX, CC: "A016" });
    expect([card.count("54"), other.count("54")]).toEqual([0, 0]);
    expect(box.pending()).toEqual([]);
  });

  it("is noticed when the kept contact is stale, and the new one is used", async () => {
    const { box, reader } = bench(honest, new ScriptCard());
    await box.purchase(ORDER);
    reader.remove();
    const other = new ScriptCard("0000000043");
    reader.insert(other);
    expect((await box.purchase(ORDER)).CC).toBe("0000");
    expect(other.balance).toBe(8_750);
  });
});

describe("damaged answers to DEBIT IEP", () => {
  it.each([
    ["one byte short", (r: Uint8Array) => r.slice(1)],
    ["with another status word", (r: Uint8Array) => Uint8Array.from([...r.slice(0, -1), 0x01])],
    ["none but a success", () => fromHex("9000")],
    ["an unknown status", () => fromHex("6F00")],
  ])("%s: the card is asked again instead of believed", async (_, damage) => {
    const card = new ScriptCard();
    card.trick = (command, answer) => (command[1] === 0x54 ? damage(answer()) : answer());
    const { box, heard } = bench(honest, card);
    expect((await box.purchase(ORDER)).CC).toBe("0000");
    expect(heard.at(-1)).toMatchObject({ RECOVERED: 1, CARDRSP: card.previous });
    expect(card.count("54")).toBe(1);
  });

  it("does not take 6985 for a refusal: a debit command that came twice was executed the first time", async () => {
    const card = new ScriptCard();
    card.trick = (command, answer) => {
      const first = answer();
      return command[1] === 0x54 ? fromHex("6985") : first;
    };
    const script = upToDebit(async (far) => {
      await far.hear();
      await far.say({ kind: "result", IDTRX, CC: "0000", CONTENT: "" });
    });
    const { box, heard } = bench(script, card);
    expect(await box.purchase(ORDER)).toMatchObject({ CC: "0000" });
    expect(heard.at(-1)).toMatchObject({ RECOVERED: 1, CARDRSP: card.previous });
  });

  it("passes a refusal on and leaves nothing open", async () => {
    const card = new ScriptCard();
    card.trick = (command, answer) => (command[1] === 0x54 ? fromHex("9302") : answer());
    const script = upToDebit(async (far) => {
      await far.hear();
      await far.say({ kind: "user-message", IDTRX, CC: "9404", TEXT: "no" });
    });
    const { box, heard } = bench(script, card);
    const result = await box.purchase(ORDER);
    expect(result).toMatchObject({ CC: "9404" });
    expect(result.shown.at(-1)).toBe("The card was not debited.");
    expect(heard.at(-1)).toMatchObject({ SW: "9302", CARDRSP: new Uint8Array(0) });
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
