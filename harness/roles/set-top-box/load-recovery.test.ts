import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { type Bench, bench, type Far, honest, ORDER, type Script } from "./test-bench.ts";
import {
  A6,
  A9,
  ended,
  honestBank,
  LOAD_IDTRX,
  LOAD_PAGE,
  LOADED,
  LoadCard,
  loadInit,
  ORDER_25,
  openResponse,
  upToPage,
  upToResponse,
  ZERO,
} from "./testing/load-script.ts";

const NOTHING = new Uint8Array(0);
const CREDIT = 0x52;

/** The first channel follows `first`, each later one `later`. */
function firstThen(first: Script, later: Script): Script {
  let isFirst = true;
  return async (far) => {
    const script = isFirst ? first : later;
    isFirst = false;
    await script(far);
  };
}

/** The head end's end of a channel whose first message was heard already. */
function hearingFirst(far: Far, first: Awaited<ReturnType<Far["hear"]>>): Far {
  const heard = [first];
  return { ...far, hear: async () => (heard.length > 0 ? (heard.shift() ?? null) : await far.hear()) };
}

/** Recoveries are answered with `CC`, after a challenge where `challenge` says so; everything else is served honestly. */
function recovering(CC: string, challenge = false): Script {
  return async (far) => {
    const first = await far.hear();
    if (first?.kind !== "load-recovery") return await honest(hearingFirst(far, first));
    if (challenge) {
      await far.say(ZERO);
      await far.hear();
    }
    await far.say(CC === "0000" ? LOADED : ended(CC));
  };
}

interface Torn extends Bench {
  readonly card: LoadCard;
}

/** Pulls the card at CREDIT IEP, before or after it was executed. */
function torn(when: "before" | "after", script: Script = honestBank, card = new LoadCard()): Torn {
  const b = bench(script, card);
  card.trick = (command, answer) => {
    if (command[1] !== CREDIT) return answer();
    if (when === "after") answer();
    b.reader.remove();
    return null;
  };
  return { ...b, card };
}

/** Puts the card back; from now on it stays. */
function putBack({ card, reader }: Torn): void {
  card.trick = (_, answer) => answer();
  reader.insert(card);
}

describe("a load command that comes again", () => {
  it("is answered with the card's previous signature and never executed again", async () => {
    const card = new LoadCard();
    const script = upToResponse(async (far) => {
      await far.say(A9);
      await far.hear();
      await far.say(LOADED);
    });
    const { box, heard } = bench(script, card);
    expect((await box.load(ORDER_25)).CC).toBe("0000");
    expect(card.commands.at(-1)).toBe("905A000002000710");
    expect(card.count("52")).toBe(1);
    expect(openResponse(heard.at(-1))).toMatchObject({ RECOVERED: 1, CARDRSP: card.previous, SW: "9000" });
  });

  it("ends the load when it comes without end", async () => {
    const card = new LoadCard();
    const script = upToResponse(async (far) => {
      do await far.say(A9);
      while (await far.hear());
    });
    const { box } = bench(script, card);
    expect((await box.load(ORDER_25)).CC).toBe("A01A");
    expect([card.count("52"), card.count("5A")]).toEqual([1, 2]);
    expect(box.pending()).toHaveLength(1);
  });
});

