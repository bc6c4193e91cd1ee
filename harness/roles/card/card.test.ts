import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { seededRandom } from "../../core/random.ts";
import { mac } from "../../crypto/algorithm.ts";
import { deriveCardKey, deriveSessionKeys } from "../../crypto/purse-keys.ts";
import { loadTestKeys } from "../../crypto/test-keys.ts";
import { parseAtr } from "../../protocol/atr/parse-atr.ts";
import { cardAtr, malformedAtr } from "./atr.ts";
import { type CardData, loadCardData } from "./card-data.ts";
import { cardCrypto } from "./crypto.ts";
import { createCardRole } from "./model.ts";
import { createCard } from "./personalise.ts";
import { type ServeCardOptions, type SimulatedCard, serveCard } from "./serve.ts";

const FIXTURES = new URL("../../../fixtures/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, FIXTURES), "utf8");
const KEYS = loadTestKeys(read("keys/test-keys.yaml"), "test-keys.yaml");
const SPECIMEN = loadCardData(read("cards/specimen.yaml"), "specimen.yaml");

const SELECT = "00A4040008F050422D4945503100";
const INITIALIZE = "905001001B";
const GET_BALANCE = "905C00000D";

function serve(changes: Partial<CardData> = {}, options: Partial<ServeCardOptions> = {}): SimulatedCard {
  const state = createCard({ ...SPECIMEN, ...changes }, KEYS, seededRandom("card test"));
  const card = serveCard({ state, ...options });
  card.powerOn();
  return card;
}

function send(card: SimulatedCard, command: string | Uint8Array): string {
  const response = card.transmit(typeof command === "string" ? fromHex(command) : command);
  return response === null ? "mute" : toHex(response);
}

/** DEBIT IEP as a PSAM with the issuer's key would make it, put together here from the bytes of the specification. */
function debitCommand(card: SimulatedCard, INITRSP: string, MPDA: number, currency = "0978", exponent = 2): Uint8Array {
  const { PPIEP, IDIEP, ALGIEP, VKIEP } = card.state.purse;
  const MKP = KEYS.masterPurchaseKey(PPIEP, ALGIEP, VKIEP) ?? new Uint8Array(0);
  const init = fromHex(INITRSP);
  const NTIEP = Number.parseInt(INITRSP.slice(40, 44), 16);
  const { KS2 } = deriveSessionKeys(ALGIEP, deriveCardKey(ALGIEP, MKP, PPIEP, IDIEP), NTIEP, init.subarray(23));
  const amount = concat(uintToBytes(MPDA, 4), fromHex(currency), Uint8Array.of(exponent));
  const signed = concat(
    fromHex("000789 00A10001 00000007"),
    amount,
    fromHex("20260115123059 00490089 000102030405060708090A0B0C0D0E0F"),
  );
  const S2 = mac(ALGIEP, KS2, concat(Uint8Array.of(0x1e), init, signed));
  return concat(fromHex("9054010035"), signed, S2, Uint8Array.of(0x10));
}

function initialise(card: SimulatedCard): string {
  expect(send(card, SELECT).slice(-4)).toBe("9000");
  const response = send(card, INITIALIZE);
  expect(response.slice(-4)).toBe("9000");
  return response.slice(0, -4);
}

function purchase(card: SimulatedCard, MPDA: number): string {
  return send(card, debitCommand(card, initialise(card), MPDA));
}

describe("answer to reset", () => {
  it("offers T=1 with IFSC 254 and says IEP-1", () => {
    expect(toHex(cardAtr().subarray(0, 11))).toBe("3B858131FE454945502D31");
    const parsed = parseAtr(cardAtr());
    expect(parsed.ok && new TextDecoder().decode(parsed.atr.historical)).toBe("IEP-1");
    expect(parseAtr(malformedAtr()).ok).toBe(false);
  });
});

describe("a purchase", () => {
  it("lowers the balance, advances NTIEP and logs, all at once", () => {
    const card = serve();
    expect(purchase(card, 995)).toMatch(/^000000010098929D[0-9A-F]{16}9000$/);
    expect(send(card, GET_BALANCE)).toBe("0098929D01312D000978020002" + "9000");
    expect(send(card, "00B201C400")).toBe("0100010000000003E30978020098929D00A100010000000720260115123059" + "9000");
    expect(send(card, "00B202C400")).toBe("6A83");
  });

  it.each([
    ["9409", "in another currency", 995, "0840", 2],
    ["9409", "with another exponent", 995, "0978", 3],
    ["9409", "of nothing in another currency", 0, "0840", 2],
    ["940A", "of nothing", 0, "0978", 2],
    ["9401", "above the balance", 10_000_001, "0978", 2],
  ])("completes with %s %s, changes nothing of value and keeps the signed answer", (CC, _what, MPDA, CURR, CEXP) => {
    const card = serve();
    const response = send(card, debitCommand(card, initialise(card), MPDA, CURR, CEXP));
    expect(response).toMatch(new RegExp(`^${CC}000100989680[0-9A-F]{16}9000$`));
    expect(send(card, GET_BALANCE)).toBe("0098968001312D000978020001" + "9000");
    expect(send(card, "00B201C400")).toBe("6A83");
    expect(send(card, "905A010002000110")).toBe(response);
  });

  it("can take the whole balance", () => {
    expect(purchase(serve(), 10_000_000)).toMatch(/^0000000100000000/);
  });

  it("is refused with 9302 when any bit of what S2 covers was changed, and gives no signature", () => {
    fc.assert(
      fc.property(fc.nat({ max: 53 * 8 - 1 }), (bit) => {
        const card = serve();
        const command = flipBit(debitCommand(card, initialise(card), 995), 40 + bit);
        const before = card.state.purse;
        expect(send(card, command)).toBe("9302");
        expect(card.state.purse).toBe(before);
      }),
      { numRuns: 60 },
    );
  });

  it("cannot be repeated: R is used up by any DEBIT IEP", () => {
    const card = serve();
    const command = debitCommand(card, initialise(card), 995);
    expect(send(card, flipBit(command, 300))).toBe("9302");
    expect(send(card, command)).toBe("6985");
    initialise(card);
    expect(send(card, command)).toBe("9302");
  });

  it("works with AES, without decimals and with three", () => {
    expect(purchase(serve({ ALGIEP: 5 }), 1)).toMatch(/^00000001/);
    for (const [CURRIEP, CEXPIEP] of [
      ["0392", 0],
      ["0414", 3],
    ] as const) {
      const card = serve({ CURRIEP, CEXPIEP });
      expect(send(card, debitCommand(card, initialise(card), 7, CURRIEP, CEXPIEP))).toMatch(/^00000001/);
    }
  });

  it("keeps money and numbers in order over any sequence of purchases", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 25 }), (amounts) => {
        const card = serve({ BALIEP: 20_000 });
        let balance = 20_000;
        let completed = 0;
        for (const amount of amounts) {
          const isPaid = purchase(card, amount).startsWith("0000");
          expect(isPaid).toBe(amount > 0 && amount <= balance);
          if (isPaid) balance -= amount;
          if (isPaid) completed++;
        }
        expect(card.state.purse).toMatchObject({ BALIEP: balance, NTIEP: 1 + completed });
        expect(card.state.purse.log).toHaveLength(Math.min(16, completed));
      }),
      { numRuns: 25 },
    );
  });
});

