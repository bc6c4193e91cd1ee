import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { seededRandom } from "../../core/random.ts";
import { deriveLoadKey } from "../../crypto/load-keys.ts";
import { deriveCardUpdateKey, encipherCardKeys, personalisationMac } from "../../crypto/personalisation.ts";
import { deriveCardKey } from "../../crypto/purse-keys.ts";
import { loadTestKeys } from "../../crypto/test-keys.ts";
import { loadCardData } from "./card-data.ts";
import { createCard } from "./personalise.ts";
import { type SimulatedCard, serveCard } from "./serve.ts";

const FIXTURES = new URL("../../../fixtures/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, FIXTURES), "utf8");
const KEYS = loadTestKeys(read("keys/test-keys.yaml"), "test-keys.yaml");
const SUPPLIED = loadCardData(read("cards/supplied.yaml"), "supplied.yaml");

const SELECT = "00A4040008F050422D4945503100";
/** PPIEP to VKIEP, 25 bytes, for triple DES. */
const ELEMENTS = "000123 0000009999 04 291231 000003E8 01312D00 0978 02 01 01";
const key = (bytes: Uint8Array | undefined) => bytes ?? new Uint8Array(0);
const KDU = deriveCardUpdateKey(key(KEYS.masterUpdateKey("000123")), "5445535400004736");

function keysOf(elements: string): Uint8Array {
  const ALGIEP = fromHex(elements)[8] === 5 ? 5 : 4;
  const KDP = deriveCardKey(ALGIEP, key(KEYS.masterPurchaseKey("000123", ALGIEP, 1)), "000123", "0000009999");
  const KDL = deriveLoadKey(ALGIEP, key(KEYS.masterLoadKey("000123", ALGIEP, 1)), "000123", "0000009999");
  return encipherCardKeys(KDU, { KDP, KDL });
}

function command(elements = ELEMENTS, reserved = "0000000000000000"): Uint8Array {
  const signed = concat(fromHex(elements), fromHex(reserved), keysOf(elements));
  return concat(fromHex("905E000049"), signed, personalisationMac(KDU, signed));
}

function serve(): SimulatedCard {
  const card = serveCard({ state: createCard(SUPPLIED, KEYS, seededRandom("supplied")) });
  card.powerOn();
  return card;
}

function selected(): SimulatedCard {
  const card = serve();
  expect(send(card, SELECT)).toMatch(/9000$/);
  return card;
}

function send(card: SimulatedCard, bytes: string | Uint8Array): string {
  return toHex(card.transmit(typeof bytes === "string" ? fromHex(bytes) : bytes) ?? new Uint8Array(0));
}

describe("a supplied card", () => {
  it("has a serial number and nothing else", () => {
    expect(send(serve(), SELECT)).toBe(
      "6F2D8408F050422D49455031A521DF0103000000DF02050000000000DF1E085445535400004736DF1F054945502D319000",
    );
  });

  it.each([
    ["INITIALIZE IEP", "905001001B"],
    ["INITIALIZE IEP for load", `9050000022${"00".repeat(34)}23`],
    ["CREDIT IEP", `905200000F${"00".repeat(15)}10`],
    ["DEBIT IEP", `9054010035${"00".repeat(53)}10`],
    ["PRESENT CERTIFICATE", `90580000F4${"00".repeat(244)}`],
    ["GET PREVIOUS IEP SIGNATURE", "905A010002000110"],
    ["GET BALANCE", "905C00000D"],
    ["READ RECORD", "00B2010C00"],
  ])("answers %s with 9304, but 6985 before SELECT and 6700 before that", (_name, bytes) => {
    const card = serve();
    expect(send(card, bytes)).toBe("6985");
    send(card, SELECT);
    expect(send(card, bytes)).toBe("9304");
    expect(send(card, bytes.slice(0, 8))).toBe("6700");
  });

  it("is not made without the issuer's key or by a file that says more", () => {
    expect(() => createCard({ ...SUPPLIED, issuer: "111111" }, KEYS, seededRandom("x"))).toThrow(
      /no master update key/,
    );
    expect(() => createCard({ ...SUPPLIED, issuer: undefined }, KEYS, seededRandom("x"))).toThrow(/issuer/);
    const text = `${read("cards/supplied.yaml")}BALIEP: 1\n`;
    expect(() => loadCardData(text, "card.yaml")).toThrow(/card\.yaml/);
  });
});

describe("PERSONALISE", () => {
  it.each([
    ["triple DES", ELEMENTS],
    ["AES-128", ELEMENTS.replace(" 04 ", " 05 ")],
    ["no value", ELEMENTS.replace("000003E8", "00000000")],
  ])("issues a card with %s for good", (_what, elements) => {
    const card = selected();
    expect(send(card, command(elements))).toBe("9000");
    expect(card.state.purse).toMatchObject({ lifeCycle: "issued", NTIEP: 1, log: [], KDU: "" });
    expect(send(card, command(elements))).toBe("6985");
    card.reset();
    expect(send(card, SELECT)).toContain("DF0103000123DF02050000009999");
    const INITRSP = send(card, "905001001B");
    expect(INITRSP.slice(0, 46)).toBe(`${elements.replaceAll(" ", "").slice(0, 32)}09780201000101`);
    expect(send(card, command(elements))).toBe("6985");
  });

  it("makes the very card that the issuer would have personalised", () => {
    const card = selected();
    send(card, command());
    const specimen = loadCardData(read("cards/specimen.yaml"), "specimen.yaml");
    const twin = createCard(
      { ...specimen, IDIEP: "0000009999", SNIEP: SUPPLIED.SNIEP, BALIEP: 1000 },
      KEYS,
      seededRandom(""),
    );
    const { issuer: _issuer, ...purse } = card.state.purse;
    expect(purse).toEqual(twin.purse);
  });

  it("is 9302 for any changed bit and changes nothing", () => {
    fc.assert(
      fc.property(fc.nat({ max: 73 * 8 - 1 }), (bit) => {
        const card = selected();
        const before = card.state.purse;
        expect(send(card, flipBit(command(), 40 + bit))).toBe("9302");
        expect(card.state.purse).toBe(before);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["public keys", ELEMENTS.replace("02 01 01", "02 02 01").replace(" 04 ", " 10 "), undefined],
    ["more value than its maximum", ELEMENTS.replace("000003E8", "01312D01"), undefined],
    ["a day that there is not", ELEMENTS.replace("291231", "291232"), undefined],
    ["version 00", ELEMENTS.replace(/01$/, "00"), undefined],
    ["a reserved byte", ELEMENTS, "0000000000000001"],
  ])("of a card with %s is 6A80 when it is rightly signed, and else 9302", (_what, elements, reserved) => {
    const card = selected();
    expect(send(card, command(elements, reserved))).toBe("6A80");
    expect(send(card, flipBit(command(elements, reserved), 600))).toBe("9302");
    expect(send(card, command())).toBe("9000");
  });

  it("is refused by issued and blocked cards, and has its form", () => {
    const specimen = loadCardData(read("cards/blocked.yaml"), "blocked.yaml");
    const card = serveCard({ state: createCard(specimen, KEYS, seededRandom("blocked")) });
    card.powerOn();
    send(card, SELECT);
    expect(send(card, command())).toBe("6985");
    expect(send(card, "905E010049")).toBe("6A86");
    expect(send(card, "905E0000")).toBe("6700");
  });
});