describe("a card that is lost at the load command", () => {
  it("is asked for its answer when it is put back in time: the load succeeds", async () => {
    const t = torn("after");
    void t.clock.timer(2_000).elapsed.then(() => t.reader.insert(t.card));
    const result = await t.box.load(ORDER_25);
    expect(result).toMatchObject({ CC: "0000", trouble: [{ owner: "card" }] });
    expect(result.shown[2]).toMatch(/while it is being loaded/);
    expect(t.card.count("52")).toBe(1);
    expect(openResponse(t.heard.at(-1))).toMatchObject({ RECOVERED: 1, CARDRSP: t.card.previous });
    expect(t.box.pending()).toEqual([]);
  });

  it("was not loaded if it says 9406, and proves it", async () => {
    const script = upToResponse(async (far) => {
      await far.say(ZERO);
      await far.hear();
      await far.say(ended("A023"));
    });
    const t = torn("before", script);
    void t.clock.timer(2_000).elapsed.then(() => t.reader.insert(t.card));
    expect(await t.box.load(ORDER_25)).toMatchObject({ CC: "A023" });
    expect(openResponse(t.heard[4])).toMatchObject({ RECOVERED: 1, SW: "9406", CARDRSP: NOTHING });
    expect(t.card.balance).toBe(10_000);
    expect(t.box.pending()).toEqual([]);
  });

  it("and comes back for the challenge only has not used its number: A023 is believed", async () => {
    let back = (): void => undefined;
    const script = upToResponse(async (far) => {
      back();
      await far.say(ZERO);
      await far.hear();
      await far.say(ended("A023"));
    });
    const t = torn("before", script);
    back = () => putBack(t);
    expect(await t.box.load(ORDER_25)).toMatchObject({ CC: "A023" });
    expect(openResponse(t.heard[4])).toMatchObject({ RECOVERED: 0, SW: "0000", CARDRSP: NOTHING });
    expect(t.box.pending()).toEqual([]);
  });

  it("leaves the load open while it stays away: an initialisation that cannot be done closes the channel", async () => {
    const script = upToResponse(async (far) => {
      await far.say(ZERO);
      expect(await far.hear()).toBeNull();
    });
    const { box, heard } = torn("after", script);
    const result = await box.load(ORDER_25);
    expect(result.CC).toBe("A01A");
    expect(result.shown.at(-1)).toMatch(/not certain whether the card was loaded/);
    expect(heard.map(({ kind }) => kind)).not.toContain("stop");
    expect(box.pending()).toHaveLength(1);
  });

  it("is kept as plain JSON with all that a recovery says, its key included", async () => {
    const { box } = torn("after");
    await box.load(ORDER_25);
    expect(JSON.parse(JSON.stringify(box.pending()))).toEqual([
      {
        kind: "load",
        ...{ SOURCE: 1, IDTRX: LOAD_IDTRX, IDMER: "BNK00001", HOST: "load.test", PORT: 7336, MLDA: 2_500 },
        ...{ URL: "https://bank.test/status", CURRLDA: "0978", CEXPLDA: 2 },
        ...{ PPIEP: "123456", IDIEP: "0000000042", NTIEP: 7, CARDRSP: null },
        LOADINIT: toHex(loadInit()),
        LOADRSP: "12345600000000420539123100002710097802010007" + "01CAFEBABE1111111111111111",
        layer: {
          ENCRYPTION: "AES-128-GCM",
          RND: "A1A2A3A4A5A6A7A8",
          TSK: "5353AB53535353535353535353535353",
          ETSK: "E7".repeat(44),
        },
      },
    ]);
  });
});

