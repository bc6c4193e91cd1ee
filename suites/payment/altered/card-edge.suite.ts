/** The card's own link with each field altered alone: between card and set-top box nothing but the signatures helps. */
import type { Case } from "../../define/case.ts";
import { at, type Change, flipLast, setTo } from "../support/alter.ts";
import { PAID, refused } from "./fate.ts";
import { cardResponseRows, debitDataRows, initResponseRows } from "./fields.ts";
import { row, walkCase } from "./walk.ts";

const INITIALIZE_IEP = 0x50;
const DEBIT_IEP = 0x54;

/** Data begin behind CLA INS P1 P2 Lc. */
const inData = (change: Change) => at(5, 53, change);
const inCardResponse = (change: Change) => at(0, 16, change);

export const cases: readonly Case[] = [
  walkCase({
    id: "PAY-ALT-235-INITIALIZE",
    purpose: "An answer to INITIALIZE IEP altered between card and set-top box leads to no debit",
    requirements: ["PAY-BASE-618-d", "PAY-BASE-609-h", "RDR-0028-a", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "card",
    link: "235",
    from: "card",
    message: INITIALIZE_IEP,
    rows: [
      ...initResponseRows((change) => at(0, 27, change), true),
      row("SW", flipLast, refused("A016")),
      row("length, one byte less", (answer) => answer.subarray(1), refused("A016")),
    ],
  }),
  walkCase({
    id: "PAY-ALT-235-COMMAND",
    purpose: "The card refuses a debit command of which one field was altered after the security card had signed it",
    requirements: ["PAY-BASE-618-d", "CARD-0082-a", "CARD-0033-b", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "card",
    link: "235",
    from: "set-top-box",
    message: DEBIT_IEP,
    rows: [
      ...debitDataRows(inData, false),
      row("CLA", at(0, 1), refused("9404")),
      row("INS", at(1, 1), refused("9404")),
      row("P1", at(2, 1, setTo(Uint8Array.of(0x02))), refused("9404")),
      row("P2", at(3, 1), refused("9404")),
      row("Lc", at(4, 1, setTo(Uint8Array.of(0x34))), refused("9404")),
    ],
  }),
  walkCase({
    id: "PAY-ALT-235-ANSWER",
    purpose: "An answer to DEBIT IEP altered between card and set-top box is found, and the right one still counts",
    requirements: ["PAY-BASE-626-a", "PAY-BASE-620-a", "PSAM-0085-a", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "psam",
    link: "235",
    from: "card",
    message: DEBIT_IEP,
    rows: [
      ...cardResponseRows(inCardResponse),
      row("SW", flipLast, PAID), // the card is asked again at once
      row("SW 9302 behind the data", at(16, 2, setTo(Uint8Array.of(0x93, 0x02))), PAID),
      row("data left out", (answer) => answer.subarray(16), PAID),
      row("length, one byte less", (answer) => answer.subarray(1), PAID),
    ],
  }),
];
