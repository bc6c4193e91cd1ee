/** Link 236 with each element of each message altered alone (steps 612, 616, 622, 634). */
import { fromHex } from "../../../harness/core/bytes.ts";
import type { Case } from "../../define/case.ts";
import { at, inElement, setText, setTo, withElement } from "../support/alter.ts";
import { PAID, refused, UNDELIVERED, unresolved, untold } from "./fate.ts";
import { cardResponseRows, debitDataRows, initResponseRows, persistentCardResponseRow } from "./fields.ts";
import { row, walkCase } from "./walk.ts";

const MALFORMED_ATR = setTo(Uint8Array.of(0x00, 0x00));

export const cases: readonly Case[] = [
  walkCase({
    id: "PAY-ALT-236-EA",
    purpose: "A draw request in which one element is altered gets no debit",
    requirements: [
      "PS-0091-a",
      "PAY-BASE-606-i",
      "PAY-BASE-618-d",
      "PS-0048-a",
      "AMB-VALID-TX",
      "CARD-0033-c",
      "AMB-SIG-COVER",
    ],
    owner: "server",
    link: "236",
    from: "head-end",
    message: 0xea,
    rows: [
      row("TOKEN", inElement("TOKEN"), refused("A001")),
      row("STATE", inElement("STATE"), refused("A001")),
      row("IDMER", inElement("IDMER", setText("UNKNOWN0")), refused("A002")),
      row("IDTRX", inElement("IDTRX"), refused("A006", "A00A")), // its refusal names another transaction
      row("SECINFO", inElement("SECINFO"), refused("A006")),
      row("ATR", inElement("ATR", MALFORMED_ATR), refused("6A80")),
      ...initResponseRows((change) => inElement("INITRSP", change), false),
      row("MPDA", inElement("MPDA"), refused("A006")),
      row("CURRPDA", inElement("CURRPDA"), refused("A006")),
      row("CEXPPDA", inElement("CEXPPDA"), refused("A006")),
    ],
  }),
  walkCase({
    id: "PAY-ALT-236-EB",
    purpose: "A debit command altered on link 236 is refused by the card, or gets the page's amount back",
    requirements: ["PAY-BASE-618-a", "PAY-BASE-618-d", "CARD-0082-a", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "card",
    link: "236",
    from: "payment-server",
    message: 0xeb,
    rows: [
      row("IDTRX", inElement("IDTRX"), refused("A00A")),
      ...debitDataRows((change) => inElement("DEBITDATA", change), true),
    ],
  }),
  walkCase({
    id: "PAY-ALT-236-EC",
    purpose: "A debit response altered on link 236 is found by the security card, and the right one still counts",
    requirements: ["PAY-BASE-622-a", "PAY-BASE-626-a", "PSAM-0085-a", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "psam",
    link: "236",
    from: "head-end",
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
    id: "PAY-ALT-236-ED",
    purpose: "A debit result altered on link 236 releases nothing that was not paid, and no payment is lost",
    requirements: ["PAY-BASE-634-c", "PAY-BASE-638-c", "MS-0048-a"],
    owner: "server",
    link: "236",
    from: "payment-server",
    message: 0xed,
    rows: [
      row("IDTRX", inElement("IDTRX"), unresolved()),
      row("IDMER", inElement("IDMER"), unresolved()),
      row("CC, added", withElement("CC", fromHex("9404"), "CONF"), untold("9404")),
      row("CONF, version of the plain text", inElement("CONF", at(12, 1)), UNDELIVERED),
      row("CONF, nonce", inElement("CONF", at(0, 12)), UNDELIVERED),
      row("CONF, CC", inElement("CONF", at(12 + 25, 2)), UNDELIVERED),
      row("CONF, MPDA", inElement("CONF", at(12 + 27, 4)), UNDELIVERED),
      row("CONF, end of the ciphertext", inElement("CONF", at(12, 49)), UNDELIVERED),
      row("CONF, tag", inElement("CONF", at(61, 16)), UNDELIVERED),
    ],
  }),
];