describe("the recovery of a load", () => {
  it("comes before the next purchase: the card's answer, asked of it, in AE", async () => {
    const t = torn("after", firstThen(honestBank, recovering("0000")));
    await t.box.load(ORDER_25);
    putBack(t);
    const result = await t.box.purchase(ORDER);
    expect(result.CC).toBe("0000");
    expect(result.shown[0]).toBe("An earlier load: your card was loaded with 25.00 EUR; it held 125.00 EUR then.");
    const { SOURCE, IDMER, HOST, PORT, URL, ENCRYPTION, RND, TSK, ETSK } = LOAD_PAGE;
    const [recovery] = t.heard.filter(({ kind }) => kind === "load-recovery");
    expect(recovery).toEqual({
      kind: "load-recovery",
      ...{ SOURCE, IDTRX: LOAD_IDTRX, IDMER, HOST, PORT, URL, ENCRYPTION, RND, TSK, ETSK },
      LOADINIT: loadInit(),
      LOADRSP: fromHex("123456 0000000042 05 391231 00002710 0978 02 01 0007 01 CAFEBABE 1111111111111111"),
      CARDRSP: fromHex("0000 0007 000030D4 BBBBBBBBBBBBBBBB"),
      SW: "9000",
    });
    expect(t.box.pending()).toEqual([]);
  });

  it("needs no card where the answer that it was loaded is known, and no second credit ever", async () => {
    const card = new LoadCard();
    const script = firstThen(
      upToResponse(async () => undefined),
      recovering("0000"),
    );
    const { box, reader } = bench(script, card);
    expect((await box.load(ORDER_25)).CC).toBe("A01A");
    reader.remove();
    expect(await box.recoverPending()).toMatchObject([{ CC: "0000", CONTENT: "booked", MLDA: 2_500 }]);
    expect(card.count("52")).toBe(1);
    expect(box.pending()).toEqual([]);
  });

  it("asks the card again: an answer that was altered each time before is set right", async () => {
    const card = new LoadCard();
    const script = firstThen(
      upToResponse(async () => undefined),
      recovering("0000"),
    );
    const { box, heard } = bench(script, card);
    card.trick = (command, answer) => {
      const bytes = answer();
      return command[1] === CREDIT ? bytes.map((byte, index) => (index === bytes.length - 3 ? byte ^ 1 : byte)) : bytes;
    };
    await box.load(ORDER_25);
    expect(box.pending()).toMatchObject([{ CARDRSP: "00000007000030D4BBBBBBBBBBBBBBBA" }]);
    expect(await box.recoverPending()).toMatchObject([{ CC: "0000" }]);
    expect(card.commands.at(-1)).toBe("905A000002000710");
    expect(heard.at(-1)).toMatchObject({ kind: "load-recovery", CARDRSP: card.previous, SW: "9000" });
    expect(box.pending()).toEqual([]);
  });

  it.each([
    [
      "another card is in the reader",
      ({ reader }: Torn) => {
        reader.remove();
        reader.insert(new LoadCard("0000000043"));
      },
      [],
    ],
    [
      "the card has done other things since",
      (t: Torn) => t.card.transmit(fromHex(`9054010035${"00".repeat(53)}10`)),
      [],
    ],
    [
      "the card does not answer as one",
      ({ card }: Torn) => {
        card.trick = () => fromHex("00");
      },
      ["card"],
    ],
  ])("goes on with the answer that it has when %s", async (_what, happens, owners) => {
    const card = new LoadCard();
    const script = firstThen(
      upToResponse(async () => undefined),
      recovering("0000"),
    );
    const b = bench(script, card);
    await b.box.load(ORDER_25);
    const CARDRSP = card.previous;
    b.reader.remove();
    b.reader.insert(card);
    happens({ ...b, card });
    const [result] = await b.box.recoverPending();
    expect(result).toMatchObject({ CC: "0000", shown: [expect.stringMatching(/25.00 EUR; it held 125.00 EUR then/)] });
    expect(result?.trouble.map(({ owner }) => owner)).toEqual(owners);
    expect(b.heard.at(-1)).toMatchObject({ kind: "load-recovery", CARDRSP, SW: "9000" });
    expect(b.box.pending()).toEqual([]);
  });

  it("says 9406 for a card that was never given the command, which then proves it", async () => {
    const card = new LoadCard();
    const dropped: Script = async (far) => {
      await upToPage(far);
      await far.say(A6);
      await far.hear();
    };
    const { box, heard } = bench(firstThen(dropped, recovering("A023", true)), card);
    const first = await box.load(ORDER_25);
    expect(first.CC).toBe("A019");
    expect(first.shown.at(-1)).toMatch(/it is given back when the same card is put in again/);
    const [second] = await box.recoverPending();
    expect(second).toMatchObject({ CC: "A023" });
    expect(second?.shown).toEqual(["It is over.", "An earlier load of 25.00 EUR did not take place."]);
    expect(heard.at(-2)).toMatchObject({ kind: "load-recovery", CARDRSP: NOTHING, SW: "9406" });
    expect(heard.at(-1)).toMatchObject({ kind: "load-card-information" });
    expect(box.pending()).toEqual([]);
  });

  it("believes a load server that has it as loaded, whatever the card has done since", async () => {
    const t = torn("after", firstThen(honestBank, recovering("0000")));
    await t.box.load(ORDER_25);
    putBack(t);
    t.card.transmit(fromHex(`9054010035${"00".repeat(53)}10`)); // elsewhere: the kept answer is another one now
    const [result] = await t.box.recoverPending();
    expect(result).toMatchObject({ CC: "0000", shown: ["An earlier load: your card was loaded with 25.00 EUR."] });
    expect(t.box.pending()).toEqual([]);
  });

  it("says nothing with another card, or none, in the reader", async () => {
    const t = torn("after");
    await t.box.load(ORDER_25);
    const before = t.heard.length;
    expect(await t.box.recoverPending()).toEqual([]);
    t.reader.insert(new LoadCard("0000000043"));
    const [result] = await t.box.recoverPending();
    expect(result).toMatchObject({ CC: "A01A" });
    expect(result?.shown).toEqual([
      "This is another card.",
      "An earlier load of 25.00 EUR is not settled yet. Please put the same card in again later.",
    ]);
    expect(t.heard).toHaveLength(before);
    expect(t.box.pending()).toHaveLength(1);
  });

  it("is tried again as long as nobody speaks a last word", async () => {
    const t = torn("after", firstThen(honestBank, recovering("A01A")));
    await t.box.load(ORDER_25);
    putBack(t);
    expect(await t.box.recoverPending()).toMatchObject([{ CC: "A01A" }]);
    expect(t.box.pending()).toMatchObject([{ CARDRSP: "00000007000030D4BBBBBBBBBBBBBBBB" }]);
    expect(await t.box.recoverPending()).toHaveLength(1);
  });

  it("gives no load command to the card", async () => {
    const t = torn(
      "before",
      firstThen(honestBank, async (far) => {
        await far.hear();
        await far.say(A9);
      }),
    );
    await t.box.load(ORDER_25);
    putBack(t);
    expect(await t.box.recoverPending()).toMatchObject([{ CC: "A00A" }]);
    expect(t.card.count("52")).toBe(1);
  });
});

describe("an older load of the same card", () => {
  /** No recovery while the card is away; then it is put in at the moment of the next purchase. */
  it.each(["before", "after"] as const)(
    "is asked of the card before a purchase replaces its answer (torn %s)",
    async (when) => {
      const t = torn(when, firstThen(honestBank, honest));
      await t.box.load(ORDER_25);
      void t.clock.timer(1_000).elapsed.then(() => putBack(t));
      expect((await t.box.purchase(ORDER)).CC).toBe("0000");
      expect(t.card.commands.slice(-4).map((each) => each.slice(0, 8))).toEqual([
        "00A40400",
        "905A0000",
        "90500100",
        "90540100",
      ]);
      const CARDRSP = when === "before" ? "" : "00000007000030D4BBBBBBBBBBBBBBBB";
      expect(t.box.pending()).toMatchObject([{ kind: "load", CARDRSP }]);
    },
  );
});
