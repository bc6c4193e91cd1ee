/** COLLECT and END OF COLLECTION (psam-edge.md 4.8, 4.9). */
import { beforeEach, describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { deriveCollectionKey, signS4, signS5 } from "../../crypto/collection.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { encodeCollectCommand, encodeEndOfCollectionCommand } from "../../protocol/messages/psam-collect.ts";
import { encodePackageInitializeCommand } from "../../protocol/messages/psam-packages.ts";
import { encodeTotalsLine, type TotalsLine } from "../../protocol/messages/psam-read-totals.ts";
import type { SimulatedCard } from "../card/serve.ts";
import { PsamClient } from "./client.ts";
import { createPsam, restorePsam } from "./personalise.ts";
import { type SimulatedPsam, servePsam } from "./serve.ts";
import type { PsamMemory } from "./state.ts";
import {
  complete,
  DATA,
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

/** Key, digest and signatures of `fixtures/vectors/collection.json`, the first vector: one purchase of 9.95. */
const KDC = "4427BADC24BAB6AC577BBEBA82F41DB5";
const DIGEST = "6B0A5DD7E5A65389D9B77579281DFA82B79EC21F14F155BBA386D41FF71F1F57";
const LINE = "0001230978020000000003E300000001";
const S4 = "615237CD9E1DF23E";
const S5 = "FD2CE010586212F4";
const ANSWER = `00000001${S4}9000`;
const COLLECT = `9076000031${DIGEST}01${LINE}0C`;
const END = `907A00000C00000001${S5}`;

let psam: SimulatedPsam;
let card: SimulatedCard;
beforeEach(() => {
  psam = serve({}, { KDC });
  card = testCard("specimen");
});

const euro = (MTOT: number, NTOT: number): TotalsLine => ({ PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT, NTOT });
const collect = (...lines: readonly TotalsLine[]) => {
  return send(psam, encodeCollectCommand({ DIGEST, LINES: concat(...lines.map(encodeTotalsLine)) }));
};
const totals = () => psam.state.memory.totals;

/** A confirmed purchase of 9.95 by that card. */
function sell(number = 1, by = card): void {
  const { CURRIEP: CURRPDA, CEXPIEP: CEXPPDA } = by.state.purse;
  const DEBITDATA = draw(psam, by, { IDTRX: idtrx(number), CURRPDA, CEXPPDA });
  expect(complete(psam, number, debit(by, DEBITDATA))).toMatch(/9000$/);
}

describe("a collection", () => {
  it("takes the lines out of the totals, is signed, and forgotten when it is acknowledged", () => {
    sell();
    expect(send(psam, COLLECT)).toBe(ANSWER);
    expect(totals()).toEqual([]);
    expect(psam.state.memory).toMatchObject({ NTCOL: 1, collection: { NTCOL: 1, DIGEST, LINES: LINE } });
    expect(send(psam, END)).toBe("9000");
    expect(psam.state.memory).toMatchObject({ NTCOL: 1, collection: null, totals: [] });
  });

  it("is answered as before when it is asked for again, also after power loss, and takes nothing twice", () => {
    let kept = "";
    const memory = (now: PsamMemory) => {
      kept = JSON.stringify(now);
      return true;
    };
    psam = serve({ memory }, { KDC });
    sell(1);
    sell(2);
    for (const _turn of ["first", "again"]) expect(send(psam, COLLECT)).toBe(ANSWER);
    psam = servePsam({ state: restorePsam(JSON.parse(kept)) });
    send(psam, SELECT);
    expect(send(psam, COLLECT)).toBe(ANSWER);
    expect(totals()).toEqual([euro(995, 1)]);
    expect(psam.state.memory.NTCOL).toBe(1);
  });

  it("leaves what was sold since, and the next one has the next number", () => {
    sell(1);
    expect(send(psam, COLLECT)).toBe(ANSWER);
    sell(2);
    expect(totals()).toEqual([euro(995, 1)]);
    expect(send(psam, END)).toBe("9000");
    expect(send(psam, COLLECT)).toMatch(/^00000002.{16}9000$/);
    expect(send(psam, END)).toBe("9415");
  });

  it("takes part of a line, and several lines", () => {
    sell(1);
    sell(2);
    sell(3, testCard("yen"));
    sell(4, testCard("issuer-b"));
    const yen: TotalsLine = { PPIEP: "000123", CURR: "0392", CEXP: 0, MTOT: 995, NTOT: 1 };
    const other: TotalsLine = { ...euro(995, 1), PPIEP: "000456" };
    const lines = [yen, euro(995, 1), other];
    const name = { PPPSAM: "000789", IDPSAM: "00A10001", NTCOL: 1, DIGEST: fromHex(DIGEST) };
    const expected = toHex(signS4(fromHex(KDC), { ...name, lines: lines.map(encodeTotalsLine) }));
    expect(collect(...lines)).toBe(`00000001${expected}9000`);
    expect(totals()).toEqual([euro(995, 1)]);
  });

  it("does not disturb a draw, an open transaction or what is issued", () => {
    sell(1);
    issue(psam, card, { IDTRX: idtrx(2) });
    present(psam, initResponse(card));
    expect(send(psam, COLLECT)).toBe(ANSWER);
    const DEBITDATA = fromHex(send(psam, debitPackage({ IDTRX: idtrx(3) })).slice(0, 106));
    expect(send(psam, END)).toBe("9000");
    expect(psam.state.memory.open?.IDTRX).toBe(idtrx(3));
    expect(complete(psam, 3, debit(card, DEBITDATA))).toMatch(/9000$/);
    expect(totals()).toEqual([euro(1990, 2)]);
  });

  it("works in the middle of every state", () => {
    sell(1);
    send(psam, "90700000023B00");
    expect(send(psam, COLLECT)).toBe(ANSWER);
    expect(send(psam, encodePackageInitializeCommand(initResponse(card)))).toMatch(/9000$/);
    expect(send(psam, END)).toBe("9000");
    expect(send(psam, debitPackage({ IDTRX: idtrx(2) }))).toMatch(/9000$/);
  });
});

describe("what is not collected", () => {
  it("6A80: number of lines, order, zeros", () => {
    const other = "0001230978010000000003E300000001";
    const zero = "00".repeat(16);
    const requests = [
      `00${LINE}`,
      `02${LINE}`,
      `01${LINE}${LINE}`,
      `02${LINE}${LINE}`,
      `02${LINE}${other}`,
      `01${LINE}00`,
      `01${LINE.slice(0, 12)}000000000000${"00000001"}`,
      `01${LINE.slice(0, 24)}00000000`,
      `01${zero}`,
      `01FFFFFF${LINE.slice(6)}`,
    ];
    sell();
    const before = psam.state.memory;
    for (const request of requests) {
      const Lc = (32 + request.length / 2).toString(16);
      expect([request, send(psam, `90760000${Lc}${DIGEST}${request}0C`)]).toEqual([request, "6A80"]);
      expect(psam.state.memory).toEqual(before);
    }
  });

  it("6700: shorter than one line, longer than 13, or a short Le", () => {
    const lines = (n: number) => `${n.toString(16).padStart(2, "0")}${LINE.repeat(n)}`;
    const command = (data: string) => `90760000${(data.length / 2).toString(16).padStart(2, "0")}${data}`;
    for (const bytes of [
      `${command(`${DIGEST}00`)}0C`,
      `${command(DIGEST + lines(13))}${"0B"}`,
      `${command(`${DIGEST}${lines(13)}00`)}0C`,
      command(DIGEST + lines(1)),
      "907A00000B0000000112345678901234",
      "907A00000D00000001123456789012345678",
      "9076000000",
    ]) {
      expect([bytes, send(psam, bytes)]).toEqual([bytes, "6700"]);
    }
    expect(send(psam, "9076010000")).toBe("6A86");
    expect(send(psam, "907A000100")).toBe("6A86");
    expect(send(psam, "0076000000")).toBe("6E00");
  });

  it("9418: a sum, a number or a whole line that the totals do not hold", () => {
    expect(collect(euro(995, 1))).toBe("9418");
    sell(1);
    sell(2);
    for (const line of [euro(1991, 2), euro(1990, 3), euro(2985, 3), { ...euro(995, 1), CURR: "0840" }]) {
      expect(collect(line)).toBe("9418");
    }
    expect(collect(euro(995, 1), { ...euro(995, 1), PPIEP: "000456" })).toBe("9418");
    expect(totals()).toEqual([euro(1990, 2)]);
    expect(psam.state.memory).toMatchObject({ NTCOL: 0, collection: null });
  });

  it("9418: a sum that would stay behind without a number, or a number without a sum", () => {
    sell(1);
    sell(2);
    expect(collect(euro(1989, 2))).toBe("9418");
    expect(collect(euro(1990, 1))).toBe("9418");
    expect(collect(euro(1990, 2))).toMatch(/9000$/);
  });

  it("9418: what is issued and can still be taken back", () => {
    sell(1);
    issue(psam, card, { IDTRX: idtrx(2) });
    expect(totals()).toEqual([euro(1990, 2)]);
    expect(collect(euro(1990, 2))).toBe("9418");
    expect(collect(euro(995, 1))).toMatch(/9000$/);
    expect(send(psam, encodePsamCancelCommand(idtrx(2), "withdraw"))).toBe("9000");
    expect(totals()).toEqual([]);
  });

  it("is signed anew under another DIGEST for the same lines, and takes nothing twice: a DIGEST altered on its way is set right", () => {
    sell(1);
    sell(2);
    const other = "00".repeat(32);
    const answer = send(psam, COLLECT.replace(DIGEST, other));
    const name = { PPPSAM: "000789", IDPSAM: "00A10001", NTCOL: 1, DIGEST: fromHex(other) };
    expect(answer).toBe(`00000001${toHex(signS4(fromHex(KDC), { ...name, lines: [fromHex(LINE)] }))}9000`);
    expect(send(psam, END)).toBe("9302");
    expect(send(psam, COLLECT)).toBe(ANSWER);
    expect(totals()).toEqual([euro(995, 1)]);
    expect(send(psam, END)).toBe("9000");
  });

  it("9419: other lines while one is kept, before 9418", () => {
    sell(1);
    sell(2);
    expect(send(psam, COLLECT)).toBe(ANSWER);
    expect(collect(euro(990, 1))).toBe("9419");
    expect(collect(euro(9_999, 9))).toBe("9419");
    expect(totals()).toEqual([euro(995, 1)]);
  });

  it("9402: no number is left", () => {
    psam = serve({}, { KDC, NTCOL: 0xffff_fffe });
    sell();
    expect(send(psam, COLLECT)).toMatch(/^FFFFFFFF.{16}9000$/);
    psam = serve({}, { KDC, NTCOL: 0xffff_ffff, totals: [euro(995, 1)] });
    expect(send(psam, COLLECT)).toBe("9402");
  });

  it("6581: a failed write leaves totals and number, and it can be asked for again", () => {
    let works = true;
    psam = serve({ memory: () => works }, { KDC });
    sell();
    works = false;
    expect(send(psam, COLLECT)).toBe("6581");
    expect(psam.state.memory).toMatchObject({ totals: [euro(995, 1)], NTCOL: 0, collection: null });
    works = true;
    expect(send(psam, COLLECT)).toBe(ANSWER);
    works = false;
    expect(send(psam, END)).toBe("6581");
    works = true;
    expect(send(psam, COLLECT)).toBe(ANSWER);
    expect(send(psam, END)).toBe("9000");
  });

  it("6985 before SELECT", () => {
    psam.reset();
    for (const command of [COLLECT, END]) expect(send(psam, command)).toBe("6985");
  });
});

describe("END OF COLLECTION", () => {
  it("9415 when none of that number is kept, whatever S5 is", () => {
    expect(send(psam, END)).toBe("9415");
    sell();
    send(psam, COLLECT);
    expect(send(psam, END.replace("00000001FD", "00000002FD"))).toBe("9415");
    expect(send(psam, END)).toBe("9000");
    expect(send(psam, END)).toBe("9415");
  });

  it("9302 for any changed bit of S5, and the collection stays", () => {
    sell();
    send(psam, COLLECT);
    for (let bit = 0; bit < 64; bit++) {
      expect(send(psam, encodeEndOfCollectionCommand(1, flipBit(fromHex(S5), bit)))).toBe("9302");
    }
    expect(send(psam, COLLECT)).toBe(ANSWER);
    expect(send(psam, END)).toBe("9000");
  });
});

describe("personalisation and client", () => {
  it("gives each PSAM its own KDC from the clearing system's key", () => {
    const MKC = KEYS.masterCollectionKey() ?? new Uint8Array(0);
    const keyOf = (IDPSAM: string) => createPsam({ ...DATA, IDPSAM }, KEYS).memory.KDC;
    expect(keyOf("00A10001")).toBe(toHex(deriveCollectionKey(MKC, { PPPSAM: "000789", IDPSAM: "00A10001" })));
    expect(keyOf("00A10001")).not.toBe(keyOf("00A10003"));
    const without = { ...withoutClearing(), masterCollectionKey: () => undefined };
    expect(() => createPsam(DATA, without)).toThrow(/master collection key/);
  });

  it("collects in the terms of the specification", async () => {
    const client = new PsamClient(psam);
    const deadline = deadlineIn(systemClock, 5_000);
    sell();
    const answer = await client.collect({ DIGEST, LINES: fromHex(LINE) }, deadline);
    expect(answer).toEqual({ kind: "answer", value: { NTCOL: 1, S4: fromHex(S4) } });
    const name = { PPPSAM: "000789", IDPSAM: "00A10001", NTCOL: 1, DIGEST: fromHex(DIGEST) };
    const mine = signS5(fromHex(KDC), name);
    expect(await client.endOfCollection(1, mine, deadline)).toEqual({ kind: "answer", value: null });
    expect(await client.endOfCollection(1, mine, deadline)).toEqual({ kind: "refused", SW: 0x9415 });
  });
});

/** The keys of the PSAM, as plain functions. */
function withoutClearing() {
  return {
    masterPurchaseKey: KEYS.masterPurchaseKey.bind(KEYS),
    caPrivateKey: KEYS.caPrivateKey.bind(KEYS),
    psamKey: KEYS.psamKey.bind(KEYS),
  };
}
