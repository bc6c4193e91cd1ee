/** Answers of a card that somebody has tampered with, before any negative result is shown ([0129], `load.md` 4). */
import {
  type CardResponse,
  encodeCardResponse,
  parseCardResponse,
} from "../../harness/protocol/messages/card-response.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectMoved, moneyOf } from "../load/support/moved.ts";
import { type Initialisation, theInitialisation } from "../load/support/observe.ts";
import { expectedS3 } from "../load/support/signatures.ts";
import { BOTH, forSources, type Source, siteOf } from "../load/support/sources.ts";
import { allOf, logsOf } from "../payment/support/observe.ts";
import { expectEnded, movedBy } from "./support/ended.ts";
import { expectSettled, LOOKS, MLDA } from "./support/refused.ts";
import { negativesOf } from "./support/requirements.ts";
import { alterSealed } from "./support/session.ts";
import { otherCard } from "./table/forgery.ts";

interface Tampering {
  readonly id: string;
  readonly what: string;
  /** What becomes of the genuine answer of a loaded card. */
  readonly becomes: (t: CaseContext, load: Initialisation, genuine: CardResponse) => CardResponse;
  readonly requirements: readonly string[];
  /** What the load server refuses it with. */
  readonly CC: "9302" | "A027";
  readonly isChosen?: true;
}

/** Signed by the card itself: it was loaded by another amount. */
const byAnother =
  (difference: number): Tampering["becomes"] =>
  (t, load, genuine) => {
    const BALIEP = genuine.BALIEP + difference;
    return { ...genuine, BALIEP, S3: expectedS3(t, load, { CC: "0000", BALIEP }) };
  };

const TAMPERINGS: readonly Tampering[] = [
  {
    id: "LESS",
    what: "a card that has taken a cent less",
    becomes: byAnother(-1),
    requirements: ["0129-c"],
    CC: "9302",
    isChosen: true,
  },
  {
    id: "MORE",
    what: "a card that has taken a cent more",
    becomes: byAnother(1),
    requirements: ["0129-c"],
    CC: "9302",
  },
  {
    id: "NOTHING",
    what: "a card that has taken nothing and says 0000",
    becomes: byAnother(-MLDA),
    requirements: ["0129-c"],
    CC: "9302",
  },
  {
    id: "OTHER-CARD",
    what: "another card",
    becomes: (t, { init, card }, genuine) => {
      const other = { ...card, IDIEP: otherCard(card.IDIEP) };
      return { ...genuine, S3: expectedS3(t, { init, card: other }, { CC: "0000", BALIEP: genuine.BALIEP }) };
    },
    requirements: ["0129-c"],
    CC: "9302",
  },
  {
    id: "COUNTER",
    what: "another transaction of the card",
    becomes: (_t, _load, genuine) => ({ ...genuine, NTIEP: genuine.NTIEP + 1 }),
    requirements: ["0129-c"],
    CC: "9302",
  },
  {
    id: "NO-S3",
    what: "nobody, without S3",
    becomes: (_t, _load, genuine) => ({ ...genuine, S3: "0000000000000000" }),
    requirements: ["0129-c"],
    CC: "9302",
  },
  {
    id: "NEGATIVE",
    what: "a loaded card with its code made negative",
    becomes: (_t, _load, genuine) => ({ ...genuine, CC: "940B" }),
    requirements: ["0129-b"],
    CC: "A027",
    isChosen: true,
  },
  {
    id: "NEGATIVE-FORGED",
    what: "a loaded card, with balance and code as if it were not",
    becomes: (_t, { card }, genuine) => ({ ...genuine, CC: "940B", BALIEP: card.BALIEP }),
    requirements: ["0129-b"],
    CC: "A027",
  },
];

function tamperedCase({ id, what, becomes, requirements, CC, isChosen }: Tampering, source: Source): Case {
  const ids = negativesOf(source, ...requirements);
  const about = { requirement: ids[0] ?? "" };
  return defineCase({
    id: `NEG-TAMPERED-${id}`,
    suite: "load-negative",
    purpose: `The answer of ${what} to the load command neither confirms the load nor gives anything back (${source.source})`,
    requirements: ids,
    owner: "server",
    needs: { ...LOOKS, ...(isChosen && source.source === "bank" ? {} : { exhaustive: true }) },
    async run(t) {
      const site = siteOf(t, source);
      const since = t.system.events().at(-1)?.n;
      const before = await moneyOf(t, site);
      const tampered = alterSealed(
        t,
        site,
        { link: "236", from: "head-end", kind: "load-response", what: `load response of ${what}` },
        (message) => {
          const genuine = parseCardResponse(message.CARDRSP);
          if (!genuine.ok) return undefined;
          const load = theInitialisation(t, t.system.events(since));
          return { ...message, CARDRSP: encodeCardResponse(becomes(t, load, genuine.value)) };
        },
      );
      const seen = await t.system.load({ SITE: site.SITE, enter: () => MLDA });
      tampered[Symbol.dispose]();
      const refusals = allOf(seen, "236", "refusal").map(({ message }) => message.CC);
      t.expect.equal("refusals on link 236", refusals, CC === "9302" ? ["9302", "A01A"] : ["A027"], about);
      const mismatches = logsOf(seen, "load-server", "s3-mismatch").length;
      t.expect.equal("wrong answers that the load server notes", mismatches, CC === "9302" ? 2 : 0, about);
      await expectOpen(t, source, seen, CC, about);
      expectMoved(t, before, await moneyOf(t, site), movedBy("unresolved", MLDA, true), about);
      await expectSettled(t, source, before, "loaded");
    },
  });
}

async function expectOpen(
  t: CaseContext,
  source: Source,
  seen: Parameters<typeof expectEnded>[2],
  CC: Tampering["CC"],
  about: { requirement: string },
) {
  if (CC === "9302") return await expectEnded(t, source, seen, { status: "unresolved", CC: "A01A" }, about);
  // the head end, which has seen a positive answer, has nothing to show
  t.expect.equal("how the load ended for the user (CC)", seen.outcome.CC, "A01A", about);
  const row = (await t.system.loads()).find(({ IDTRX }) => IDTRX === seen.outcome.IDTRX);
  t.expect.equal("status in the load server's table", row?.status, "unresolved", about);
  t.expect.equal("results on link 236", allOf(seen, "236", "sealed-results").length, 0, about);
}

export const cases: readonly Case[] = TAMPERINGS.flatMap((tampering) =>
  forSources(BOTH, (source) => tamperedCase(tampering, source)),
);
