import { readdirSync } from "node:fs";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { concat, flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { encodePackageAtrCommand, encodePackageInitializeCommand } from "../../protocol/messages/psam-packages.ts";
import { cardAtr, malformedAtr } from "../card/atr.ts";
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
  debitPackage,
  draw,
  FIXTURES,
  idtrx,
  initResponse,
  KEYS,
  negative,
  present,
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

describe("a card that is not accepted", () => {
  it.each([
    ["unknown-provider", "9410"],
    ["unknown-key-version", "9403"],
    ["blocked-list", "9412"],
    ["other-currency", "9414"],
  ])("%s: %s", (name, SW) => {
    expect(present(psam, initResponse(testCard(name)))).toBe(SW);
    expect(send(psam, debitPackage())).toBe("6985");
    expect(present(psam, initResponse(card))).toBe("9000");
  });

  it.each([
    ["9411", "an algorithm that is not served", 8, 0x01],
    ["9411", "public key mode with a secret key algorithm", 19, 0x02],
  ])("%s for %s", (SW, _what, offset, value) => {
    const INITRSP = initResponse(card);
    INITRSP[offset] = value;
    expect(present(psam, INITRSP)).toBe(SW);
  });

  it("9411 for AES of an issuer that only has triple DES", () => {
    const INITRSP = initResponse(testCard("issuer-b"));
    INITRSP[8] = 0x05;
    expect(present(psam, INITRSP)).toBe("9411");
  });

  it("9402 when the PSAM has no number left, before anything about the card", () => {
    expect(present(serve({}, { NTPSAM: 0xffff_ffff }), initResponse(testCard("unknown-provider")))).toBe("9402");
    const last = serve({}, { NTPSAM: 0xffff_fffe });
    draw(last, card);
    expect(last.state.memory.NTPSAM).toBe(0xffff_ffff);
  });

  it.each([
    ["a wrong check byte", malformedAtr()],
    ["two bytes of nothing", fromHex("0000")],
  ])("6A80 for %s in place of an answer to reset", (_what, ATR) => {
    expect(send(psam, encodePackageAtrCommand(ATR))).toBe("6A80");
  });
});

describe("a debit that is not issued", () => {
  const zeroAmount = debitPackage().slice();
  zeroAmount.set(fromHex("00000000"), 5);
  it.each([
    ["6A80", "amount zero", zeroAmount],
    ["6A80", "no date", debitPackage({ DTHR: "20260231000000" })],
    ["9414", "another currency", debitPackage({ CURRPDA: "0392", CEXPPDA: 0 })],
    ["9414", "another exponent", debitPackage({ CEXPPDA: 0 })],
    ["9413", "the day after the last", debitPackage({ DTHR: "20300101000000" })],
    ["9401", "more than the balance", debitPackage({ MPDA: 10_000_001 })],
  ])("%s: %s", (SW, _what, command) => {
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(send(psam, command)).toBe(SW);
    expect(psam.state.memory).toMatchObject({ NTPSAM: 1, open: null });
    expect(send(psam, debitPackage())).toBe("6985");
  });

  it("is issued on the last day of the card", () => {
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(send(psam, debitPackage({ DTHR: "20291231235959" }))).toMatch(/9000$/);
  });

  it("9416 for an identifier that is suspended or confirmed", () => {
    const CARDRSP = debit(card, draw(psam, card));
    send(psam, encodePsamCancelCommand(idtrx(1), "suspend"));
    for (const _turn of ["suspended", "confirmed"]) {
      expect(present(psam, initResponse(card))).toBe("9000");
      expect(send(psam, debitPackage())).toBe("9416");
      complete(psam, 1, CARDRSP);
    }
  });

  it("9417 when sixteen transactions are suspended, until one is closed", () => {
    for (let number = 1; number <= 16; number++) {
      draw(psam, card, { IDTRX: idtrx(number) });
      expect(send(psam, encodePsamCancelCommand(idtrx(number), "suspend"))).toBe("9000");
    }
    present(psam, initResponse(card));
    expect(send(psam, debitPackage({ IDTRX: idtrx(17) }))).toBe("9417");
    expect(send(psam, encodePsamCancelCommand(idtrx(3), "withdraw"))).toBe("9000");
    draw(psam, card, { IDTRX: idtrx(17) });
  });
});

describe("COMPLETE", () => {
  it("9302 for any changed bit, and the right answer may still come", () => {
    const CARDRSP = debit(card, draw(psam, card));
    fc.assert(
      fc.property(fc.nat({ max: 16 * 8 - 1 }), (bit) => {
        expect(complete(psam, 1, flipBit(CARDRSP, bit))).toBe("9302");
      }),
      { numRuns: 128 },
    );
    expect(complete(psam, 1, CARDRSP)).toMatch(/9000$/);
  });

  it("9404 for a negative completion that is genuine, which closes the transaction", () => {
    const response = negative(card, draw(psam, card));
    expect(toHex(response.subarray(0, 2))).toBe("9409");
    expect(complete(psam, 1, response)).toBe("9404");
    expect(psam.state.memory).toMatchObject({ open: null, totals: [] });
    expect(complete(psam, 1, response)).toBe("9415");
  });

  it("9415 for a transaction that nobody knows", () => {
    expect(complete(psam, 9, new Uint8Array(16))).toBe("9415");
  });

  it("works late, for a suspended transaction, also while another one is open", () => {
    const CARDRSP = debit(card, draw(psam, card));
    send(psam, encodePsamCancelCommand(idtrx(1), "suspend"));
    const second = testCard("second");
    const other = debit(second, draw(psam, second, { IDTRX: idtrx(2) }));
    expect(complete(psam, 1, CARDRSP)).toMatch(/9000$/);
    expect(complete(psam, 2, other)).toMatch(/9000$/);
    expect(psam.state.memory.totals).toEqual([{ PPIEP: "000123", CURR: "0978", CEXP: 2, MTOT: 1990, NTOT: 2 }]);
  });
});

describe("CANCEL", () => {
  it("withdraws an open transaction for good, and its identifier may be used again", () => {
    const CARDRSP = debit(card, draw(psam, card));
    expect(send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"))).toBe("9000");
    expect(complete(psam, 1, CARDRSP)).toBe("9415");
    expect(toHex(draw(psam, card).subarray(7, 11))).toBe("00000002");
  });

  it("9415 for what is not the open transaction; suspend does not find a suspended one", () => {
    expect(send(psam, encodePsamCancelCommand(idtrx(1), "withdraw"))).toBe("9415");
    draw(psam, card);
    expect(send(psam, encodePsamCancelCommand(idtrx(2), "suspend"))).toBe("9415");
    expect(send(psam, encodePsamCancelCommand(idtrx(1), "suspend"))).toBe("9000");
    expect(send(psam, encodePsamCancelCommand(idtrx(1), "suspend"))).toBe("9415");
    expect(psam.state.memory.suspended).toHaveLength(1);
  });
});

describe("order of packages", () => {
  it("6985 changes nothing", () => {
    const INITRSP = initResponse(card);
    expect(send(psam, encodePackageInitializeCommand(INITRSP))).toBe("6985");
    expect(send(psam, debitPackage())).toBe("6985");
    send(psam, encodePackageAtrCommand(cardAtr()));
    expect(send(psam, encodePackageAtrCommand(cardAtr()))).toBe("6985");
    expect(send(psam, debitPackage())).toBe("6985");
    expect(send(psam, encodePackageInitializeCommand(INITRSP))).toMatch(/^00078900A10001000000019000$/);
  });

  it("6985 for packages while a debit is issued, which stays open", () => {
    const CARDRSP = debit(card, draw(psam, card));
    for (const command of [encodePackageAtrCommand(cardAtr()), debitPackage({ IDTRX: idtrx(2) })]) {
      expect(send(psam, command)).toBe("6985");
    }
    expect(send(psam, "9070000000")).toBe("6700");
    expect(complete(psam, 1, CARDRSP)).toMatch(/9000$/);
  });

  it("gives every DEBITDATA another NTPSAM", () => {
    const numbers = [1, 2, 3].map((number) => {
      const DEBITDATA = draw(psam, card, { IDTRX: idtrx(number) });
      send(psam, encodePsamCancelCommand(idtrx(number), number === 2 ? "withdraw" : "suspend"));
      return toHex(DEBITDATA.subarray(7, 11));
    });
    expect(numbers).toEqual(["00000001", "00000002", "00000003"]);
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
