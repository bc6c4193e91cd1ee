/** UPDATE PSAM (psam-edge.md 4.10). */
import { beforeEach, describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { encipherUpdateKey, signS6 } from "../../crypto/collection.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { encodeUnsignedUpdate, encodeUpdateCommand, type UpdateContent } from "../../protocol/messages/psam-update.ts";
import type { SimulatedCard } from "../card/serve.ts";
import { restorePsam } from "./personalise.ts";
import { type SimulatedPsam, servePsam } from "./serve.ts";
import {
  complete,
  debit,
  debitPackage,
  draw,
  idtrx,
  initResponse,
  issue,
  KEYS,
  present,
  SELECT,
  send,
  serve,
  testCard,
} from "./testing/psam-bed.ts";

/** Key and updates of `fixtures/vectors/collection.json`, the first vector. */
const KDC = "4427BADC24BAB6AC577BBEBA82F41DB5";
const BLOCK = "0000000120260115010001230000004716" + "1A41C7118BD57260";
const UNBLOCK = "0000000120260115020001230000004716" + "C4155987507DE606";
const SET_KEY = "000000012026011503000123050253F584AE89DF02E806A8BB5EB09D1DC6" + "FA94BDBED1BF6719";
const REMOVE_KEY = "0000000120260115040001230502" + "9A3EF33617534597";
const SPECIMEN = { PPIEP: "000123", IDIEP: "0000004711" };
const SPECIMEN_KEY = { PPIEP: "000123", ALGIEP: 4, VKIEP: 1 };

let psam: SimulatedPsam;
let card: SimulatedCard;
beforeEach(() => {
  psam = serve({}, { KDC });
  card = testCard("specimen");
});

const update = (UPDATE: string | Uint8Array) =>
  send(psam, encodeUpdateCommand(typeof UPDATE === "string" ? fromHex(UPDATE) : UPDATE));
const sign = (unsigned: Uint8Array) => concat(unsigned, signS6(fromHex(KDC), psam.state.memory, unsigned));
const ordered = (NTUPD: number, content: UpdateContent, date = "20260301") =>
  sign(encodeUnsignedUpdate({ NTUPD, date, content }));
const newKey = (NTUPD: number, name: typeof SPECIMEN_KEY, MKP: Uint8Array) =>
  ordered(NTUPD, { kind: "set-key", ...name, enciphered: encipherUpdateKey(fromHex(KDC), NTUPD, MKP) });

describe("an update", () => {
  it("blocks a card and unblocks it, with number and date in the same write", () => {
    psam = serve({}, { KDC, blockedCards: [] });
    expect(update(BLOCK)).toBe("9000");
    expect(psam.state.memory).toMatchObject({
      blockedCards: [{ PPIEP: "000123", IDIEP: "0000004716" }],
      NTUPD: 1,
      updated: "20260115",
    });
    expect(present(psam, initResponse(testCard("blocked-list")))).toBe("9412");
    expect(update(ordered(2, { kind: "block-card", PPIEP: "000123", IDIEP: "0000004716" }))).toBe("9000");
    expect(psam.state.memory.blockedCards).toHaveLength(1);
    expect(update(ordered(7, { kind: "unblock-card", PPIEP: "000123", IDIEP: "0000004716" }))).toBe("9000");
    expect(psam.state.memory).toMatchObject({ blockedCards: [], NTUPD: 7, updated: "20260301" });
    expect(present(psam, initResponse(testCard("blocked-list")))).toBe("9000");
  });

  it("is applied as the vectors have it, each first", () => {
    expect(update(UNBLOCK)).toBe("9000");
    expect(psam.state.memory.blockedCards).toEqual([]);
    psam = serve({}, { KDC });
    expect(update(SET_KEY)).toBe("9000");
    expect(psam.state.memory.keys.at(-1)).toEqual({
      PPIEP: "000123",
      ALGIEP: 5,
      VKIEP: 2,
      MKP: "4C4A512054514540544520312F2F2F2F",
    });
    psam = serve({}, { KDC, keys: psam.state.memory.keys });
    expect(update(REMOVE_KEY)).toBe("9000");
    expect(psam.state.memory.keys.some(({ ALGIEP, VKIEP }) => ALGIEP === 5 && VKIEP === 2)).toBe(false);
  });

  it("adds and removes a key generation: cards of it are accepted from then on, and no more", () => {
    psam = serve({}, { KDC, keys: psam.state.memory.keys.filter(({ VKIEP }) => VKIEP !== 2) });
    const second = testCard("second-key-version");
    const name = { PPIEP: "000123", ALGIEP: 4, VKIEP: 2 };
    const MKP = KEYS.masterPurchaseKey("000123", 4, 2) ?? new Uint8Array(0);
    expect(present(psam, initResponse(second))).toBe("9403");
    expect(update(newKey(1, name, MKP))).toBe("9000");
    expect(complete(psam, 1, debit(second, draw(psam, second)))).toMatch(/9000$/);
    expect(update(ordered(2, { kind: "remove-key", ...name }))).toBe("9000");
    expect(present(psam, initResponse(second))).toBe("9403");
  });

  it("does not bring the date back, and removing what is not there is no trouble", () => {
    expect(update(ordered(1, { kind: "remove-key", PPIEP: "000777", ALGIEP: 5, VKIEP: 9 }, "20200101"))).toBe("9000");
    expect(psam.state.memory).toMatchObject({ NTUPD: 1, updated: "20260101" });
    expect(update(ordered(2, { kind: "unblock-card", ...SPECIMEN }))).toBe("9000");
  });
});

describe("an update that is not applied", () => {
  it.each([
    ["KIND", "0000000120260115050001230000004716"],
    ["KIND 00", "0000000120260115000001230000004716"],
    ["date", "0000000120260231010001230000004716"],
    ["length of a card", "000000012026011501000123000000471600"],
    ["length of a key name", "000000012026011504000123050200"],
    ["length of a key", `0000000120260115030001230502${"00".repeat(15)}`],
    ["algorithm without master keys", "0000000120260115040001231001"],
    ["number that is no BCD", "000000012026011501000123000000471A"],
  ])("6A80: %s", (_what, unsigned) => {
    const before = psam.state;
    expect(update(sign(fromHex(unsigned)))).toBe("6A80");
    expect(psam.state).toEqual(before);
  });

  it("6700: shorter than 22 or longer than 38 bytes; 6A86, 6E00, 6985 as everywhere", () => {
    expect(send(psam, `9082000015${"00".repeat(21)}`)).toBe("6700");
    expect(send(psam, `9082000027${"00".repeat(39)}`)).toBe("6700");
    expect(send(psam, `9082000016${"00".repeat(22)}`)).toBe("6A80");
    expect(send(psam, "9082010000")).toBe("6A86");
    expect(send(psam, "0082000000")).toBe("6E00");
    psam.reset();
    expect(update(BLOCK)).toBe("6985");
  });

  it("9302 for any changed bit behind the kind, and before 9419", () => {
    for (let bit = 9 * 8; bit < 25 * 8; bit += 3) {
      expect(update(flipBit(fromHex(UNBLOCK), bit))).toMatch(/^(9302|6A80)$/);
    }
    expect(update(flipBit(fromHex(UNBLOCK), 31))).toBe("9302");
    expect(psam.state.memory.blockedCards).toHaveLength(1);
    expect(update(UNBLOCK)).toBe("9000");
    expect(update(flipBit(fromHex(UNBLOCK), 199))).toBe("9302");
  });

  it("9302 for an update of another PSAM", () => {
    psam = serve({}, { KDC, IDPSAM: "00A10002" });
    expect(update(BLOCK)).toBe("9302");
  });

  it("9419 for a number that is not above the last, and nothing is applied twice", () => {
    expect(update(UNBLOCK)).toBe("9000");
    expect(update(UNBLOCK)).toBe("9419");
    expect(update(BLOCK)).toBe("9419");
    expect(psam.state.memory.blockedCards).toEqual([]);
    expect(update(ordered(0, { kind: "block-card", ...SPECIMEN }))).toBe("9419");
  });

  it("9417: a list that is full, or more providers than READ TOTALS has lines for", () => {
    const blockedCards = Array.from({ length: 10_000 }, (_, n) => ({
      PPIEP: "000123",
      IDIEP: String(n).padStart(10, "0"),
    }));
    psam = serve({}, { KDC, blockedCards });
    expect(update(ordered(1, { kind: "block-card", PPIEP: "000123", IDIEP: "0000010000" }))).toBe("9417");
    expect(update(ordered(1, { kind: "block-card", ...SPECIMEN }))).toBe("9000");
    psam = serve({}, { KDC });
    const key = new Uint8Array(16);
    expect(update(newKey(1, { ...SPECIMEN_KEY, PPIEP: "000777" }, key))).toBe("9000");
    const before = psam.state.memory;
    expect(update(newKey(2, { ...SPECIMEN_KEY, PPIEP: "000888" }, key))).toBe("9417");
    expect(psam.state.memory).toEqual(before);
    expect(update(newKey(2, { ...SPECIMEN_KEY, PPIEP: "000777", VKIEP: 8 }, key))).toBe("9000");
  });

  it("6581: a failed write leaves number, date and lists", () => {
    let works = true;
    psam = serve({ memory: () => works }, { KDC });
    works = false;
    const before = psam.state.memory;
    for (const UPDATE of [UNBLOCK, SET_KEY]) expect(update(UPDATE)).toBe("6581");
    expect(psam.state.memory).toEqual(before);
    works = true;
    expect(update(UNBLOCK)).toBe("9000");
  });
});

describe("what was begun before an update", () => {
  const removal = (NTUPD: number) => ordered(NTUPD, { kind: "remove-key", ...SPECIMEN_KEY });
  const replacement = (NTUPD: number) => newKey(NTUPD, SPECIMEN_KEY, new Uint8Array(16).fill(NTUPD));

  it.each([
    ["removed", removal],
    ["replaced", replacement],
  ])("ends under its key when that is %s: open, suspended, issued and the draw under way", (_how, change) => {
    const suspended = debit(card, draw(psam, card, { IDTRX: idtrx(1) }));
    send(psam, encodePsamCancelCommand(idtrx(1), "suspend"));
    const second = testCard("second");
    const issued = debit(second, issue(psam, second, { IDTRX: idtrx(2) }).DEBITDATA);
    present(psam, initResponse(card));
    expect(update(change(1))).toBe("9000");
    const DEBITDATA = fromHex(send(psam, debitPackage({ IDTRX: idtrx(3) })).slice(0, 106));
    expect(update(change(2))).toBe("9000");
    const answer = debit(card, DEBITDATA);
    psam = servePsam({ state: restorePsam(structuredClone(psam.state.memory)) });
    send(psam, SELECT);
    for (const [number, CARDRSP] of [
      [1, suspended],
      [2, issued],
      [3, answer],
    ] as const) {
      expect(complete(psam, number, CARDRSP)).toMatch(/9000$/);
    }
    expect(psam.state.memory.totals).toEqual([{ PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: 2985, NTOT: 3 }]);
  });

  it("goes on although its card is blocked", () => {
    present(psam, initResponse(card));
    expect(update(ordered(1, { kind: "block-card", ...SPECIMEN }))).toBe("9000");
    const DEBITDATA = fromHex(send(psam, debitPackage()).slice(0, 106));
    expect(psam.state.memory.open?.IDTRX).toBe(idtrx(1));
    expect(complete(psam, 1, debit(card, DEBITDATA))).toMatch(/9000$/);
    expect(present(psam, initResponse(card))).toBe("9412");
  });

  it("keeps the room of its totals: a provider whose last key went still counts", () => {
    const other = testCard("issuer-b");
    expect(complete(psam, 1, debit(other, draw(psam, other)))).toMatch(/9000$/);
    expect(update(ordered(1, { kind: "remove-key", PPIEP: "000456", ALGIEP: 4, VKIEP: 1 }))).toBe("9000");
    expect(update(newKey(2, { ...SPECIMEN_KEY, PPIEP: "000777" }, new Uint8Array(16)))).toBe("9000");
    expect(update(newKey(3, { ...SPECIMEN_KEY, PPIEP: "000888" }, new Uint8Array(16)))).toBe("9417");
    expect(toHex(psam.transmit(fromHex("908C000000")))).toMatch(/9000$/);
  });
});
