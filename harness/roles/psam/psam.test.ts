import { readdirSync } from "node:fs";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { concat, flipBit, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { cardAtr } from "../card/atr.ts";
import type { SimulatedCard } from "../card/serve.ts";
import { PsamClient } from "./client.ts";
import { psamCrypto } from "./crypto.ts";
import { createPsamRole } from "./model.ts";
import { createPsam, restorePsam } from "./personalise.ts";
import { loadPsamData } from "./psam-data.ts";
import { type SimulatedPsam, servePsam } from "./serve.ts";
import {
  complete,
  DATA,
  debit,
  draw,
  FIXTURES,
  idtrx,
  initResponse,
  KEYS,
  READ_TOTALS,
  read,
  SELECT,
  send,
  serve,
  testCard,
} from "./testing/psam-bed.ts";

let psam: SimulatedPsam;
let card: SimulatedCard;

beforeEach(() => {
  psam = serve();
  card = testCard("specimen");
});

describe("a purchase", () => {
  it("goes through packages, DEBIT IEP and COMPLETE, and raises the total once", () => {
    const CARDRSP = debit(card, draw(psam, card));
    const result = `${idtrx(1)}00000000000100012300000047110001000003E3097802`;
    expect(complete(psam, 1, CARDRSP)).toBe(`${result}9000`);
    const totals = "00078900A10001000000022026010100" + "0001230978020000000003E300000001" + "9000";
    expect(send(psam, READ_TOTALS)).toBe(totals);
    expect(complete(psam, 1, CARDRSP)).toBe("9416");
    expect(send(psam, READ_TOTALS)).toBe(totals);
  });

  it.each([
    ["second-key-version", "0978", 2],
    ["issuer-b", "0978", 2],
    ["aes", "0978", 2],
    ["yen", "0392", 0],
    ["dinar", "0414", 3],
  ])("works with the card %s", (name, CURRPDA, CEXPPDA) => {
    const other = testCard(name);
    const CARDRSP = debit(other, draw(psam, other, { CURRPDA, CEXPPDA }));
    expect(complete(psam, 1, CARDRSP)).toMatch(/9000$/);
  });

  it("keeps totals apart by provider and currency, and equal to what was confirmed", () => {
    const cards = ["specimen", "issuer-b", "yen", "second"].map((name) => testCard(name));
    cards.forEach((each, index) => {
      const { CURRIEP, CEXPIEP } = each.state.purse;
      const DEBITDATA = draw(psam, each, {
        MPDA: 100 + index,
        CURRPDA: CURRIEP,
        CEXPPDA: CEXPIEP,
        IDTRX: idtrx(index),
      });
      expect(complete(psam, index, debit(each, DEBITDATA))).toMatch(/9000$/);
    });
    expect(psam.state.memory.totals).toEqual([
      { PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: 203, NTOT: 2 },
      { PPIEP: "000456", CURR: "0978", CEXP: 2, MTOT: 101, NTOT: 1 },
      { PPIEP: "000123", CURR: "0392", CEXP: 0, MTOT: 102, NTOT: 1 },
    ]);
  });
});

describe("status words in their order", () => {
  it.each([
    ["6E00", "00700000"],
    ["6E00", "80700000"],
    ["6E00", "90A40400"],
    ["6D00", "90500100"],
    ["6D00", "00B20000"],
    ["6A86", "907004000100"],
    ["6A86", "907200010100"],
    ["6A86", "907202000100"],
    ["6A86", "908E02000100"],
    ["6700", "90700100"],
    ["6700", "907000000100"],
    ["6700", `907001001B${"00".repeat(27)}0A`],
    ["6700", "908C00000F"],
    ["6985", `907001001B${"00".repeat(27)}0B`],
    ["6A82", "00A4040008F050422D4945503100"],
  ])("%s for %s", (SW, command) => {
    const before = psam.state;
    expect(send(psam, command)).toBe(SW);
    expect(psam.state).toEqual(before);
  });

  it("6985 for everything but SELECT before it", () => {
    psam.reset();
    for (const command of [READ_TOTALS, "90700000023B00", toHex(encodePsamCancelCommand(idtrx(1), "suspend"))]) {
      expect(send(psam, command)).toBe("6985");
    }
    expect(send(psam, SELECT)).toBe("6F228408F050422D50534D31A516DF1003000789DF110400A10001DF1F065053414D2D319000");
  });

  it("answers any bytes with a status word and counts no money by it", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.constantFrom(0x00, 0x90),
        fc.nat({ max: 255 }),
        (bytes, cla, ins) => {
          expect(send(psam, concat(Uint8Array.of(cla, ins), bytes))).toMatch(/^([0-9A-F]{2})*[69][0-9A-F]{3}$/);
          expect(psam.state.memory.totals).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("reset and power loss", () => {
  it.each(["reset", "SELECT"])("%s suspends an issued debit, which can still be completed", (how) => {
    const CARDRSP = debit(card, draw(psam, card));
    if (how === "reset") psam.reset();
    send(psam, SELECT);
    expect(psam.state.memory).toMatchObject({ open: null, suspended: [{ IDTRX: idtrx(1) }] });
    expect(complete(psam, 1, CARDRSP)).toMatch(/9000$/);
  });

  it("loses nothing when the kept memory is all that is left", () => {
    let kept = "";
    psam = serve({
      memory: (memory) => {
        kept = JSON.stringify(memory);
        return true;
      },
    });
    const CARDRSP = debit(card, draw(psam, card));
    const again = servePsam({ state: restorePsam(JSON.parse(kept)) });
    send(again, SELECT);
    expect(complete(again, 1, CARDRSP)).toMatch(/9000$/);
    expect(again.state.memory.NTPSAM).toBe(2);
  });

  it("6581 when a write fails, and the totals are as before", () => {
    let works = true;
    psam = serve({ memory: () => works });
    const CARDRSP = debit(card, draw(psam, card));
    works = false;
    expect(complete(psam, 1, CARDRSP)).toBe("6581");
    expect(psam.state.memory.totals).toEqual([]);
    works = true;
    expect(complete(psam, 1, CARDRSP)).toMatch(/9000$/);
  });
});

describe("seeded defects", () => {
  it("replace one decision of the cryptography", () => {
    const defect = serve({ role: createPsamRole({ ...psamCrypto, verifyS3: () => true }) });
    const CARDRSP = debit(card, draw(defect, card));
    expect(complete(defect, 1, flipBit(CARDRSP, 127))).toMatch(/9000$/);
  });
});

describe("the client", () => {
  it("takes a purchase through in the terms of the specification", async () => {
    const client = new PsamClient(psam);
    const deadline = deadlineIn(systemClock, 5_000);
    expect(await client.select(deadline)).toMatchObject({ kind: "answer", value: { IDPSAM: "00A10001" } });
    await client.packageAtr(cardAtr(), deadline);
    expect(await client.packageInitialize(initResponse(card), deadline)).toMatchObject({ value: { NTPSAM: 1 } });
    const issued = await client.packageDebit(
      { MPDA: 5, CURRPDA: "0978", CEXPPDA: 2, DTHR: "20260115123059", LOC: "00490089", IDTRX: idtrx(1) },
      deadline,
    );
    const DEBITDATA = issued.kind === "answer" ? issued.value.DEBITDATA : new Uint8Array(0);
    const completed = await client.complete(idtrx(1), debit(card, DEBITDATA), deadline);
    expect(completed).toMatchObject({ kind: "answer", value: { fields: { MPDA: 5, CC: "0000" } } });
    expect(await client.readTotals(deadline)).toMatchObject({ value: { totals: [{ MTOT: 5, NTOT: 1 }] } });
    expect(await client.cancel(idtrx(1), "withdraw", deadline)).toEqual({ kind: "refused", SW: 0x9415 });
  });
});

describe("personalisation", () => {
  it.each(readdirSync(new URL("psams/", FIXTURES)))("accepts the test PSAM %s", (name) => {
    const state = createPsam(loadPsamData(read(`psams/${name}`), name), KEYS);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it("names file, line and field of what is wrong, and a key that is not there", () => {
    const text = read("psams/psam-1.yaml");
    expect(() => loadPsamData(text.replace("IDPSAM: 00A10001", "IDPSAM: 1"), "p.yaml")).toThrow(/p\.yaml:4: IDPSAM/);
    expect(() => createPsam({ ...DATA, keys: [{ PPIEP: "000777", ALGIEP: 4, VKIEP: 1 }] }, KEYS)).toThrow(/000777/);
  });
});
