import { beforeEach, describe, expect, it } from "vitest";
import { flipBit, fromHex, toHex } from "../../core/bytes.ts";
import { systemClock } from "../../core/clock.ts";
import { deadlineIn } from "../../core/deadline.ts";
import { encodePsamCancelCommand } from "../../protocol/messages/psam-cancel.ts";
import type { SimulatedCard } from "../card/serve.ts";
import { PsamClient } from "./client.ts";
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
  issuePackage,
  negative,
  present,
  READ_TOTALS,
  SELECT,
  send,
  serve,
  testCard,
} from "./testing/psam-bed.ts";

const cancel = (number: number, mode: "withdraw" | "suspend") =>
  send(psam, encodePsamCancelCommand(idtrx(number), mode));
const totals = () => psam.state.memory.totals.map(({ PPIEP, CURR, MTOT, NTOT }) => `${PPIEP} ${CURR} ${MTOT} ${NTOT}`);

let psam: SimulatedPsam;
let card: SimulatedCard;
beforeEach(() => {
  psam = serve();
  card = testCard("specimen");
});

describe("PACKAGE: DEBIT with P1 01", () => {
  it("gives DEBITDATA and the very answer that the card will give", () => {
    const { DEBITDATA, EXPECTED } = issue(psam, card);
    expect(toHex(DEBITDATA.subarray(0, 45))).toBe(
      `00078900A1000100000001000003E309780220260115123059${"00490089"}${idtrx(1)}`,
    );
    expect(toHex(EXPECTED.subarray(0, 8))).toBe("000000010098929D");
    expect(debit(card, DEBITDATA)).toEqual(EXPECTED);
  });

  it.each([
    ["second-key-version", "0978", 2],
    ["issuer-b", "0978", 2],
    ["aes", "0978", 2],
    ["yen", "0392", 0],
    ["dinar", "0414", 3],
  ])("expects the right answer of the card %s", (name, CURRPDA, CEXPPDA) => {
    const other = testCard(name);
    const { DEBITDATA, EXPECTED } = issue(psam, other, { CURRPDA, CEXPPDA });
    expect(debit(other, DEBITDATA)).toEqual(EXPECTED);
  });

  it("raises the totals at once, and the next draw may begin", () => {
    issue(psam, card);
    expect(send(psam, READ_TOTALS)).toBe(`00078900A10001000000022026010100${"0001230978020000000003E300000001"}9000`);
    issue(psam, card, { IDTRX: idtrx(2), MPDA: 5 });
    expect(totals()).toEqual(["000123 0978 1000 2"]);
    expect(psam.state.memory).toMatchObject({ NTPSAM: 3, open: null, suspended: [] });
  });

  it("gives no EXPECTED with P1 00, and keeps that debit open", () => {
    draw(psam, card);
    expect(psam.state.memory).toMatchObject({ open: { IDTRX: idtrx(1) }, issued: [], totals: [] });
  });

  it.each([
    ["6700", "Le too small", `${toHex(issuePackage()).slice(0, -2)}44`],
    ["6A80", "no date", toHex(issuePackage({ DTHR: "20260231000000" }))],
    ["9414", "another currency", toHex(issuePackage({ CURRPDA: "0392", CEXPPDA: 0 }))],
    ["9413", "the day after the last", toHex(issuePackage({ DTHR: "20300101000000" }))],
    ["9401", "more than the balance", toHex(issuePackage({ MPDA: 10_000_001 }))],
  ])("is refused with %s for %s, counts nothing and leads to idle", (SW, _what, command) => {
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(send(psam, command)).toBe(SW);
    expect(psam.state.memory).toMatchObject({ NTPSAM: 1, issued: [], totals: [] });
    expect(send(psam, issuePackage())).toBe("6985");
  });

  it("is out of order before a card is accepted, and while a debit is open", () => {
    expect(send(psam, issuePackage())).toBe("6985");
    draw(psam, card);
    expect(send(psam, issuePackage({ IDTRX: idtrx(2) }))).toBe("6985");
  });

  it.each([issuePackage(), debitPackage()])("9416 for an identifier that is issued", (command) => {
    issue(psam, card);
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(send(psam, command)).toBe("9416");
  });
});

