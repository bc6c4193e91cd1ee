/** A server is killed and started again while a purchase is under way: what it had stored decides. */
import type { PurseSystem, ServerRole } from "../../harness/flows/system.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectFate, type Fate, PAID, refused, unresolved, untold } from "./altered/fate.ts";
import { expectEveryTerminalWorks, expectSettled } from "./altered/walk.ts";
import { expectConserved, readAccounts } from "./support/money.ts";

interface Kill {
  readonly id: string;
  readonly role: ServerRole;
  readonly when: string;
  readonly moment: Parameters<PurseSystem["when"]>[0];
  readonly fates: readonly Fate[];
}

const LOGS = ["head-end", "payment-server", "merchant"] as const;

function killCase({ id, role, when, moment, fates }: Kill): Case {
  return defineCase({
    id: `PAY-RESTART-${id}`,
    suite: "payment",
    purpose: `No money is lost or made when the ${role} is killed and started again ${when}`,
    requirements: ["PAY-BASE-624-b", "AMB-RECOVERY", "PSAM-0080-c", "UI-514-a"],
    owner: "server",
    needs: { links: [moment.link, "234", "line"], logs: LOGS, restart: [role] },
    timeoutMs: 200_000,
    async run(t) {
      const before = await readAccounts(t);
      const seen = await killedPurchase(t, role, moment);
      const after = await readAccounts(t);
      const fate = expectFate(t, { before, seen, after }, fates);
      expectConserved(t, before, after, { requirement: "PSAM-0080-c" });
      await expectSettled(t, before, seen, fate);
      await expectEveryTerminalWorks(t);
    },
  });
}

async function killedPurchase(t: CaseContext, role: ServerRole, moment: Kill["moment"]) {
  const since = t.system.events().at(-1)?.n;
  let restarted: Promise<void> | undefined;
  const hook = t.system.when(moment, async () => {
    restarted ??= t.system.restart(role);
    await restarted;
  });
  try {
    const seen = await t.system.purchase();
    t.expect.that(restarted !== undefined, "the moment to kill the server came");
    await restarted; // what the new one finds may take longer than the purchase that it broke
    return { ...seen, events: t.system.events(since) };
  } finally {
    hook[Symbol.dispose]();
  }
}

const OPEN = unresolved("A019", "A010");

const KILLS: readonly Kill[] = [
  {
    id: "MERCHANT",
    role: "merchant",
    when: "as the confirmation comes",
    moment: { link: "234", from: "head-end", message: "POST /status" },
    fates: [PAID, OPEN],
  },
  {
    id: "PAYMENT-DRAW",
    role: "payment-server",
    when: "as the draw request comes",
    moment: { link: "236", from: "head-end", message: 0xea },
    fates: [PAID, refused("A019", "A010")],
  },
  {
    id: "PAYMENT-TERMINAL",
    role: "payment-server",
    when: "while the terminal works on the draw request",
    moment: { link: "line", from: "terminal", message: 0xf2 },
    fates: [refused("A019", "A010")],
  },
  {
    id: "PAYMENT-RESPONSE",
    role: "payment-server",
    when: "as the debit response comes",
    moment: { link: "236", from: "head-end", message: 0xec },
    fates: [OPEN],
  },
  {
    id: "PAYMENT-RESULT",
    role: "payment-server",
    when: "while the terminal confirms",
    moment: { link: "line", from: "terminal", message: 0xf4 },
    fates: [OPEN],
  },
  {
    id: "HEAD-END-RESPONSE",
    role: "head-end",
    when: "as the debit response comes",
    moment: { link: "cable", from: "set-top-box", message: 0xec },
    fates: [PAID, OPEN, untold("A01A")],
  },
];

export const cases: readonly Case[] = KILLS.map(killCase);
