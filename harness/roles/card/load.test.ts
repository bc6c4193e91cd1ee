import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex, uintToBytes } from "../../core/bytes.ts";
import { seededRandom } from "../../core/random.ts";
import { mac } from "../../crypto/algorithm.ts";
import { deriveLoadKey, deriveLoadSessionKeys } from "../../crypto/load-keys.ts";
import { loadTestKeys } from "../../crypto/test-keys.ts";
import { type CardData, loadCardData } from "./card-data.ts";
import { createCard } from "./personalise.ts";
import { type SimulatedCard, serveCard } from "./serve.ts";

const FIXTURES = new URL("../../../fixtures/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, FIXTURES), "utf8");
const KEYS = loadTestKeys(read("keys/test-keys.yaml"), "test-keys.yaml");
const data = (name: string) => loadCardData(read(`cards/${name}.yaml`), `${name}.yaml`);

const SELECT = "00A4040008F050422D4945503100";
const INITIALIZE = "905001001B";
const GET_BALANCE = "905C00000D";
const IDTRX = "000102030405060708090A0B0C0D0E0F";
const DTHR = "20260115123059";

function serve(name = "specimen", changes: Partial<CardData> = {}): SimulatedCard {
  const card = serveCard({ state: createCard({ ...data(name), ...changes }, KEYS, seededRandom("load")) });
  card.powerOn();
  expect(send(card, SELECT)).toMatch(/9000$/);
  return card;
}

function send(card: SimulatedCard, command: string | Uint8Array): string {
  const response = card.transmit(typeof command === "string" ? fromHex(command) : command);
  return response === null ? "mute" : toHex(response);
}

const loadInit = (amount: string, when = DTHR, IDACQ = "00057001") => `${amount}${IDACQ}${when}${IDTRX}`;
const euros = (MLDA: number) => `${toHex(uintToBytes(MLDA, 4))}097802`;
const initialiseFor = (LOADINIT: string) => `9050000022${LOADINIT}23`;

/** A load as the card's issuer sees it, put together here from the bytes of the specification. */
function begin(card: SimulatedCard, amount: string) {
  const response = send(card, initialiseFor(loadInit(amount)));
  expect(response).toMatch(/^[0-9A-F]{70}9000$/);
  const LOADRSP = response.slice(0, -4);
  const PPIEP = LOADRSP.slice(0, 6);
  const IDIEP = LOADRSP.slice(6, 16);
  const ALGL = LOADRSP.slice(16, 18) === "05" ? 5 : 4;
  const VKIEP = Number.parseInt(LOADRSP.slice(44, 46), 16);
  const NTIEP = LOADRSP.slice(40, 44);
  const R = LOADRSP.slice(46, 54);
  const MKL = KEYS.masterLoadKey(PPIEP, ALGL, VKIEP) ?? new Uint8Array(0);
  const KDL = deriveLoadKey(ALGL, MKL, PPIEP, IDIEP);
  const keys = deriveLoadSessionKeys(ALGL, KDL, { NTIEP: Number.parseInt(NTIEP, 16), R });
  const card4 = { PPIEP, IDIEP, NTIEP, DEXPIEP: LOADRSP.slice(18, 24), BALIEP: LOADRSP.slice(24, 32), R };
  const S1 = LOADRSP.slice(54);
  const S2 = mac(ALGL, keys.KS2, fromHex(`1C${PPIEP}${IDIEP}${NTIEP}${amount}00057001${IDTRX}${S1}`));
  return { ...card4, ALGL, keys, S1, LOADRSP, command: fromHex(`905200000F${amount}${toHex(S2)}10`) };
}

function load(card: SimulatedCard, MLDA: number): string {
  return send(card, begin(card, euros(MLDA)).command);
}

describe("INITIALIZE IEP for load", () => {
  it.each(["specimen", "aes", "rsa", "empty"])("of %s answers INITRSP and S1 over card and request", (name) => {
    const card = serve(name);
    const { ALGL, keys, PPIEP, IDIEP, DEXPIEP, NTIEP, BALIEP, R, S1 } = begin(card, euros(2500));
    const signed = `0C${PPIEP}${IDIEP}${DEXPIEP}${NTIEP}${euros(2500)}${BALIEP}00057001${R}${DTHR}${IDTRX}`;
    expect(S1).toBe(toHex(mac(ALGL, keys.KS1, fromHex(signed))));
  });

  it("writes nothing, gives a new R each time and the same number", () => {
    const card = serve();
    const before = card.state.purse;
    const [first, second] = [begin(card, euros(1)), begin(card, euros(0))];
    expect(card.state.purse).toBe(before);
    expect(second.NTIEP).toBe(first.NTIEP);
    expect(second.R).not.toBe(first.R);
    expect(send(card, first.command)).toBe("9302");
  });

  it.each([
    ["another currency and exponent", "00000001084003"],
    ["an exponent that there is not", "0000000109780F"],
    ["nothing", "00000000097802"],
    ["more than any card holds", "FFFFFFFF097802"],
    ["what is no BCD", "000000010A7802"],
  ])("does not judge %s", (_what, amount) => {
    expect(send(serve(), initialiseFor(loadInit(amount)))).toMatch(/9000$/);
    expect(send(serve(), initialiseFor(loadInit(amount, DTHR, "FFFFFFFF")))).toMatch(/9000$/);
  });

  it.each([
    ["6A80", "no date", initialiseFor(loadInit(euros(1), "20260230120000"))],
    ["6A80", "a date with a digit that is none", initialiseFor(loadInit(euros(1), "2026011512305A"))],
    ["6700", "33 bytes", `9050000021${loadInit(euros(1)).slice(2)}23`],
    ["6700", "no data, as for purchase", "905000001B"],
    ["6700", "Le too small", `9050000022${loadInit(euros(1))}22`],
    ["6A86", "P2 01", `9050000122${loadInit(euros(1))}23`],
  ])("is %s for %s, and the session is over", (SW, _what, bad) => {
    const card = serve();
    const { command } = begin(card, euros(1));
    expect(send(card, bad)).toBe(SW);
    expect(send(card, command)).toBe("6985");
  });

  it("is refused by a blocked card and by one whose number is used up, before the date is looked at", () => {
    const bad = initialiseFor(loadInit(euros(1), "00000000000000"));
    expect(send(serve("blocked"), bad)).toBe("9303");
    expect(send(serve("exhausted"), bad)).toBe("9402");
    expect(send(serve("blocked"), `905200000F${"00".repeat(15)}10`)).toBe("9303");
  });
});

describe("CREDIT IEP", () => {
  it.each([
    ["specimen", "0098A344", "00989680"],
    ["aes", "0098A344", "00989680"],
    ["rsa", "0098A344", "00989680"],
    ["empty", "00000CC4", "00000000"],
  ])("raises the balance of %s by the amount, with S3, number and log", (name, after) => {
    const card = serve(name);
    const { ALGL, keys, PPIEP, IDIEP, DEXPIEP, R, command } = begin(card, euros(3268));
    const response = send(card, command);
    const S3 = mac(
      ALGL,
      keys.KS3,
      fromHex(`2C0000${PPIEP}${IDIEP}${DEXPIEP}0001${euros(3268)}00057001${R}${DTHR}${IDTRX}${after}`),
    );
    expect(response).toBe(`00000001${after}${toHex(S3)}9000`);
    expect(send(card, GET_BALANCE).slice(0, 8)).toBe(after);
    expect(send(card, GET_BALANCE).slice(-8, -4)).toBe("0002");
    expect(send(card, "00B201C400")).toBe(`0200010000${euros(3268)}${after}0005700100000000${DTHR}9000`);
    expect(send(card, "905A000002000110")).toBe(response);
    expect(send(card, "905A010002000110")).toBe("9406");
    expect(send(card, command)).toBe("6985");
  });

  it.each([
    ["9409", "in another currency", "specimen", "00000001084002"],
    ["9409", "of nothing with another exponent", "specimen", "00000000097803"],
    ["940A", "of nothing", "at-maximum", "00000000097802"],
    ["940B", "above the maximum by one", "low-maximum", euros(4001)],
    ["940B", "of anything on a full card", "at-maximum", euros(1)],
    ["940B", "of all that four bytes hold", "specimen", "FFFFFFFF097802"],
  ])("completes with %s %s, changes nothing of value and keeps the signed answer", (CC, _what, name, amount) => {
    const card = serve(name);
    const { ALGL, keys, PPIEP, IDIEP, DEXPIEP, BALIEP, R, command } = begin(card, amount);
    const S3 = mac(
      ALGL,
      keys.KS3,
      fromHex(`2C${CC}${PPIEP}${IDIEP}${DEXPIEP}0001${amount}00057001${R}${DTHR}${IDTRX}${BALIEP}`),
    );
    const response = send(card, command);
    expect(response).toBe(`${CC}0001${BALIEP}${toHex(S3)}9000`);
    expect(card.state.purse).toMatchObject({ NTIEP: 1, log: [] });
    expect(send(card, "905A000002000110")).toBe(response);
  });

  it("fills a card to its maximum", () => {
    expect(load(serve("low-maximum"), 4000)).toMatch(/^0000000100001388/);
  });

  it("is 9302 for any changed bit, and gives no signature", () => {
    fc.assert(
      fc.property(fc.nat({ max: 15 * 8 - 1 }), (bit) => {
        const card = serve();
        const { command } = begin(card, euros(995));
        const before = card.state.purse;
        expect(send(card, flipBit(command, 40 + bit))).toBe("9302");
        expect(card.state.purse).toBe(before);
        expect(send(card, command)).toBe("6985");
      }),
      { numRuns: 60 },
    );
  });

  it("is 9302 when the HSM signed another amount than the card was asked for", () => {
    const card = serve();
    const { ALGL, keys, PPIEP, IDIEP, S1 } = begin(card, euros(1));
    const S2 = mac(ALGL, keys.KS2, fromHex(`1C${PPIEP}${IDIEP}0001${euros(2)}00057001${IDTRX}${S1}`));
    expect(send(card, `905200000F${euros(2)}${toHex(S2)}10`)).toBe("9302");
  });

  it("and DEBIT IEP want an initialisation of their own kind, and leave another as it is", () => {
    const card = serve();
    const { command } = begin(card, euros(995));
    expect(send(card, `9054010035${"00".repeat(53)}10`)).toBe("6985");
    expect(send(card, command)).toMatch(/^0000/);
    send(card, INITIALIZE);
    expect(send(card, command)).toBe("6985");
    expect(send(card, `9054010035${"00".repeat(53)}10`)).toBe("9302");
  });

  it("refused for its form leaves the load initialised; PRESENT CERTIFICATE ends it", () => {
    const card = serve();
    const { command } = begin(card, euros(995));
    for (const [bad, SW] of [
      ["905201000F", "6A86"],
      [`905200000E${"00".repeat(14)}10`, "6700"],
    ] as const)
      expect(send(card, bad)).toBe(SW);
    expect(send(card, GET_BALANCE)).toMatch(/9000$/);
    expect(send(card, command)).toMatch(/^0000/);
    const again = begin(card, euros(995));
    expect(send(card, `90580000F4${"00".repeat(244)}`)).toBe("6985");
    expect(send(card, again.command)).toBe("6985");
  });

  it("is forgotten at reset, and its number comes to an end like that of a purchase", () => {
    const card = serve();
    const { command } = begin(card, euros(995));
    card.reset();
    send(card, SELECT);
    expect(send(card, command)).toBe("6985");
    const last = serve("specimen", { NTIEP: 0xfffe });
    expect(load(last, 1)).toMatch(/^0000FFFE/);
    expect(send(last, initialiseFor(loadInit(euros(1))))).toBe("9402");
  });

  it("keeps the ten newest loads and purchases in the log, newest first", () => {
    const card = serve("empty");
    for (let MLDA = 1; MLDA <= 20; MLDA++) expect(load(card, MLDA)).toMatch(/^0000/);
    expect(card.state.purse.log.map(({ MPDA }) => MPDA).slice(0, 10)).toEqual([20, 19, 18, 17, 16, 15, 14, 13, 12, 11]);
    expect(card.state.purse.BALIEP).toBe(210);
  });
});

describe("a load of any amount on any card", () => {
  it("adds exactly that amount or nothing", () => {
    fc.assert(
      fc.property(fc.nat({ max: 6000 }), fc.nat({ max: 5000 }), (MLDA, BALIEP) => {
        const card = serve("low-maximum", { BALIEP });
        const isLoaded = MLDA > 0 && BALIEP + MLDA <= 5000;
        expect(load(card, MLDA).startsWith("0000")).toBe(isLoaded);
        expect(card.state.purse.BALIEP).toBe(isLoaded ? BALIEP + MLDA : BALIEP);
        expect(concat(fromHex(send(card, GET_BALANCE)))).toHaveLength(15);
      }),
      { numRuns: 40 },
    );
  });
});
