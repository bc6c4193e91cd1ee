/** The cable link with each element of each message altered alone (steps 602, 607, 608, 617, 621, 636, 641). */
import type { Case } from "../../define/case.ts";
import { flipLast, inElement, setText, setTo } from "../support/alter.ts";
import { PAID, refused, unresolved, untold } from "./fate.ts";
import { cardResponseRows, debitDataRows, initResponseRows, persistentCardResponseRow } from "./fields.ts";
import { row, walkCase } from "./walk.ts";

const MALFORMED_ATR = setTo(Uint8Array.of(0x00, 0x00));

export const cases: readonly Case[] = [
  walkCase({
    id: "PAY-ALT-CABLE-E1",
    purpose: "An order whose elements are altered on the cable buys what the page then says, or nothing",
    requirements: ["PAY-BASE-606-a", "UI-510-a", "UI-514-a"],
    owner: "server",
    link: "cable",
    from: "set-top-box",
    message: 0xe1,
    rows: [
      row("SESSION", inElement("SESSION"), PAID),
      row("SITE", inElement("SITE", setText("no-such-site")), refused("A017")),
      row("ITEM", inElement("ITEM", setText("no-such-item")), refused("A017")),
      row("QUANTITY", inElement("QUANTITY", setTo(Uint8Array.of(2))), PAID),
      row("PAYMENT", inElement("PAYMENT"), refused("A001")),
    ],
  }),
  walkCase({
    id: "PAY-ALT-CABLE-E2",
    purpose: "A page altered on the cable never makes the card pay another amount than the merchant's",
    requirements: ["PAY-BASE-618-a", "AMB-AMOUNT-REPLACE", "PAY-BASE-618-d", "PAY-BASE-607-a", "UI-514-a"],
    owner: "card",
    link: "cable",
    from: "head-end",
    message: 0xe2,
    rows: [
      row("IDMER", inElement("IDMER"), PAID),
      row("IDTRX", inElement("IDTRX"), refused("A00A")),
      row("MPDA", inElement("MPDA"), refused("9404")), // the set-top box writes what the user accepted: S2 is wrong
      row("CURRPDA", inElement("CURRPDA"), PAID, refused("9404", "A013", "A00A")), // for the eyes only, or refused
      row("CEXPPDA", inElement("CEXPPDA"), PAID, refused("9404", "A013", "A00A")),
      row("HOST", inElement("HOST", setText("elsewhere.invalid")), PAID), // the head end uses its own copy
      row("PORT", inElement("PORT"), PAID),
      row("URL", inElement("URL"), PAID),
      row("SECINFO", inElement("SECINFO"), PAID),
      row("RELEASE", inElement("RELEASE"), PAID),
      row("ENCRYPTION", inElement("ENCRYPTION"), PAID),
      row("TEXT", inElement("TEXT", setText("another title")), PAID),
    ],
  }),
  walkCase({
    id: "PAY-ALT-CABLE-E3",
    purpose: "Card information altered on the cable leads to no debit",
    requirements: ["PAY-BASE-609-d", "PAY-BASE-609-h", "PAY-BASE-618-d", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "card",
    link: "cable",
    from: "set-top-box",
    message: 0xe3,
    rows: [
      row("IDTRX", inElement("IDTRX"), refused("A00A")),
      row("ATR", inElement("ATR", MALFORMED_ATR), refused("6A80")),
      ...initResponseRows((change) => inElement("INITRSP", change), true),
    ],
  }),
  walkCase({
    id: "PAY-ALT-CABLE-EB",
    purpose: "A debit command altered on the cable is refused by the card, or gets the page's amount back",
    requirements: ["PAY-BASE-618-a", "PAY-BASE-618-d", "CARD-0082-a", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "card",
    link: "cable",
    from: "head-end",
    message: 0xeb,
    rows: [
      row("IDTRX", inElement("IDTRX"), refused("A00A", "A01A")),
      ...debitDataRows((change) => inElement("DEBITDATA", change), true),
    ],
  }),
  walkCase({
    id: "PAY-ALT-CABLE-EC",
    purpose: "A debit response altered on the cable is found by the security card, and the right one still counts",
    requirements: ["PAY-BASE-622-a", "PAY-BASE-626-a", "PSAM-0085-a", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "psam",
    link: "cable",
    from: "set-top-box",
    message: 0xec,
    rows: [
      row("IDTRX", inElement("IDTRX"), unresolved()),
      ...cardResponseRows((change) => inElement("CARDRSP", change)),
      persistentCardResponseRow((change) => inElement("CARDRSP", change)),
      row("CARDRSP, emptied", inElement("CARDRSP", setTo(new Uint8Array(0))), unresolved()),
      row("SW", inElement("SW"), PAID),
      row("RECOVERED", inElement("RECOVERED"), PAID),
    ],
  }),
  walkCase({
    id: "PAY-ALT-CABLE-E7",
    purpose: "A message 'debited' that is altered on the cable costs nobody money",
    requirements: ["PAY-BASE-636-b", "UI-514-a"],
    owner: "server",
    link: "cable",
    from: "head-end",
    message: 0xe7,
    rows: [
      row("IDTRX", inElement("IDTRX"), untold("A01A")),
      row("CC", inElement("CC", flipLast), untold("0001", "A01A")),
      row("TEXT", inElement("TEXT", setText("something else")), PAID),
    ],
  }),
  walkCase({
    id: "PAY-ALT-CABLE-E8",
    purpose: "A result that is altered on the cable costs nobody money",
    requirements: ["PAY-BASE-641", "UI-514-a"],
    owner: "server",
    link: "cable",
    from: "head-end",
    message: 0xe8,
    rows: [
      row("IDTRX", inElement("IDTRX"), untold("A01A")),
      row("CC", inElement("CC"), untold("0001", "A01A")),
      row("CONTENT", inElement("CONTENT", setText("something else")), PAID),
    ],
  }),
];
