/** A case that lets one message of FIG 4 be lost, then its link with it, then come twice; a fresh purchase each time. */
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import type { LinkFault } from "../../../harness/flows/system.ts";
import { type Case, defineCase } from "../../define/case.ts";
import type { Fate } from "../altered/fate.ts";
import { expectEnd, expectEveryTerminalWorks } from "../altered/walk.ts";

/** One message and how a purchase may end without it, without its link, and with two of it. */
export interface Disturbed {
  /** Of the case: "PAY-LOST-…". */
  readonly id: string;
  /** What it is, for the purpose. */
  readonly what: string;
  readonly link: LinkName;
  readonly from: RoleName;
  readonly message: number | string;
  readonly lost: readonly Fate[];
  readonly linkLost: readonly Fate[];
  readonly twice: readonly Fate[];
}

type Act = LinkFault["act"];

const DISTURBANCES = [
  { name: "lost", of: ({ lost }: Disturbed) => lost, act: (() => []) satisfies Act },
  { name: "the link lost with it", of: ({ linkLost }: Disturbed) => linkLost, act: (() => "lose-link") satisfies Act },
  { name: "twice", of: ({ twice }: Disturbed) => twice, act: ((message) => [message, message]) satisfies Act },
];

const LOGS = ["head-end", "payment-server", "merchant"] as const;

/** Three waits of a minute on a bench with the specification's own timeouts, and what follows them. */
const CASE_MS = 400_000;

export function disturbedCase(disturbed: Disturbed): Case {
  const { id, what, link, from, message } = disturbed;
  return defineCase({
    id: `PAY-LOST-${id}`,
    suite: "payment",
    purpose: `No money is lost or made when ${what} is lost, its link breaks, or it comes twice`,
    requirements: ["PAY-BASE-624-b", "AMB-RECOVERY", "PSAM-0080-c", "UI-514-a"],
    owner: "server",
    needs: { links: [link, "234", "line"], logs: LOGS },
    timeoutMs: CASE_MS,
    async run(t) {
      for (const { name, of, act } of DISTURBANCES) {
        const fault: LinkFault = { link, from, message, times: 1, act, what: `${what}: ${name}` };
        await t.step(fault.what, () => expectEnd(t, [fault], of(disturbed)));
      }
      await expectEveryTerminalWorks(t);
    },
  });
}
