/** LAN and line with each element of each terminal message altered alone (steps 686, 694, 624, 628). */
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import type { Case } from "../../define/case.ts";
import { at, behindHeader, type Change, inElement, setTo } from "../support/alter.ts";
import { PAID, refused, unresolved } from "./fate.ts";
import {
  cardResponseRows,
  initResponseRows,
  issuedCommandRows,
  messageResultRows,
  persistentCardResponseRow,
} from "./fields.ts";
import { type Alteration, row, walkCase } from "./walk.ts";

const MALFORMED_ATR = setTo(Uint8Array.of(0x00, 0x00));

interface Message {
  readonly tag: string;
  readonly isCommand: boolean;
  readonly purpose: string;
  readonly requirements: readonly string[];
  /** Where the LAN's header leads elsewhere. */
  readonly astray: Alteration;
  readonly rows: readonly Alteration[];
}

const HEADER = at(0, 4, (IDTERM) => IDTERM.map((byte) => byte ^ 0x80));

const MESSAGES: readonly Message[] = [
  {
    tag: "F1",
    isCommand: true,
    purpose: "A draw request for the terminal in which one element is altered gets no debit",
    requirements: ["PAY-BASE-618-d", "TERM-0093-a", "CARD-0033-c", "AMB-SIG-COVER"],
    astray: row("header IDTERM", HEADER, refused("A008", "A009")),
    rows: [
      row("IDTERM", inElement("IDTERM"), refused("A009", "A008")),
      row("IDTRX", inElement("IDTRX"), refused("A008")),
      row("IDMER", inElement("IDMER"), PAID), // for the terminal's own records only
      row("ATR", inElement("ATR", MALFORMED_ATR), refused("6A80")),
      ...initResponseRows((change) => inElement("INITRSP", change), false),
      row("MPDA", inElement("MPDA"), refused("A008")),
      row("CURRPDA", inElement("CURRPDA"), refused("9414")),
      row("CEXPPDA", inElement("CEXPPDA"), refused("9414")),
    ],
  },
  {
    tag: "F2",
    isCommand: false,
    purpose: "A terminal's debit command in which one element is altered debits no card",
    requirements: ["PAY-BASE-618-d", "PAY-BASE-614-c", "TERM-0094-c", "CARD-0033-c", "AMB-SIG-COVER"],
    astray: row("header IDTERM", HEADER, refused("A008")),
    rows: [
      row("IDTERM", inElement("IDTERM"), refused("A008")),
      row("IDTRX", inElement("IDTRX"), refused("A008")),
      ...issuedCommandRows((change) => inElement("DEBITDATA", change)),
    ],
  },
  {
    tag: "F3",
    isCommand: true,
    purpose:
      "A debit response for the terminal in which one element is altered is found, and the right one still counts",
    requirements: ["PAY-BASE-626-a", "PAY-BASE-624-c", "PSAM-0085-a", "CARD-0033-c", "AMB-SIG-COVER"],
    astray: row("header IDTERM", HEADER, unresolved()),
    rows: [
      row("IDTERM", inElement("IDTERM"), unresolved()),
      row("IDTRX", inElement("IDTRX"), unresolved()),
      ...cardResponseRows((change) => inElement("CARDRSP", change)),
      persistentCardResponseRow((change) => inElement("CARDRSP", change)),
      row("SW", inElement("SW"), PAID),
    ],
  },
  {
    tag: "F4",
    isCommand: false,
    purpose: "A terminal's result in which one element is altered is no confirmation, and no payment is lost",
    requirements: ["PAY-BASE-628", "PAY-BASE-626-b", "PS-0040-c"],
    astray: row("header IDTERM", HEADER, unresolved()),
    rows: [
      row("IDTERM", inElement("IDTERM"), unresolved()),
      row("IDTRX", inElement("IDTRX"), unresolved()),
      row("CC", inElement("CC"), unresolved()),
      ...messageResultRows((change) => inElement("MSGRESULT", change)),
    ],
  },
];

/** `behind`: puts the change of a message to its place in what passes the link. */
function casesOn(link: LinkName, near: RoleName, far: RoleName, behind: (change: Change) => Change): readonly Case[] {
  return MESSAGES.map(({ tag, isCommand, purpose, requirements, astray, rows }) =>
    walkCase({
      id: `PAY-ALT-${link.toUpperCase()}-${tag}`,
      purpose: `${purpose} (link ${link})`,
      requirements,
      owner: "server",
      link,
      from: isCommand ? near : far,
      message: Number.parseInt(tag, 16),
      rows: [...(link === "LAN" ? [astray] : []), ...rows.map((each) => ({ ...each, change: behind(each.change) }))],
    }),
  );
}

export const cases: readonly Case[] = [
  ...casesOn("LAN", "payment-server", "concentrator", behindHeader),
  ...casesOn("line", "concentrator", "terminal", (change) => change),
];
