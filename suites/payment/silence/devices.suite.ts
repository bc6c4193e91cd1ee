/** Silence, broken links and repetitions before the devices: LAN, line, security card and purse card, step by step. */
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import type { LinkFault } from "../../../harness/flows/system.ts";
import { type Case, defineCase } from "../../define/case.ts";
import { PAID, refused, unresolved } from "../altered/fate.ts";
import { expectEnd, expectEveryTerminalWorks } from "../altered/walk.ts";
import { type Disturbed, disturbedCase } from "./disturbed.ts";

const NO_TERMINAL = [refused("A008")];
const NO_PSAM = [refused("A010", "6F00")];
const OPEN = [unresolved()];
const CARD_FAILED = [refused("A016")];
/** The second answer may be taken for that of a later request; nothing is lost by it. */
const AGAIN = [PAID, unresolved()];

/** A terminal that gets T-draw twice refuses the second one (6985). */
function terminalMessages(link: LinkName, near: RoleName, far: RoleName): readonly Disturbed[] {
  const name = link.toUpperCase();
  return [
    {
      id: `${name}-F1`,
      what: `T-draw on the ${link} (686)`,
      link,
      from: near,
      message: 0xf1,
      lost: NO_TERMINAL,
      linkLost: NO_TERMINAL,
      twice: [...AGAIN, refused("6985")],
    },
    {
      id: `${name}-F2`,
      what: `T-debit on the ${link} (694)`,
      link,
      from: far,
      message: 0xf2,
      lost: NO_TERMINAL,
      linkLost: NO_TERMINAL,
      twice: AGAIN,
    },
    {
      id: `${name}-F3`,
      what: `T-response on the ${link} (624)`,
      link,
      from: near,
      message: 0xf3,
      lost: OPEN,
      linkLost: OPEN,
      twice: AGAIN,
    },
    {
      id: `${name}-F4`,
      what: `T-result on the ${link} (628)`,
      link,
      from: far,
      message: 0xf4,
      lost: OPEN,
      linkLost: OPEN,
      twice: AGAIN,
    },
  ];
}

const toPsam = { link: "SAM", from: "terminal" } as const;
const fromPsam = { link: "SAM", from: "psam" } as const;

const PSAM: readonly Disturbed[] = [
  {
    id: "SAM-70",
    what: "the first package to the security card (688)",
    ...toPsam,
    message: 0x70,
    lost: NO_PSAM,
    linkLost: NO_PSAM,
    twice: [PAID, refused("6985")],
  },
  {
    id: "SAM-70-ANSWER",
    what: "the security card's answer to the first package (688)",
    ...fromPsam,
    message: 0x70,
    lost: NO_PSAM,
    linkLost: NO_PSAM,
    twice: [PAID],
  },
  {
    id: "SAM-72",
    what: "the debit package to the security card (690)",
    ...toPsam,
    message: 0x72,
    lost: NO_PSAM,
    linkLost: NO_PSAM,
    twice: [PAID, refused("6985")],
  },
  {
    id: "SAM-72-ANSWER",
    what: "the security card's debit command (692)",
    ...fromPsam,
    message: 0x72,
    lost: NO_PSAM,
    linkLost: NO_PSAM,
    twice: [PAID],
  },
  {
    id: "SAM-74",
    what: "the card's answer to the security card (624)",
    ...toPsam,
    message: 0x74,
    lost: OPEN,
    linkLost: OPEN,
    twice: [PAID],
  },
  {
    id: "SAM-74-ANSWER",
    what: "the security card's message result (628)",
    ...fromPsam,
    message: 0x74,
    lost: OPEN,
    linkLost: OPEN,
    twice: [PAID],
  },
];

const toCard = { link: "235", from: "set-top-box" } as const;
const fromCard = { link: "235", from: "card" } as const;

const CARD: readonly Disturbed[] = [
  {
    id: "235-50",
    what: "INITIALIZE IEP (608)",
    ...toCard,
    message: 0x50,
    lost: CARD_FAILED,
    linkLost: [PAID, ...CARD_FAILED],
    twice: [PAID],
  },
  {
    id: "235-50-ANSWER",
    what: "the card's answer to INITIALIZE IEP (608)",
    ...fromCard,
    message: 0x50,
    lost: CARD_FAILED,
    linkLost: [PAID, ...CARD_FAILED],
    twice: [PAID],
  },
  {
    id: "235-54",
    what: "DEBIT IEP (618)",
    ...toCard,
    message: 0x54,
    lost: [refused("9404")], // the card is asked, and knows of no debit
    linkLost: [refused("9404")],
    twice: [PAID], // the second one is refused (6985), the first one has debited
  },
  {
    id: "235-54-ANSWER",
    what: "the card's answer to DEBIT IEP (620)",
    ...fromCard,
    message: 0x54,
    lost: [PAID], // the card is asked for it
    linkLost: [PAID],
    twice: [PAID],
  },
];

const disturbed: readonly Case[] = [
  ...terminalMessages("LAN", "payment-server", "concentrator"),
  ...terminalMessages("line", "concentrator", "terminal"),
  ...PSAM,
  ...CARD,
].map(disturbedCase);

/** The terminal keeps its transaction open until it hears that nobody wants it any more. */
const DEAF: Case = defineCase({
  id: "PAY-LOST-LINE-F2-F6",
  suite: "payment",
  purpose: "A terminal whose debit command and whose cancellation are lost serves again when it is heard again",
  requirements: ["PS-0088-a", "PAY-BASE-624-b", "AMB-RECOVERY", "UI-514-a"],
  owner: "server",
  needs: { links: ["line", "234"], logs: ["head-end", "payment-server", "merchant"] },
  timeoutMs: 200_000,
  async run(t) {
    const lost = (from: RoleName, message: number, what: string): LinkFault => {
      return { link: "line", from, message, times: 1, act: () => [], what };
    };
    const faults = [lost("terminal", 0xf2, "T-debit: lost"), lost("concentrator", 0xf6, "T-cancel: lost")];
    await expectEnd(t, faults, [refused("A008", "A010")]);
    await expectEveryTerminalWorks(t);
  },
});

export const cases: readonly Case[] = [...disturbed, DEAF];