describe("INITIALIZE IEP", () => {
  it("answers what the card is, with a new R and the same NTIEP each time", () => {
    const card = serve();
    const [first, second] = [initialise(card), initialise(card)];
    expect(first.slice(0, 46)).toBe("0001230000004711042912310098968009780201000101");
    expect(second.slice(0, 46)).toBe(first.slice(0, 46));
    expect(second.slice(46)).not.toBe(first.slice(46));
  });

  it("is refused with 9402 when the number is used up, and the last but one still works", () => {
    const card = serve({ NTIEP: 0xfffe });
    expect(purchase(card, 1)).toMatch(/^0000FFFE/);
    expect(send(card, INITIALIZE)).toBe("9402");
    expect(send(card, "905A010002FFFE10")).toMatch(/9000$/);
  });

  it("that is refused leaves the purse selected, not initialised", () => {
    for (const [bad, SW] of [
      ["905002001B", "6A86"],
      ["905001001A", "6700"],
    ] as const) {
      const card = serve();
      const command = debitCommand(card, initialise(card), 995);
      expect(send(card, bad)).toBe(SW);
      expect(send(card, command)).toBe("6985");
    }
  });
});

describe("status words in their order", () => {
  it.each([
    ["6E00", "class", "80500100"],
    ["6E00", "class before parameters and length", "80540907"],
    ["6E00", "instruction of the other class", "00500100 1B"],
    ["6E00", "READ RECORD under 90", "90B2010C00"],
    ["6D00", "instruction", "90560100"],
    ["6D00", "instruction before parameters and length", "9099FFFF03AA"],
    ["6A86", "parameters of INITIALIZE", "905002001B"],
    ["6A86", "parameters before length", "905402000100"],
    ["6A86", "record 00", "00B2000C00"],
    ["6A86", "unknown file", "00B2011400"],
    ["6700", "data where none belong", "905001000100 1B"],
    ["6700", "Le too small", "905C00000C"],
    ["6700", "no Le", "905C0000"],
    ["6700", "short DEBITDATA", "905401000100 10"],
    ["6700", "Lc that promises more than follows", "9054010035 00"],
    ["6700", "AID of 4 bytes", "00A4040004F050422D00"],
    ["6700", "AID of 17 bytes", `00A4040011${"F0".repeat(17)}00`],
    ["6700", "half a header", "9050"],
    ["6A82", "unknown application", "00A4040008F050422D4945503200"],
    ["9406", "no completed transaction", "905A010002000110"],
    ["6A83", "record that does not exist", "00B2020C00"],
    ["6985", "DEBIT without INITIALIZE", `9054010035${"00".repeat(53)}10`],
  ])("%s for wrong %s", (SW, _what, command) => {
    const card = serve();
    send(card, SELECT);
    const before = card.state;
    expect(send(card, command)).toBe(SW);
    expect(card.state).toEqual(before);
  });

  it("6985 before selection, for everything but SELECT", () => {
    const card = serve();
    for (const command of [INITIALIZE, GET_BALANCE, "905A010002000110", "00B2010C00"])
      expect(send(card, command)).toBe("6985");
    expect(send(card, "00A4040008F050422D4945503200")).toBe("6A82");
    expect(send(card, GET_BALANCE)).toBe("6985");
  });

  it("accepts Le 00 and a larger Le everywhere", () => {
    const card = serve();
    send(card, SELECT);
    for (const command of ["9050010000", "90500100FE", "905C000000", "00B2010C00"])
      expect(send(card, command)).toMatch(/9000$/);
  });

  it("9303 from a blocked purse, which can still be read", () => {
    const card = serve({ lifeCycle: "blocked" });
    expect(send(card, SELECT)).toMatch(/9000$/);
    expect(send(card, INITIALIZE)).toBe("9303");
    expect(send(card, `9054010035${"00".repeat(53)}10`)).toBe("9303");
    expect(send(card, GET_BALANCE)).toMatch(/9000$/);
  });

  it("answers any bytes with a status word and loses no money by it", () => {
    const card = serve();
    send(card, SELECT);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom(0x00, 0x90),
        fc.nat({ max: 255 }),
        (bytes, cla, ins) => {
          const response = send(card, concat(Uint8Array.of(cla, ins), bytes));
          expect(response).toMatch(/^([0-9A-F]{2})*[69][0-9A-F]{3}$/);
          expect(card.state.purse).toMatchObject({ BALIEP: 10_000_000, NTIEP: 1 });
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("reset", () => {
  it("forgets selection and R", () => {
    const card = serve();
    const command = debitCommand(card, initialise(card), 995);
    card.reset();
    expect(send(card, command)).toBe("6985");
    send(card, SELECT);
    expect(send(card, command)).toBe("6985");
  });

  it("does not forget the last answer", () => {
    const card = serve();
    const response = purchase(card, 995);
    card.reset();
    send(card, SELECT);
    expect(send(card, "905A010002000110")).toBe(response);
    expect(send(card, "905A010002000210")).toBe("9406");
  });

  it("makes other challenges when fresh bytes are mixed in", () => {
    const challengeAfter = (seed: string) => initialise(serve({}, { random: seededRandom(seed) })).slice(46);
    expect(challengeAfter("one")).toBe(challengeAfter("one"));
    expect(challengeAfter("one")).not.toBe(challengeAfter("two"));
  });
});

describe("a write that goes wrong", () => {
  let isWornOut: boolean;
  let card: SimulatedCard;
  beforeEach(() => {
    isWornOut = false;
    card = serve({}, { isWornOut: () => isWornOut });
    expect(purchase(card, 100)).toMatch(/^0000/);
  });

  it("is 6581, and the purse is as before", () => {
    const before = card.state.purse;
    isWornOut = true;
    expect(purchase(card, 200)).toBe("6581");
    expect(card.state.purse).toEqual(before);
    isWornOut = false;
    expect(purchase(card, 200)).toMatch(/^00000002/);
  });

  it.each([
    ["before-command", "905A010002000210", /^9406$/, 9_999_900],
    ["after-command", "905A010002000210", /^00000002.*9000$/, 9_999_700],
  ] as const)("torn %s leaves the old or the new purse and never a mixture", (at, recovery, answer, balance) => {
    card.tearAt({ INS: 0x54, P1: 0x01, at });
    expect(purchase(card, 200)).toBe("mute");
    expect(send(card, SELECT)).toBe("mute");
    card.powerOn();
    send(card, SELECT);
    expect(send(card, recovery)).toMatch(answer);
    expect(card.state.purse.BALIEP).toBe(balance);
    expect(card.state.purse.log).toHaveLength(at === "after-command" ? 2 : 1);
  });
});

describe("seeded defects", () => {
  it("replace one decision of the cryptography", () => {
    const role = createCardRole({ ...cardCrypto, verifyS2: () => true });
    const card = serve({}, { role });
    expect(send(card, flipBit(debitCommand(card, initialise(card), 995), 40 + 45 * 8))).toMatch(/^0000/);
  });
});

describe("personalisation", () => {
  it("state is plain data and gives no key to any reading command", () => {
    const card = serve();
    purchase(card, 5);
    expect(JSON.parse(JSON.stringify(card.state))).toEqual(card.state);
    const answers = [SELECT, INITIALIZE, GET_BALANCE, "00B2010C00", "00B201C400"].map((command) => send(card, command));
    expect(answers.join(" ")).not.toContain(card.state.purse.KDP.slice(0, 16));
  });

  it.each(readdirSync(new URL("cards/", FIXTURES)))("accepts the test card %s", (name) => {
    const data = loadCardData(read(`cards/${name}`), name);
    expect(createCard(data, KEYS, seededRandom(name)).purse).toMatchObject(data);
  });

  it("names file, line and field of what is wrong", () => {
    const text = read("cards/specimen.yaml");
    const fault = (changed: string) => () => loadCardData(changed, "card.yaml");
    expect(fault(text.replace("DEXPIEP: 291231", "DEXPIEP: 291331"))).toThrow(/card\.yaml:7: DEXPIEP/);
    expect(fault(text.replace("BALIEP: 10_000_000", "BALIEP: 20_000_001"))).toThrow(
      /BALIEP: expected at most BALmaxIEP/,
    );
    expect(fault(text.replace("test: true", "test: no"))).toThrow(/card\.yaml:2: test/);
    expect(fault(`${text}extra: 1\n`)).toThrow(/card\.yaml/);
  });

  it("refuses values from code that no card has, and keys that are not there", () => {
    expect(() => serve({ NTIEP: 0 })).toThrow(/NTIEP/);
    expect(() => serve({ PPIEP: "111111" })).toThrow(/no master purchase key/);
  });
});
