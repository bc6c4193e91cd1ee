/** Cards and head ends that are odd on the way to a negative result, end to end (`load.md` 5). */
import { concat } from "../../harness/core/bytes.ts";
import type { LoadObservation } from "../../harness/flows/loading.ts";
import type { Disturbance } from "../../harness/flows/system.ts";
import { encodeBalance, parseGetBalanceResponse } from "../../harness/protocol/messages/get-balance.ts";
import type { NegativeResult } from "../../harness/protocol/messages/layouts.ts";
import { parseLoadInit } from "../../harness/protocol/messages/load-init.ts";
import {
  encodeLoadResponse,
  type LoadResponse,
  parseLoadResponse,
} from "../../harness/protocol/messages/load-response.ts";
import { encodeMessage } from "../../harness/protocol/messages/message.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { expectMoved, moneyOf } from "../load/support/moved.ts";
import { INITIALIZE_IEP, initialisations } from "../load/support/observe.ts";
import { expectedS1, expectedS3 } from "../load/support/signatures.ts";
import { BOTH, forSources, type Source, siteOf } from "../load/support/sources.ts";
import { inElement, setTo } from "../payment/support/alter.ts";
import { allOf, messagesOn } from "../payment/support/observe.ts";
import { expectEnded, movedBy } from "./support/ended.ts";
import { completionWord, hsmWords, negativeWord, noLoadWord, rightS3Word } from "./support/hsm-words.ts";
import { expectSettled, LOOKS, MLDA, REFUSING, refusedLoad } from "./support/refused.ts";
import { negativesOf } from "./support/requirements.ts";
import { alterSealed } from "./support/session.ts";

const GET_BALANCE = 0x5c;

/** The card says something else at INITIALIZE IEP for load; `change` gets the amount that it is asked for, and S1 is made anew. */
function initialisedAs(t: CaseContext, change: (said: LoadResponse, MLDA: number) => LoadResponse): Disturbance {
  return t.system.disturb({
    link: "235",
    from: "card",
    message: INITIALIZE_IEP,
    act: (response) => {
      const asked = messagesOn(t.system.events(), "235", "set-top-box").at(-1)?.bytes.slice(5, 39);
      const init = asked && parseLoadInit(asked);
      const said = parseLoadResponse(response.slice(0, -2));
      if (!init?.ok || !said.ok) return response;
      const card = change(said.value, init.value.MLDA);
      const S1 = expectedS1(t, { init: init.value, card });
      return concat(encodeLoadResponse({ ...card, S1 }), response.subarray(-2));
    },
    what: "a card of the harness's own answers INITIALIZE IEP",
  });
}

function accidentCase(source: Source): Case {
  const ids = negativesOf(source, "0132-a", "0132-b", "0132-c", "0132-f", "0132-g", "AMB-S1-UNEQUAL");
  const about = { requirement: ids[0] ?? "" };
  return defineCase({
    id: "NEG-CARD-ACCIDENT",
    suite: "load-negative",
    purpose: `A card whose counter has risen by accident proves all the same that it was not loaded (${source.source})`,
    requirements: ids,
    owner: "server",
    needs: { ...REFUSING, ...(source.source === "bank" ? {} : { exhaustive: true }) },
    async run(t) {
      using _odd = initialisedAs(t, (said, amount) => (amount === 0 ? { ...said, NTIEP: said.NTIEP + 1 } : said));
      const { before, seen } = await refusedLoad(t, source);
      const [first, second] = initialisations(seen);
      const original = t.expect.present("load request", first, about);
      const own = t.expect.present("zero value load request", second, about);
      const card = { ...own.card, NTIEP: original.card.NTIEP + 1 };
      const fresh = { init: own.init, card: { ...card, S1: expectedS1(t, { init: own.init, card }) } };
      const { BALIEP } = original.card;
      const S3 = expectedS3(t, original, { CC: "940B", BALIEP });
      const words = [
        negativeWord(t, original, fresh, BALIEP),
        noLoadWord(t, original),
        completionWord(t, original, { CC: "940B", BALIEP, S3 }),
        rightS3Word(t, original, "940B"),
      ];
      t.expect.equal("exchange with the HSM after DM", hsmWords(seen).slice(2), words, about);
      await expectEnded(t, source, seen, { status: "not-loaded", CC: "940B" }, about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), {}, about);
    },
  });
}

const YEN = { CURRIEP: "0392", CEXPIEP: 0 };

