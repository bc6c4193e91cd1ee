/** [0065]: whatever sealed element is altered on whichever way, it is detected, nobody acts on it, and the money is where it belongs. */
import type { RoleName } from "../../harness/core/trace.ts";
import type { CaseContext } from "../define/case.ts";
import { expectFate, type Fate } from "../payment/altered/fate.ts";
import { disturbedPurchase, expectSettled } from "../payment/altered/walk.ts";
import { type Change, setTo } from "../payment/support/alter.ts";
import { expectConserved, expectNextPurchaseWorks, readAccounts } from "../payment/support/money.ts";
import { messagesOn } from "../payment/support/observe.ts";
import { CHANGES, changeAt, openerFor, type Passed, PLACES, type Place, valueIn } from "./alterations.ts";
import { keysOf } from "./keys.ts";
import { buy, type Overlay, overlayCases, type Topic } from "./overlay.ts";

interface Row {
  readonly what: string;
  readonly change: Change;
  readonly fates: readonly Fate[];
}

/** In process only: elsewhere one alteration of each element stands for them (812 to 822). */
export const cases = overlayCases(PLACES.map(topicOf));

function topicOf(place: Place): Topic {
  return {
    id: `ALTERED-${place.id}`,
    purpose: `Altered on its way, ${place.what} is detected and not acted on, and the money is where it belongs`,
    requirements: ["ENC-0065-c", ...(place.id.endsWith("-M") ? ["ENC-822-d"] : [])],
    owner: "server",
    ...(place.figures ? { figures: place.figures } : {}),
    needs: {
      links: ["234", "236", "cable", "line"],
      logs: ["head-end", "payment-server", "merchant"],
      exhaustive: true,
    },
    timeoutMs: 120_000,
    async run(t, site) {
      const earlier = await buy(t, site);
      t.expect.completed(earlier);
      for (const row of rowsOf(t, site, place, earlier))
        await t.step(row.what, () => expectDetected(t, site, place, row));
      await expectNextPurchaseWorks(t, await readAccounts(t));
    },
  };
}

/** A purchase with that alteration ends as it may; a debit that nobody had heard of is settled by the next one. */
async function expectDetected(t: CaseContext, { SITE }: Overlay, place: Place, { what, change, fates }: Row) {
  const { link, from, message } = place;
  const before = await readAccounts(t);
  const { seen, hits } = await disturbedPurchase(t, [{ link, from, message, act: change, what }], { SITE });
  t.expect.that(hits > 0, "the message to be altered passed its link", { actual: `${hits} messages` });
  const after = await readAccounts(t);
  const fate = expectFate(t, { before, seen, after }, fates);
  expectConserved(t, before, after, { requirement: "ENC-0065-c" });
  if (fate.kind === "unresolved") await expectSettled(t, before, seen, fate);
}

function rowsOf(t: CaseContext, site: Overlay, place: Place, earlier: Passed["earlier"]): readonly Row[] {
  const rows = Object.entries(CHANGES).map(([how, change]) => ({
    what: `${place.what}: ${how}`,
    change: changeAt(place, change),
    fates: place.fates,
  }));
  const old = t.expect.present(`${place.what} of an earlier purchase`, valueIn(earlier, place));
  const swapped = { what: `${place.what}: that of an earlier purchase`, change: changeAt(place, setTo(old)) };
  const passed = passedIn(t, site, earlier);
  const others = (place.instead ?? []).map(({ what, make, fates = place.fates }) => ({
    what: `${place.what}: ${what}`,
    change: make(passed),
    fates,
  }));
  return [...rows, { ...swapped, fates: place.fates }, ...others];
}

/** Of the purchase that is under way when it is asked. */
function passedIn(t: CaseContext, site: Overlay, earlier: Passed["earlier"]): Passed {
  const since = earlier.events.at(-1)?.n;
  const now = () => t.system.events(since);
  return {
    earlier,
    last: (from: RoleName, tag: number) =>
      messagesOn(now(), "236", from).findLast(({ bytes }) => bytes[0] === tag)?.bytes,
    inner: (message) => {
      const pages = messagesOn(now(), "234", "merchant").filter(({ step }) => step === "808");
      return openerFor(keysOf(t, pages.slice(-1), site))(message);
    },
  };
}