describe("COMPLETE of an issued transaction", () => {
  it("confirms it without counting it again", () => {
    const { DEBITDATA } = issue(psam, card);
    const CARDRSP = debit(card, DEBITDATA);
    expect(complete(psam, 1, CARDRSP)).toBe(`${idtrx(1)}00000000000100012300000047110001000003E30978029000`);
    expect(totals()).toEqual(["000123 0978 995 1"]);
    expect(complete(psam, 1, CARDRSP)).toBe("9416");
    expect(cancel(1, "suspend")).toBe("9415");
    expect(totals()).toEqual(["000123 0978 995 1"]);
  });

  it("9404 takes it out of the totals for good", () => {
    issue(psam, testCard("second"), { IDTRX: idtrx(2), MPDA: 7 });
    const CARDRSP = negative(card, issue(psam, card).DEBITDATA);
    expect(complete(psam, 1, CARDRSP)).toBe("9404");
    expect(totals()).toEqual(["000123 0978 7 1"]);
    expect(complete(psam, 1, CARDRSP)).toBe("9415");
  });

  it("9302 changes nothing, and the right answer may still come", () => {
    const { EXPECTED } = issue(psam, card);
    const before = psam.state.memory;
    for (const bit of [0, 15, 16, 40, 64, 127]) expect(complete(psam, 1, flipBit(EXPECTED, bit))).toBe("9302");
    expect(psam.state.memory).toEqual(before);
    expect(complete(psam, 1, EXPECTED)).toMatch(/9000$/);
  });
});

describe("reversal", () => {
  it("for good: the totals are as before, to the line, and a late answer changes nothing", () => {
    const before = send(psam, READ_TOTALS).slice(22);
    const { EXPECTED } = issue(psam, card);
    expect(cancel(1, "withdraw")).toBe("9000");
    expect(send(psam, READ_TOTALS).slice(22)).toBe(before);
    expect(psam.state.memory).toMatchObject({ issued: [], suspended: [] });
    expect(complete(psam, 1, EXPECTED)).toBe("9415");
    expect(cancel(1, "withdraw")).toBe("9415");
    issue(psam, card);
  });

  it("for a late answer: the totals fall, rise when it comes, and only once", () => {
    issue(psam, testCard("issuer-b"), { IDTRX: idtrx(2), MPDA: 7 });
    const { EXPECTED } = issue(psam, card);
    expect(cancel(1, "suspend")).toBe("9000");
    expect(totals()).toEqual(["000456 0978 7 1"]);
    expect(psam.state.memory).toMatchObject({ suspended: [{ IDTRX: idtrx(1) }], issued: [{ IDTRX: idtrx(2) }] });
    expect(cancel(1, "suspend")).toBe("9415");
    expect(complete(psam, 1, EXPECTED)).toMatch(/9000$/);
    expect(complete(psam, 1, EXPECTED)).toBe("9416");
    expect(totals()).toEqual(["000456 0978 7 1", "000123 0978 995 1"]);
  });

  it("for a late answer and then for good: the totals fall once", () => {
    issue(psam, card);
    issue(psam, card, { IDTRX: idtrx(2), MPDA: 7 });
    expect(cancel(1, "suspend")).toBe("9000");
    expect(cancel(1, "withdraw")).toBe("9000");
    expect(totals()).toEqual(["000123 0978 7 1"]);
    expect(psam.state.memory.suspended).toEqual([]);
  });

  it.each(["withdraw", "suspend"] as const)(
    "by %s does not touch a debit that is open, nor a draw under way",
    (mode) => {
      issue(psam, card);
      const second = testCard("second");
      const DEBITDATA = draw(psam, second, { IDTRX: idtrx(2) });
      expect(cancel(1, mode)).toBe("9000");
      expect(psam.state.memory.open?.IDTRX).toBe(idtrx(2));
      expect(complete(psam, 2, debit(second, DEBITDATA))).toMatch(/9000$/);

      issue(psam, card, { IDTRX: idtrx(3) });
      expect(present(psam, initResponse(card))).toBe("9000");
      expect(cancel(3, mode)).toBe("9000");
      expect(send(psam, issuePackage({ IDTRX: idtrx(4) }))).toMatch(/9000$/);
    },
  );

  it("is 6581 when the write fails, and the totals still count the transaction", () => {
    let works = true;
    psam = serve({ memory: () => works });
    issue(psam, card);
    const before = psam.state.memory;
    works = false;
    for (const mode of ["withdraw", "suspend"] as const) expect(cancel(1, mode)).toBe("6581");
    expect(psam.state.memory).toEqual(before);
    works = true;
    expect(cancel(1, "withdraw")).toBe("9000");
    expect(totals()).toEqual([]);
  });
});