/** The balance report gives the card another currency, and so does every answer to INITIALIZE IEP. */
function foreign(t: CaseContext): readonly Disturbance[] {
  const report = t.system.disturb({
    link: "235",
    from: "card",
    message: GET_BALANCE,
    act: (response) => {
      const said = parseGetBalanceResponse(response);
      return said.kind === "answer"
        ? concat(encodeBalance({ ...said.value, ...YEN }), response.subarray(-2))
        : response;
    },
    what: "balance report in another currency",
  });
  return [report, initialisedAs(t, (said) => ({ ...said, ...YEN }))];
}

function currencyCase(source: Source): Case {
  const ids = negativesOf(source, "0129-a", "0130-b", "0131-m", "0131-n");
  const about = { requirement: ids[0] ?? "" };
  return defineCase({
    id: "NEG-CARD-CURRENCY",
    suite: "load-negative",
    purpose: `A card that was made out to have another currency answers 9409 itself, and nothing is debited in the end (${source.source})`,
    requirements: ids,
    owner: "server",
    needs: { ...LOOKS, exhaustive: true },
    applies: ({ facts }) =>
      facts.loadSites.some((site) => site.source === source.source && yenAccount(site) !== undefined) ||
      "no account in yen",
    async run(t) {
      const site = siteOf(t, source);
      const ACCOUNT = yenAccount(site) ?? "";
      const before = await moneyOf(t, site, ACCOUNT);
      const faults = foreign(t);
      const seen: LoadObservation = await t.system.load({ SITE: site.SITE, ACCOUNT, enter: () => MLDA });
      for (const fault of faults) fault[Symbol.dispose]();
      await expectEnded(t, source, seen, { status: "not-loaded", CC: "9409" }, about);
      expectMoved(t, before, await moneyOf(t, site, ACCOUNT), {}, about);
    },
  });
}

function yenAccount({ accounts }: ReturnType<typeof siteOf>): string | undefined {
  return accounts.find(({ CURR }) => CURR === YEN.CURRIEP)?.ACCOUNT;
}

interface Malformed {
  readonly id: string;
  readonly what: string;
  readonly made: (message: NegativeResult) => Uint8Array;
}

const INITRSP_LENGTH = 27;
const NOTHING = new Uint8Array(0);

const MALFORMED: readonly Malformed[] = [
  {
    id: "NO-S1",
    what: "without the new S1",
    made: (message) => inElement("LOADRSP", (value) => value.subarray(0, INITRSP_LENGTH))(encodeMessage(message)),
  },
  {
    id: "NO-ANSWER",
    what: "without an answer of the card",
    made: (message) => inElement("CARDRSP", setTo(NOTHING))(encodeMessage(message)),
  },
  {
    id: "SW",
    what: "whose answer has another status word",
    made: (message) => encodeMessage({ ...message, SW: "9302" }),
  },
  {
    id: "NO-DATE",
    what: "of a day that is none",
    made: (message) =>
      inElement("LOADINIT", (value) => value.map((byte, index) => (index === 13 ? 0x13 : byte)))(
        encodeMessage(message),
      ),
  },
];

function malformedCase({ id, what, made }: Malformed, source: Source): Case {
  const ids = negativesOf(source, "0131-a", "0129-b");
  const about = { requirement: ids[0] ?? "" };
  return defineCase({
    id: `NEG-MALFORMED-${id}`,
    suite: "load-negative",
    purpose: `A negative result ${what} is refused, and nothing is given back on it (${source.source})`,
    requirements: ids,
    owner: "server",
    needs: { ...REFUSING, exhaustive: true },
    async run(t) {
      using altered = alterSealed(
        t,
        siteOf(t, source),
        { link: "236", from: "head-end", kind: "negative-result", times: 1, what: `negative result ${what}` },
        made,
      );
      const { before, seen } = await refusedLoad(t, source);
      t.expect.equal("negative results that reached the load server", altered.altered, 1);
      t.expect.equal(
        "refusals on link 236",
        allOf(seen, "236", "refusal").map(({ message }) => message.CC),
        ["A001"],
        about,
      );
      t.expect.equal(
        "frames on link HSM",
        hsmWords(seen).map((word) => word.slice(0, 2)),
        ["DM", "DN"],
        about,
      );
      t.expect.equal("how the load ended for the user (CC)", seen.outcome.CC, "A01A", about);
      expectMoved(t, before, await moneyOf(t, siteOf(t, source)), movedBy("unresolved", MLDA, false), about);
      await expectSettled(t, source, before, "not-loaded");
    },
  });
}

export const cases: readonly Case[] = [
  ...forSources(BOTH, accidentCase),
  ...forSources(BOTH, currencyCase),
  ...MALFORMED.flatMap((malformed) => forSources(BOTH, (source) => malformedCase(malformed, source))),
];
