/** What was right once is wrong later: elements and messages of an earlier purchase on every link. */
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import type { Case } from "../../define/case.ts";
import { RETRIED, refused, UNDELIVERED, unresolved, untold } from "../altered/fate.ts";
import { replayCase } from "./old-words.ts";

const NO_SECOND_COMMAND = refused("A004", "A00A"); // the refusal of an old draw request names its old sale

function terminalCase(link: LinkName, near: RoleName, far: RoleName): Case {
  return replayCase({
    id: `PAY-REPLAY-${link.toUpperCase()}`,
    purpose: `Debit command, card's answer and message result of an earlier purchase do not serve a later one on the ${link}`,
    requirements: ["PAY-BASE-618-d", "PAY-BASE-626-a", "PAY-BASE-626-b", "CARD-0031-i"],
    owner: "server",
    link,
    words: [
      { from: near, message: 0xf1, element: "INITRSP", fates: [refused("9404")] },
      { from: near, message: 0xf1, element: "IDTRX", fates: [refused("9416"), refused("A008")] }, // 9416 where it is the same PSAM
      { from: far, message: 0xf2, element: "DEBITDATA", fates: [refused("A008")] },
      { from: near, message: 0xf3, element: "CARDRSP", fates: [RETRIED] },
      { from: near, message: 0xf3, element: "IDTRX", fates: [unresolved()] },
      { from: far, message: 0xf4, element: "MSGRESULT", fates: [unresolved()] },
    ],
  });
}

export const cases: readonly Case[] = [
  replayCase({
    id: "PAY-REPLAY-CABLE",
    purpose:
      "Page, card information, debit command and answer of an earlier purchase do not serve a later one on the cable",
    requirements: ["PAY-BASE-618-d", "PAY-BASE-626-a", "PS-0048-a", "AMB-VALID-TX", "CARD-0031-i"],
    owner: "card",
    link: "cable",
    words: [
      { from: "head-end", message: 0xe2, fates: [refused("A00A")] },
      { from: "set-top-box", message: 0xe3, element: "INITRSP", fates: [refused("9404")] },
      { from: "head-end", message: 0xeb, element: "DEBITDATA", fates: [refused("9404")] },
      { from: "head-end", message: 0xeb, fates: [refused("A00A", "A01A")] },
      { from: "set-top-box", message: 0xec, element: "CARDRSP", fates: [RETRIED] },
      { from: "set-top-box", message: 0xec, fates: [unresolved()] },
      { from: "head-end", message: 0xe8, fates: [untold("A01A")] },
    ],
  }),
  replayCase({
    id: "PAY-REPLAY-236",
    purpose:
      "Draw request, debit command, debit response and debit result of an earlier purchase do not serve a later one",
    requirements: ["PS-0048-a", "AMB-VALID-TX", "PAY-BASE-618-d", "PAY-BASE-626-a", "PAY-BASE-634-c"],
    owner: "server",
    link: "236",
    words: [
      { from: "head-end", message: 0xea, fates: [NO_SECOND_COMMAND] },
      { from: "head-end", message: 0xea, element: "SECINFO", fates: [refused("A006")] },
      { from: "head-end", message: 0xea, element: "IDTRX", fates: [refused("A006", "A00A")] },
      { from: "head-end", message: 0xea, element: "INITRSP", fates: [refused("9404")] },
      { from: "payment-server", message: 0xeb, element: "DEBITDATA", fates: [refused("9404")] },
      { from: "payment-server", message: 0xeb, fates: [refused("A00A")] },
      { from: "head-end", message: 0xec, element: "CARDRSP", fates: [RETRIED] },
      { from: "head-end", message: 0xec, fates: [unresolved()] },
      { from: "payment-server", message: 0xed, element: "CONF", fates: [UNDELIVERED] },
      { from: "payment-server", message: 0xed, fates: [unresolved()] },
    ],
  }),
  replayCase({
    id: "PAY-REPLAY-234",
    purpose: "Neither the page nor the confirmation of an earlier sale serves a later one",
    requirements: ["PAY-BASE-634-c", "PAY-BASE-638-b", "PS-0048-a", "AMB-VALID-TX", "PAY-BASE-606-e"],
    owner: "server",
    link: "234",
    words: [
      { from: "merchant", message: "response POST /checkout", step: "606", fates: [refused("A004")] },
      { from: "head-end", message: "POST /status", step: "636", fates: [UNDELIVERED] },
    ],
  }),
  terminalCase("LAN", "payment-server", "concentrator"),
  terminalCase("line", "concentrator", "terminal"),
  replayCase({
    id: "PAY-REPLAY-235",
    purpose: "A debit command is good for one purchase, and so is the card's answer",
    requirements: ["PAY-BASE-618-d", "CARD-0031-i", "PAY-BASE-626-a", "CARD-0082-a"],
    owner: "card",
    link: "235",
    words: [{ from: "set-top-box", message: 0x54, fates: [refused("9404")] }],
  }),
];