describe("issued transactions", () => {
  it("are not issued, nor counted, when the write fails", () => {
    let works = false;
    psam = serve({ memory: () => works });
    const before = psam.state.memory;
    expect(present(psam, initResponse(card))).toBe("9000");
    expect(send(psam, issuePackage())).toBe("6581");
    expect(psam.state.memory).toEqual(before);
    works = true;
    issue(psam, card);
    expect(totals()).toEqual(["000123 0978 995 1"]);
  });

  it.each(["reset", "SELECT", "power loss"])("survive %s unchanged", (how) => {
    const { EXPECTED } = issue(psam, card);
    const { issued, totals } = psam.state.memory;
    if (how === "reset") psam.reset();
    if (how === "power loss") psam = servePsam({ state: restorePsam(JSON.parse(JSON.stringify(psam.state.memory))) });
    send(psam, SELECT);
    expect(psam.state.memory).toMatchObject({ issued, totals, suspended: [] });
    expect(complete(psam, 1, EXPECTED)).toMatch(/9000$/);
  });

  it("are at most 64: the oldest becomes confirmed with the 65th, in the same write", () => {
    const all = Array.from({ length: 65 }, (_, index) => issue(psam, card, { IDTRX: idtrx(index + 1), MPDA: 1 }));
    expect(psam.state.memory.issued.map(({ IDTRX }) => IDTRX)).toEqual(
      Array.from({ length: 64 }, (_, index) => idtrx(index + 2)),
    );
    expect(totals()).toEqual(["000123 0978 65 65"]);
    expect(complete(psam, 1, all[0]?.EXPECTED ?? new Uint8Array(16))).toBe("9416");
    expect(cancel(1, "suspend")).toBe("9415");
    expect(cancel(2, "suspend")).toBe("9000");
    expect(totals()).toEqual(["000123 0978 64 64"]);
  });

  it("find room among the suspended beyond 16, 80 in all; 9417 until fewer than 16 are there", () => {
    const suspendOpen = (number: number) => {
      draw(psam, card, { IDTRX: idtrx(number) });
      expect(cancel(number, "suspend")).toBe("9000");
    };
    for (let number = 1; number <= 15; number++) suspendOpen(number);
    for (let number = 101; number <= 164; number++) issue(psam, card, { IDTRX: idtrx(number), MPDA: 1 });
    suspendOpen(16);
    for (let number = 101; number <= 164; number++) expect(cancel(number, "suspend")).toBe("9000");
    expect(send(psam, READ_TOTALS)).toBe(`00078900A1000100000051${"20260101"}${"50"}9000`);
    expect(totals()).toEqual([]);
    for (let number = 101; number <= 165; number++) {
      expect(present(psam, initResponse(card))).toBe("9000");
      expect(send(psam, number % 2 ? issuePackage({ IDTRX: idtrx(900) }) : debitPackage({ IDTRX: idtrx(900) }))).toBe(
        "9417",
      );
      expect(cancel(number === 165 ? 1 : number, "withdraw")).toBe("9000");
    }
    issue(psam, card, { IDTRX: idtrx(900) });
  });
});

describe("the client", () => {
  it("issues a debit and hears what the card will answer", async () => {
    const client = new PsamClient(psam);
    const deadline = deadlineIn(systemClock, 5_000);
    expect(present(psam, initResponse(card))).toBe("9000");
    const issued = await client.packageIssue(
      { MPDA: 5, CURRPDA: "0978", CEXPPDA: 2, DTHR: "20260115123059", LOC: "00490089", IDTRX: idtrx(1) },
      deadline,
    );
    expect(issued).toMatchObject({ kind: "answer", value: { expected: { CC: "0000", BALIEP: 9_999_995 } } });
    const { DEBITDATA, EXPECTED } =
      issued.kind === "answer" ? issued.value : { DEBITDATA: fromHex(""), EXPECTED: null };
    expect(debit(card, DEBITDATA)).toEqual(EXPECTED);
  });
});
