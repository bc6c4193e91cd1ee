import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { bench, IDTRX, type Script } from "./test-bench.ts";
import {
  A2,
  A6,
  A9,
  ended,
  honestBank,
  LOAD_IDTRX,
  LOAD_PAGE,
  LOADED,
  LoadCard,
  loadData,
  loadInit,
  ORDER_25,
  openResponse,
  TSK,
  upToPage,
  upToResponse,
  ZERO,
} from "./testing/load-script.ts";

const NOTHING = new Uint8Array(0);

/** INS of every command that the card got. */
function commandsOf(card: LoadCard): readonly string[] {
  return card.commands.map((each) => each.slice(2, 4));
}

describe("a load at the set-top box", () => {
  it("reads the card, asks for the amount, initialises, credits once and says what the card holds", async () => {
    const card = new LoadCard();
    const { box, heard, logs } = bench(honestBank, card);
    const result = await box.load(ORDER_25);
    expect(result).toMatchObject({ CC: "0000", IDTRX: LOAD_IDTRX, MLDA: 2_500, CONTENT: "booked", trouble: [] });
    expect(result.shown).toEqual([
      "Current account",
      "Your card holds 100.00 EUR. How much is to be loaded? At most 300.00 EUR.",
      "Your card was loaded with 25.00 EUR; it holds 125.00 EUR.",
    ]);
    expect(heard.map(({ kind }) => kind)).toEqual([
      "load-selection",
      "balance",
      "load-amount",
      "load-card-information",
      "sealed",
    ]);
    expect(heard[0]).toMatchObject({ SITE: "bank", ACCOUNT: "DE-42" });
    expect(heard[1]).toMatchObject({
      ATR: fromHex("3B00"),
      BALANCE: fromHex("00002710 0000C350 0978 02 0007"),
      CARDINFO: fromHex("123456 0000000042 0000000000000001 391231 05 01"),
    });
    expect(heard[2]).toMatchObject({ IDTRX: LOAD_IDTRX, MLDA: 2_500 });
    expect(heard[3]).toMatchObject({
      IDTRX: LOAD_IDTRX,
      LOADRSP: fromHex("123456 0000000042 05 391231 00002710 0978 02 01 0007 01 CAFEBABE 1111111111111111"),
    });
    expect(openResponse(heard[4])).toMatchObject({ CARDRSP: card.previous, SW: "9000", RECOVERED: 0 });
    expect(card.commands.slice(-2)).toEqual([`9050000022${toHex(loadInit())}23`, `905200000F${toHex(loadData())}10`]);
    expect(commandsOf(card)).toEqual(["A4", "5C", "B2", "A4", "50", "52"]);
    expect(logs("card-read")).toMatchObject([{ step: "872", fields: { BALIEP: 10_000, BALmaxIEP: 50_000 } }]);
    expect(logs("amount-confirmed")).toMatchObject([{ step: "888", fields: { MLDA: 2_500, CURRLDA: "0978" } }]);
    expect(logs("load-command")).toMatchObject([{ step: "881", fields: { MLDA: 2_500, CURRLDA: "0978", NTIEP: 7 } }]);
    expect(logs("load-response")).toMatchObject([{ step: "882", fields: { CC: "0000", SW: "9000" } }]);
    expect(box.pending()).toEqual([]);
  });

  it("counts points in points", async () => {
    const points = { CURRLDA: "0999", CEXPLDA: 0 };
    const script: Script = async (far) => {
      await upToPage(far, { ...points, MLDAmax: 30 });
      await far.say({ ...A6, LOADINIT: loadInit({ ...points, MLDA: 25 }) });
      await far.hear();
      await far.say({ ...A9, LOADDATA: loadData({ ...points, MLDA: 25 }) });
      await far.hear();
      await far.say(LOADED);
    };
    const { shown } = await bench(script, new LoadCard()).box.load({ ...ORDER_25, enter: () => 25 });
    expect(shown.slice(1)).toEqual([
      "Your card holds 100.00 EUR. How much is to be loaded? At most 30 points.",
      "Your card was loaded with 25 points; it holds 10025 points.",
    ]);
  });

  it("says at once when the head end announces success, and the card's own words in the end", async () => {
    const script = upToResponse(async (far) => {
      await far.say(ended("0000"));
      await far.say(LOADED);
    });
    const { shown } = await bench(script, new LoadCard()).box.load(ORDER_25);
    expect(shown.slice(2)).toEqual(["It is over.", "Your card was loaded with 25.00 EUR; it holds 125.00 EUR."]);
  });
});

