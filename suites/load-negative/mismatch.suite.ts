/** A zero value load request that is not about this load, however well it is signed ([0131], `load.md` 5). */

import type { NegativeResult } from "../../harness/protocol/messages/layouts.ts";
import type { LoadInit } from "../../harness/protocol/messages/load-init.ts";
import { encodeLoadInit, parseLoadInit } from "../../harness/protocol/messages/load-init.ts";
import {
  encodeLoadResponse,
  type LoadResponse,
  parseLoadResponse,
} from "../../harness/protocol/messages/load-response.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import { expectMoved, moneyOf } from "../load/support/moved.ts";
import { theInitialisation } from "../load/support/observe.ts";
import { expectedS1 } from "../load/support/signatures.ts";
import { BOTH, forSources, type Source, siteOf } from "../load/support/sources.ts";
import { logsOf } from "../payment/support/observe.ts";
import { expectEnded, movedBy } from "./support/ended.ts";
import { hsmWords } from "./support/hsm-words.ts";
import { expectSettled, MLDA, REFUSING, refusedLoad } from "./support/refused.ts";
import { negativesOf } from "./support/requirements.ts";
import { alterSealed } from "./support/session.ts";
import { minutesLater, secondsLater } from "./support/times.ts";
import { otherCard } from "./table/forgery.ts";

interface Difference {
  readonly id: string;
  readonly what: string;
  /** The element that the load server has to name; undefined: it fits. */
  readonly names: string | undefined;
  readonly init?: (original: LoadInit) => Partial<LoadInit>;
  readonly card?: (own: LoadResponse) => Partial<LoadResponse>;
  readonly requirements: readonly string[];
  /** Also where time is dear. */
  readonly isChosen?: true;
}

const DATE = ["0131-c", "AMB-DATE-TIME"];
const CARD = ["0131-d", "AMB-DATE-TIME"];
const CURRENCY = ["0131-e", "AMB-DATE-TIME"];

const DIFFERENCES: readonly Difference[] = [
  { id: "DATE-SAME", what: "dated as the original", names: undefined, init: () => ({}), requirements: DATE },
  {
    id: "DATE-BEFORE",
    what: "dated a second before the original",
    names: "DTHR",
    init: ({ DTHR }) => ({ DTHR: secondsLater(DTHR, -1) }),
    requirements: DATE,
    isChosen: true,
  },
  {
    id: "DATE-LAST",
    what: "dated 60 minutes after the original",
    names: undefined,
    init: ({ DTHR }) => ({ DTHR: minutesLater(DTHR, 60) }),
    requirements: DATE,
  },
  {
    id: "DATE-AFTER",
    what: "dated a second later than that",
    names: "DTHR",
    init: ({ DTHR }) => ({ DTHR: secondsLater(DTHR, 3601) }),
    requirements: DATE,
  },
  {
    id: "IDIEP",
    what: "of another card",
    names: "IDIEP",
    card: ({ IDIEP }) => ({ IDIEP: otherCard(IDIEP) }),
    requirements: CARD,
    isChosen: true,
  },
  {
    id: "PPIEP",
    what: "of a card of another issuer",
    names: "PPIEP",
    card: () => ({ PPIEP: "000999" }),
    requirements: CARD,
  },
  {
    id: "ALGIEP",
    what: "of a card with another algorithm",
    names: "ALGIEP",
    card: ({ ALGIEP }) => ({ ALGIEP: ALGIEP === 5 ? 4 : 5 }),
    requirements: CARD,
  },
  {
    id: "VKIEP",
    what: "of a card with another key version",
    names: "VKIEP",
    card: ({ VKIEP }) => ({ VKIEP: VKIEP + 1 }),
    requirements: CARD,
  },
  {
    id: "DEXPIEP",
    what: "of a card with another expiry date",
    names: "DEXPIEP",
    card: () => ({ DEXPIEP: "301231" }),
    requirements: CARD,
  },
  {
    id: "CURRIEP",
    what: "of a card in another currency",
    names: "CURRIEP",
    card: () => ({ CURRIEP: "0840" }),
    requirements: CURRENCY,
  },
  {
    id: "CEXPIEP",
    what: "of a card with another exponent",
    names: "CEXPIEP",
    card: () => ({ CEXPIEP: 1 }),
    requirements: CURRENCY,
  },
  {
    id: "CURRLDA",
    what: "in another currency",
    names: "CURRLDA",
    init: () => ({ CURRLDA: "0840" }),
    requirements: CURRENCY,
  },
  {
    id: "CEXPLDA",
    what: "with another exponent",
    names: "CEXPLDA",
    init: () => ({ CEXPLDA: 3 }),
    requirements: CURRENCY,
    isChosen: true,
  },
  {
    id: "IDTRX",
    what: "of another load",
    names: "IDTRX",
    init: () => ({ IDTRX: "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF" }),
    requirements: ["0130-d", "AMB-DATE-TIME"],
  },
  {
    id: "IDACQ",
    what: "for another load server",
    names: "IDACQ",
    init: () => ({ IDACQ: "00000099" }),
    requirements: ["0130-d", "AMB-DATE-TIME"],
  },
  {
    id: "MLDA",
    what: "whose amount is not zero",
    names: "MLDA",
    init: () => ({ MLDA: 1 }),
    requirements: ["0130-c", "AMB-DATE-TIME"],
  },
];

