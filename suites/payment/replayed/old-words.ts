/** A case in which elements and whole messages of an earlier purchase stand in place of those of a later one. */
import type { Owner } from "../../../harness/core/errors.ts";
import type { LinkName, RoleName } from "../../../harness/core/trace.ts";
import type { LinkFault, PurchaseObservation } from "../../../harness/flows/system.ts";
import type { ElementName } from "../../../harness/protocol/messages/elements.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { Fate } from "../altered/fate.ts";
import { expectEnd, expectEveryTerminalWorks } from "../altered/walk.ts";
import { behindHeader, elementOf, inElement, setTo } from "../support/alter.ts";
import { messagesOn } from "../support/observe.ts";

/** One thing that is said again. */
export interface OldWord {
  readonly from: RoleName;
  /** As in `LinkFault`. */
  readonly message: number | string;
  /** Step of the message where its first byte does not tell it apart. */
  readonly step?: string;
  /** The element that is taken from the earlier message; all of it when absent. */
  readonly element?: ElementName;
  readonly fates: readonly Fate[];
}

export interface Replay {
  readonly id: string;
  readonly purpose: string;
  readonly requirements: readonly string[];
  readonly owner: Owner;
  readonly link: LinkName;
  readonly words: readonly OldWord[];
}

const LOGS = ["head-end", "payment-server", "merchant"] as const;

/** Real time for one replay with everything that follows it, on the slowest bench. */
const WORD_MS = 40_000;

export function replayCase(replay: Replay): Case {
  const { id, purpose, requirements, owner, link, words } = replay;
  return defineCase({
    id,
    suite: "payment",
    purpose,
    requirements: [...requirements, "PAY-BASE-624-b", "AMB-RECOVERY"],
    owner,
    needs: { links: [link, "234", "line"], logs: LOGS },
    timeoutMs: Math.max(60_000, words.length * WORD_MS),
    async run(t) {
      const earlier = await t.system.purchase();
      t.expect.completed(earlier);
      for (const word of words) {
        const fault = faultOf(t, link, word, earlier);
        await t.step(fault.what, () => expectEnd(t, [fault], word.fates));
      }
      await expectEveryTerminalWorks(t);
    },
  });
}

function faultOf(t: CaseContext, link: LinkName, word: OldWord, earlier: PurchaseObservation): LinkFault {
  const { from, message, element } = word;
  const old = t.expect.present("the message of the earlier purchase", earlierBytes(link, word, earlier));
  const what = `${element ?? "all"} of ${typeof message === "number" ? message.toString(16).toUpperCase() : message} as in an earlier purchase`;
  if (element === undefined) return { link, from, message, times: 1, act: () => old, what };
  const behind = link === "LAN" ? behindHeader : (change: (value: Uint8Array) => Uint8Array) => change;
  const value = elementOf(link === "LAN" ? old.subarray(4) : old, element);
  const change = behind(inElement(element, setTo(t.expect.present(`${element} of the earlier purchase`, value))));
  return { link, from, message, times: 1, act: change, what };
}

function earlierBytes(link: LinkName, { from, message, step }: OldWord, earlier: PurchaseObservation) {
  const found = messagesOn(earlier, link, from).find((event) =>
    step === undefined ? event.bytes[link === "LAN" ? 4 : tagAt(link)] === message : event.step === step,
  );
  if (!found || link !== "234") return found?.bytes;
  const text = new TextDecoder().decode(found.bytes);
  return new TextEncoder().encode(text.slice(text.indexOf("\n\n") + 2)); // faults act on the body
}

/** Commands are told by their second byte. */
function tagAt(link: LinkName): number {
  return link === "235" || link === "SAM" ? 1 : 0;
}