describe("the user's amount", () => {
  it.each([0, -1, 30_001, 12.5, Number.NaN])("%s is refused with a sentence and asked again", async (wrong) => {
    const amounts = [wrong, 2_500];
    const seen: unknown[] = [];
    const { box } = bench(honestBank, new LoadCard());
    const enter = (shown: object) => {
      seen.push(shown);
      return amounts.shift() ?? "cancel";
    };
    const result = await box.load({ ...ORDER_25, enter });
    expect(result).toMatchObject({ CC: "0000", MLDA: 2_500 });
    expect(result.shown[2]).toBe("Only amounts from 0.01 EUR to 300.00 EUR can be loaded.");
    expect(seen).toEqual(Array(2).fill({ MLDAmax: 30_000, CURRLDA: "0978", CEXPLDA: 2, TEXT: "Current account" }));
  });

  it.each([
    ["the fourth wrong one", 30_001, 4],
    ["cancel", "cancel", 1],
  ] as const)("%s ends the load: the card was read and nothing else", async (_, amount, times) => {
    const card = new LoadCard();
    const { box, heard } = bench(honestBank, card);
    let asked = 0;
    const enter = () => {
      asked++;
      return amount;
    };
    const result = await box.load({ ...ORDER_25, enter });
    expect(asked).toBe(times);
    expect(result).toMatchObject({ CC: "A011", MLDA: undefined });
    expect(result.shown.at(-1)).toBe("Cancelled. Nothing was loaded.");
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX: LOAD_IDTRX, CC: "A011" });
    expect(commandsOf(card)).toEqual(["A4", "5C", "B2"]);
    expect(box.pending()).toEqual([]);
  });

  it.each([
    ["amount", loadInit({ MLDA: 2_501 })],
    ["currency", loadInit({ CURRLDA: "0840" })],
    ["exponent", loadInit({ CEXPLDA: 3 })],
    ["transaction", loadInit({ IDTRX })],
    ["currency, with zero", loadInit({ MLDA: 0, CURRLDA: "0840" })],
  ])("is held against the load request: other %s", async (_, LOADINIT) => {
    const card = new LoadCard();
    const script: Script = async (far) => {
      await upToPage(far);
      await far.say({ ...A6, LOADINIT });
      await far.hear();
    };
    const { box, heard } = bench(script, card);
    expect(await box.load(ORDER_25)).toMatchObject({ CC: "A001", trouble: [{ owner: "server" }] });
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX: LOAD_IDTRX, CC: "A001" });
    expect(card.count("50")).toBe(0);
  });

  it.each([
    ["amount", loadData({ MLDA: 2_400 })],
    ["currency", loadData({ CURRLDA: "0840" })],
    ["exponent", loadData({ CEXPLDA: 1 })],
  ])("is held against the load command: other %s", async (_, LOADDATA) => {
    const card = new LoadCard();
    const script: Script = async (far) => {
      await upToPage(far);
      await far.say(A6);
      await far.hear();
      await far.say({ ...A9, LOADDATA });
      await far.hear();
    };
    const { box, heard } = bench(script, card);
    const result = await box.load(ORDER_25);
    expect(result).toMatchObject({ CC: "A001" });
    expect(result.shown.at(-1)).toMatch(/was not loaded. If the amount was taken from your account, it is given back/);
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX: LOAD_IDTRX, CC: "A001" });
    expect(card.count("52")).toBe(0);
    expect(box.pending()).toHaveLength(1);
  });

  it("is asked of the card once only", async () => {
    const card = new LoadCard();
    const script: Script = async (far) => {
      await upToPage(far);
      await far.say(A6);
      await far.hear();
      await far.say(A6);
      await far.hear();
    };
    const { box } = bench(script, card);
    expect((await box.load(ORDER_25)).CC).toBe("A001");
    expect(card.count("50")).toBe(1);
  });
});

