/** One cell of the table of negative results: a load whose negative result is shown like that, how it ends, and what a recovery makes of it. */
import type { LoadObservation, LoadSiteFacts } from "../../../harness/flows/loading.ts";
import { type CardResponse, parseCardResponse } from "../../../harness/protocol/messages/card-response.ts";
import { type Case, type CaseContext, defineCase } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import { expectMoved, moneyOf } from "../../load/support/moved.ts";
import { credits, theInitialisation } from "../../load/support/observe.ts";
import { needing, type Source, siteOf } from "../../load/support/sources.ts";
import { understated } from "../support/balance.ts";
import { expectEnded, movedBy } from "../support/ended.ts";
import { hsmWords } from "../support/hsm-words.ts";
import { type Alteration, alterSealed } from "../support/session.ts";
import type { Place } from "./dimensions.ts";
import { forgedResult, NEGATIVE_CODE, type Shown, shownAs, withCode } from "./forgery.ts";
import { expectedWords } from "./hsm-exchange.ts";
import { expectNoted } from "./noted.ts";
import { type Ending, endingOf } from "./oracle.ts";
import { requirementsOf } from "./proves.ts";

const MLDA = 2500;

export function cellCase(id: string, place: Place, source: Source): Case {
  const { counter, s1, deed, answer } = place;
  const requirements = requirementsOf(place, source);
  const { status } = endingOf(place);
  return defineCase({
    id,
    suite: "load-negative",
    purpose: `Card ${deed.title}, ${answer.title}; zero value load request with ${counter.title}, ${s1.title}: ${status} (${source.source})`,
    requirements,
    owner: "server",
    cell: {
      matrix: `Negative results, ${source.source}`,
      row: `${counter.title}, ${s1.title}`,
      column: `${deed.title}: ${answer.title}`,
    },
    needs: needing(source, {
      keys: true,
      database: true,
      links: ["235", "cable", "236", "HSM"],
      logs: ["load-server"],
      ...(deed.id === "REFUSED" ? { cards: ["at-maximum"] } : {}),
    }),
    timeoutMs: 120_000,
    run: (t) => runCell(t, place, source, { requirement: requirements[0] ?? "" }),
  });
}

async function runCell(t: CaseContext, place: Place, source: Source, about: About): Promise<void> {
  const site = siteOf(t, source);
  const ending = endingOf(place);
  const isLoaded = place.deed.id === "LOADED";
  if (!isLoaded) await t.system.insertCard("at-maximum");
  const before = await moneyOf(t, site);
  const { seen, shown } = await t.step("a load with that negative result", () => struck(t, place, site));
  const original = theInitialisation(t, seen, about);
  const genuine = genuineAnswer(t, seen);
  t.expect.equal("what the card itself has answered", genuine.CC, isLoaded ? "0000" : NEGATIVE_CODE, about);

  t.expect.equal(
    "exchange with the HSM after DM",
    hsmWords(seen).slice(2),
    expectedWords(t, ending, original, shown),
    about,
  );
  expectNoted(t, seen, ending, { shown, original }, about);
  t.ending(ending.status);
  await expectEnded(t, source, seen, { status: ending.status, CC: codeOf(ending) }, about);
  t.ending(ending.status);
  expectMoved(t, before, await moneyOf(t, site), movedBy(ending.status, MLDA, isLoaded), about);

  await t.step("the set-top box settles it", async () => {
    const settled = await t.system.recover();
    t.expect.equal(
      "a load left for the set-top box to settle",
      settled !== undefined,
      ending.status === "unresolved",
      about,
    );
    const truth = isLoaded ? "loaded" : "not-loaded";
    expectMoved(t, before, await moneyOf(t, site), movedBy(truth, MLDA, isLoaded), about);
  });
}

/** For the user and for those who book. */
function codeOf({ status }: Ending): string {
  return { loaded: "0000", "not-loaded": NEGATIVE_CODE, unresolved: "A01A" }[status];
}

async function struck(
  t: CaseContext,
  place: Place,
  site: LoadSiteFacts,
): Promise<{ seen: LoadObservation; shown: Shown }> {
  const since = t.system.events().at(-1)?.n;
  let shown: Shown | undefined;
  const faults: Disposable[] = [understated(t)];
  const madeNegative = alterSealed(
    t,
    site,
    { link: "cable", from: "set-top-box", kind: "load-response", what: "positive answer made negative" },
    (message) => ({ ...message, CARDRSP: withCode(message.CARDRSP, NEGATIVE_CODE) }),
  );
  const forged: Alteration = alterSealed(
    t,
    site,
    {
      link: "236",
      from: "head-end",
      kind: "negative-result",
      times: 1,
      what: "negative result as the head end would like it",
    },
    (message) => {
      const events = t.system.events(since);
      shown = forgedResult(t, place, theInitialisation(t, events), genuineAnswer(t, events), message);
      return shownAs(message, shown);
    },
  );
  faults.push(madeNegative, forged);
  try {
    const seen = await t.system.load({ SITE: site.SITE, enter: () => MLDA });
    t.expect.equal("negative results that reached the load server", forged.altered, 1);
    return { seen, shown: t.expect.present("negative result", shown) };
  } finally {
    for (const fault of faults) fault[Symbol.dispose]();
  }
}

/** To CREDIT IEP, on the contacts of the card. */
function genuineAnswer(t: CaseContext, seen: Parameters<typeof credits>[0]): CardResponse {
  const parsed = parseCardResponse(credits(seen)[0]?.answer.slice(0, -2) ?? new Uint8Array(0));
  return t.expect.present("CARDRSP on link 235", parsed.ok ? parsed.value : undefined);
}
