/** Inside the terminal: each field between terminal and security card altered alone. */
import type { Case } from "../../define/case.ts";
import { at, type Change, setTo } from "../support/alter.ts";
import { PAID, refused, unresolved } from "./fate.ts";
import { cardResponseRows, initResponseRows, issuedCommandRows, messageResultRows } from "./fields.ts";
import { row, walkCase } from "./walk.ts";

const PACKAGE = 0x70;
const PACKAGE_DEBIT = 0x72;
const COMPLETE = 0x74;

/** Data begin behind CLA INS P1 P2 Lc. */
const DATA = 5;
const inPackage = (offset: number, length: number) => at(DATA + offset, length);
/** Only the second package is INITRSP. */
const inInitResponse =
  (change: Change): Change =>
  (command) =>
    command[2] === 0x01 ? at(DATA, 27, change)(command) : command;

export const cases: readonly Case[] = [
  walkCase({
    id: "PAY-ALT-SAM-INITIALIZE",
    purpose: "Card information altered before the security card sees it leads to no debit",
    requirements: ["PAY-BASE-618-d", "PSAM-0044-a", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "psam",
    link: "SAM",
    from: "terminal",
    message: PACKAGE,
    rows: initResponseRows(inInitResponse, false).map((each) => ({ ...each, every: true as const })),
  }),
  walkCase({
    id: "PAY-ALT-SAM-DEBIT",
    purpose: "A debit package altered before the security card signs it debits no other amount",
    requirements: ["PAY-BASE-618-a", "PSAM-0094-d", "PAY-BASE-614-c"],
    owner: "terminal",
    link: "SAM",
    from: "terminal",
    message: PACKAGE_DEBIT,
    rows: [
      row("MPDA", inPackage(0, 4), refused("A008", "6F00")),
      row("CURRPDA", inPackage(4, 2), refused("9414")),
      row("CEXPPDA", inPackage(6, 1), refused("9414")),
      row("DTHR", inPackage(7, 7), PAID, refused("6F00", "A008", "9404")), // signed as it came, or found by the terminal
      row("LOC", inPackage(14, 4), PAID, refused("6F00", "A008", "9404")),
      row("IDTRX", inPackage(18, 16), refused("A008", "6F00")),
    ],
  }),
  walkCase({
    id: "PAY-ALT-SAM-COMMAND",
    purpose: "A debit command altered between security card and terminal debits no card",
    requirements: ["PAY-BASE-618-d", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "terminal",
    link: "SAM",
    from: "psam",
    message: PACKAGE_DEBIT,
    rows: issuedCommandRows((change) => at(0, 53, change)).map((each) => ({
      ...each,
      fates: [...each.fates, refused("6F00", "A008")],
    })),
  }),
  walkCase({
    id: "PAY-ALT-SAM-COMPLETE",
    purpose: "The card's answer altered before the security card sees it is found, and the right one still counts",
    requirements: ["PAY-BASE-626-a", "PSAM-0085-a", "CARD-0033-c", "AMB-SIG-COVER"],
    owner: "psam",
    link: "SAM",
    from: "terminal",
    message: COMPLETE,
    rows: [
      row("IDTRX", at(DATA, 16), unresolved()),
      ...cardResponseRows((change) => at(DATA + 16, 16, change)),
      row("P1", at(2, 1, setTo(Uint8Array.of(0x01))), unresolved()),
    ],
  }),
  walkCase({
    id: "PAY-ALT-SAM-RESULT",
    purpose: "A message result altered between security card and terminal is no confirmation, and no payment is lost",
    requirements: ["PAY-BASE-628", "PAY-BASE-626-b"],
    owner: "terminal",
    link: "SAM",
    from: "psam",
    message: COMPLETE,
    rows: messageResultRows((change) => at(0, 39, change)),
  }),
];
