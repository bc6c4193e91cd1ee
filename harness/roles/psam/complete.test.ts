import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { encodeCardResponse } from "../../protocol/messages/card-response.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import type { SimulatedCard } from "../card/serve.ts";
import { psamCrypto } from "./crypto.ts";
import { cardOf } from "./kept.ts";
import { contextOf } from "./key-material.ts";
import type { SimulatedPsam } from "./serve.ts";
import type { Transaction } from "./state.ts";
import {
  complete,
  debit,
  debitPackage,
  draw,
  idtrx,
  initResponse,
  negative,
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

  it("says of the card what it has said of itself, also where that is no number", () => {
    const INITRSP = initResponse(card);
    INITRSP.set(fromHex("AF0FFF47F1"), 3);
    expect(present(psam, INITRSP)).toBe("9000");
    const DEBITDATA = fromHex(send(psam, debitPackage()).slice(0, 106));
    const { memory } = psam.state;
    const context = contextOf(memory, memory.open as Transaction);
    const completion = { CC: "0000", BALIEP: cardOf(INITRSP).BALIEP - 995, NTIEP: 1 };
    const S3 = toHex(psamCrypto.expectS3(context, DEBITDATA, completion));
    const result = `${idtrx(1)}000000000001000123AF0FFF47F10001000003E3097802`;
    expect(complete(psam, 1, encodeCardResponse({ ...completion, S3 }))).toBe(`${result}9000`);
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