describe("a load page that is none", () => {
  it.each([
    ["another source of funds", { SOURCE: 2 }],
    ["nothing to be loaded", { MLDAmax: 0 }],
    ["a suite that is none", { ENCRYPTION: "ROT13" }],
    ["an ETSK of another suite", { ETSK: LOAD_PAGE.ETSK.subarray(0, 40) }],
  ])("%s: nobody is asked, and no key is shown", async (_, change) => {
    const { box, events } = bench((far) => upToPage(far, change), new LoadCard());
    const result = await box.load({ ...ORDER_25, enter: () => expect.fail("asked") });
    expect(result).toMatchObject({ CC: "A001", trouble: [{ owner: "server" }] });
    expect(JSON.stringify([result, events]).toUpperCase()).not.toContain(toHex(TSK).slice(2, 10));
  });
});

describe("a card that does not load", () => {
  /** The card whose maximum is exceeded: 940B, signed. */
  const full = (): LoadCard => Object.assign(new LoadCard(), { balance: 49_000 });

  it("is initialised with zero after a negative result, and the load is over with its code", async () => {
    const card = full();
    const script = upToResponse(async (far) => {
      await far.say(ZERO);
      await far.hear();
      await far.say(ended("940B"));
    });
    const { box, heard } = bench(script, card);
    const result = await box.load(ORDER_25);
    expect(result).toMatchObject({ CC: "940B" });
    expect(result.shown.slice(2)).toEqual(["It is over.", "The card was not loaded."]);
    expect(openResponse(heard[4])).toMatchObject({ CARDRSP: card.previous, SW: "9000" });
    expect(heard[5]).toMatchObject({ kind: "load-card-information", IDTRX: LOAD_IDTRX });
    expect(card.commands.at(-1)).toBe(`9050000022${toHex(ZERO.LOADINIT)}23`);
    expect(box.pending()).toEqual([]);
  });

  it("answers a challenge after a refusal: zero, and any transaction", async () => {
    const card = new LoadCard();
    card.trick = (command, honest) => (command[1] === 0x52 ? fromHex("9302") : honest());
    const LOADINIT = loadInit({ MLDA: 0, IDTRX: "AB".repeat(16) });
    const script = upToResponse(async (far) => {
      await far.say({ ...A6, LOADINIT });
      await far.hear();
      await far.say(ended("A023"));
    });
    const { box, heard } = bench(script, card);
    const result = await box.load(ORDER_25);
    expect(result).toMatchObject({ CC: "A023" });
    expect(openResponse(heard[4])).toMatchObject({ CARDRSP: NOTHING, SW: "9302", RECOVERED: 0 });
    expect(toHex(card.initialised ?? NOTHING)).toBe(toHex(LOADINIT));
    expect(box.pending()).toEqual([]);
  });

  it("is initialised four times at most", async () => {
    const card = full();
    const script = upToResponse(async (far) => {
      for (let i = 0; i < 9; i++) {
        await far.say(ZERO);
        await far.hear();
      }
    });
    const { box, heard } = bench(script, card);
    expect((await box.load(ORDER_25)).CC).toBe("A001");
    expect(card.count("50")).toBe(4);
    expect(heard.map(({ kind }) => kind)).not.toContain("stop");
    expect(box.pending()).toHaveLength(1);
  });

  it.each([
    ["9303", "A016"],
    ["9402", "A016"],
    ["9000", "A016"],
  ])("that says %s to INITIALIZE IEP stops the load (%s), and nothing is kept", async (SW, CC) => {
    const card = new LoadCard();
    card.trick = (command, honest) => (command[1] === 0x50 ? fromHex(SW) : honest());
    const { box, heard } = bench(honestBank, card);
    expect((await box.load(ORDER_25)).CC).toBe(CC);
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX: LOAD_IDTRX, CC });
    expect(box.pending()).toEqual([]);
  });

  it("that is missing stops the load before there is a page: an IDTRX of zeros", async () => {
    const { box, heard } = bench(honestBank);
    const result = await box.load(ORDER_25);
    expect(result).toMatchObject({ CC: "A015", IDTRX: undefined });
    expect(result.shown).toEqual(["Please insert the card.", "No card was inserted. Nothing was loaded."]);
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX: "00".repeat(16), CC: "A015" });
  });

  it("that was not issued yet is no purse that can be loaded", async () => {
    const card = new LoadCard();
    card.trick = (command, honest) => (command[1] === 0x5c ? fromHex("9304") : honest());
    const { box, heard } = bench(honestBank, card);
    expect((await box.load(ORDER_25)).CC).toBe("A016");
    expect(heard.at(-1)).toMatchObject({ kind: "stop", CC: "A016" });
  });

  it("and is changed for another one after it was read is not touched", async () => {
    const other = new LoadCard("0000000043");
    let swap = (): void => undefined;
    const script: Script = async (far) => {
      await upToPage(far);
      swap();
      await far.say(A6);
      await far.hear();
    };
    const { box, reader, heard } = bench(script, new LoadCard());
    swap = () => {
      reader.remove();
      reader.insert(other);
    };
    expect((await box.load(ORDER_25)).CC).toBe("A016");
    expect(heard.at(-1)).toEqual({ kind: "stop", IDTRX: LOAD_IDTRX, CC: "A016" });
    expect(commandsOf(other)).toEqual(["A4"]);
  });
});