/** Everything else is as it must be, S1 too: a card could have made it. */
function signedSo(
  t: CaseContext,
  { init, card }: Difference,
  original: LoadInit,
  said: NegativeResult,
): NegativeResult {
  const [asked, own] = [parseLoadInit(said.LOADINIT), parseLoadResponse(said.LOADRSP)];
  if (!asked.ok || !own.ok) return inconclusive("the head end's own negative result cannot be read", "server");
  const fresh = { ...asked.value, DTHR: original.DTHR, ...init?.(original) };
  const other = { ...own.value, ...card?.(own.value) };
  const S1 = hasKey(t, other) ? expectedS1(t, { init: fresh, card: other }) : "0123456789ABCDEF";
  return { ...said, LOADINIT: encodeLoadInit(fresh), LOADRSP: encodeLoadResponse({ ...other, S1 }) };
}

/** Cards of issuers and key versions that the test system does not have sign with whatever they have. */
function hasKey(t: CaseContext, { PPIEP, ALGIEP, VKIEP }: LoadResponse): boolean {
  return t.keys.masterLoadKey(PPIEP, ALGIEP === 5 ? 5 : 4, VKIEP) !== undefined;
}

function differenceCase(difference: Difference, source: Source): Case {
  const { id, what, names, requirements, isChosen } = difference;
  const ids = negativesOf(source, ...requirements);
  const about = { requirement: ids[0] ?? "" };
  return defineCase({
    id: `NEG-MISMATCH-${id}`,
    suite: "load-negative",
    purpose: `A zero value load request ${what} ${names === undefined ? "confirms" : "does not confirm"} a negative result (${source.source})`,
    requirements: ids,
    owner: "server",
    needs: { ...REFUSING, ...(isChosen && source.source === "bank" ? {} : { exhaustive: true }) },
    async run(t) {
      const since = t.system.events().at(-1)?.n;
      using shown = alterSealed(
        t,
        siteOf(t, source),
        { link: "236", from: "head-end", kind: "negative-result", times: 1, what: `zero value load request ${what}` },
        (message) => signedSo(t, difference, theInitialisation(t, t.system.events(since)).init, message),
      );
      const { before, seen } = await refusedLoad(t, source);
      t.expect.equal("negative results that reached the load server", shown.altered, 1);
      const mismatches = logsOf(seen, "load-server", "negative-mismatch").map(({ fields }) => fields.what);
      t.expect.equal("what does not fit", mismatches, names === undefined ? [] : [names], about);
      const end =
        names === undefined
          ? ({ status: "not-loaded", CC: "940B" } as const)
          : ({ status: "unresolved", CC: "A01A" } as const);
      t.expect.equal("frames on link HSM after DM", hsmWords(seen).length - 2, names === undefined ? 4 : 0, about);
      await expectEnded(t, source, seen, end, about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), movedBy(end.status, MLDA, false), about);
      if (names !== undefined) await expectSettled(t, source, before, "not-loaded");
    },
  });
}

export const cases: readonly Case[] = DIFFERENCES.flatMap((difference) =>
  forSources(BOTH, (source) => differenceCase(difference, source)),
);
