import { beforeEach, describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import { encodePackageAtrCommand, encodePackageInitializeCommand } from "../../protocol/messages/psam-packages.ts";
import { cardAtr, malformedAtr } from "../card/atr.ts";
import type { SimulatedCard } from "../card/serve.ts";
import type { SimulatedPsam } from "./serve.ts";
import {
  complete,
  debit,
  debitPackage,
  draw,
  idtrx,
  initResponse,
  present,
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