describe("a head end that fails", () => {
  const failures: readonly [string, Script][] = [
    ["closed", async () => undefined],
    ["garbage", async (far) => await far.say(fromHex("A4 05 DF13"))],
    ["another transaction", async (far) => await far.say({ ...LOADED, IDTRX })],
    ["an unexpected message", async (far) => await far.say({ kind: "stop", IDTRX: LOAD_IDTRX, CC: "A011" })],
    ["endless news", async (far) => await far.say(ended("0000"))],
  ];
  const turns = [A2, LOAD_PAGE, A6, A9, LOADED] as const;
  it.each(failures.flatMap(([name, act]) => turns.map((turn) => [name, turn.kind, act] as const)))(
    "%s instead of %s ends the load in bounded time, and what was begun is kept",
    async (name, kind, act) => {
      const card = new LoadCard();
      const script: Script = async (far) => {
        await far.hear();
        for (const turn of turns) {
          if (turn.kind === kind) return await act(far);
          await far.say(turn);
          await far.hear();
        }
      };
      const { box, clock } = bench(script, card);
      const result = await box.load(ORDER_25);
      expect(clock.monotonicMs()).toBeLessThan(60_000);
      const isGiven = kind === "result";
      expect(card.count("52")).toBe(isGiven ? 1 : 0);
      expect(result.CC).toMatch(isGiven ? "A01A" : /^A0(01|0A|19)$/);
      expect(result.trouble, name).toMatchObject([{ owner: "server" }]);
      const isKept = isGiven || kind === "load-command";
      expect(box.pending()).toHaveLength(isKept ? 1 : 0);
    },
  );

  it.each([A9, LOADED, A6])("$kind before its time is not obeyed", async (message) => {
    const card = new LoadCard();
    const script: Script = async (far) => {
      await far.hear();
      await far.say(A2);
      await far.hear();
      await far.say(message);
    };
    const { box } = bench(script, card);
    expect((await box.load(ORDER_25)).CC).toBe("A00A");
    expect(commandsOf(card)).toEqual(["A4", "5C", "B2"]);
  });

  it.each([
    ["of a card that was loaded", "940B", new LoadCard()],
    ["of a card that was loaded", "A023", new LoadCard()],
    ["of a card that was not", "0000", Object.assign(new LoadCard(), { balance: 49_000 })],
  ])("and says the contrary %s (%s) is not believed: the load is kept", async (_, CC, card) => {
    const script = upToResponse(async (far) => await far.say(CC === "0000" ? LOADED : ended(CC)));
    const { box } = bench(script, card);
    expect((await box.load(ORDER_25)).CC).toBe("A01A");
    expect(box.pending()).toHaveLength(1);
  });
});
