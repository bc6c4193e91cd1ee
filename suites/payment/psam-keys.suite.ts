/** Key versions, algorithms and secrets of the PSAM (`keys-and-signatures.md`). */
import { equal, toHex } from "../../harness/core/bytes.ts";
import type { RecordedEvent } from "../../harness/flows/system.ts";
import { isDate } from "../../harness/protocol/messages/calendar.ts";
import { type InitResponse, parseInitResponse } from "../../harness/protocol/messages/init-response.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import {
  ask,
  claiming,
  confirm,
  type Draw,
  drawMessage,
  firstTerminal,
  identifierOf,
  initialise,
  issue,
  type Offer,
  withdraw,
} from "./support/direct.ts";
import { expectNextPurchaseWorks, readAccounts } from "./support/money.ts";
import { theMessage } from "./support/observe.ts";
import { cardKey, cardResponse, expectedS2, sessionKeys } from "./support/signatures.ts";

const suite = "payment";

export const cases: readonly Case[] = [
  defineCase({
    id: "PAY-PSAM-07",
    suite,
    purpose: "The PSAM signs with the key generation that the card names, whichever of those it holds",
    requirements: ["PSAM-0044-k"],
    owner: "psam",
    needs: { secretKeyCard: true, links: ["line"], keys: true },
    async run(t) {
      const before = await readAccounts(t);
      const about = { requirement: "PSAM-0044-k" };
      const offer = await initialise(t);
      const versions = [1, 2, 3].filter((VKIEP) => hasKey(t, { ...offer.fields, VKIEP }));
      const claims = new Set([offer.fields.VKIEP, ...versions]);
      for (const VKIEP of claims) await expectSignedFor(t, offer, { VKIEP }, "9403", about);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-PSAM-08",
    suite,
    purpose: "The PSAM signs with the algorithm that the card names",
    requirements: ["PSAM-0044-f"],
    owner: "psam",
    needs: { secretKeyCard: true, links: ["line"], keys: true },
    async run(t) {
      const before = await readAccounts(t);
      const about = { requirement: "PSAM-0044-f" };
      const offer = await initialise(t);
      const algorithms = [4, 5].filter((ALGIEP) => hasKey(t, { ...offer.fields, ALGIEP }));
      for (const ALGIEP of new Set([offer.fields.ALGIEP, ...algorithms])) {
        await expectSignedFor(t, offer, { ALGIEP }, "9411", about);
      }
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-PSAM-09",
    suite,
    purpose: "No master, card or session key shows on any link or in any log during a purchase",
    requirements: ["PSAM-0044-j", "PSAM-0043-c"],
    owner: "psam",
    needs: { secretKeyCard: true, links: ["236", "line"], keys: true },
    async run(t) {
      const before = await readAccounts(t);
      const since = t.system.events().at(-1)?.n ?? 0;
      const seen = await t.system.purchase();
      await readAccounts(t);
      const { INITRSP } = theMessage(t, seen, "236", "draw-request").message;
      const read = parseInitResponse(INITRSP);
      t.expect.that(read.ok, "the card's answer to INITIALIZE is well-formed", { owner: "card" });
      if (!read.ok) return;
      const { KS2, KS3 } = sessionKeys(t, read.value, INITRSP);
      const { PPIEP, ALGIEP, VKIEP } = read.value;
      const MKP = t.expect.present("master key", t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP));
      const secrets = { "master key": MKP, "card key": cardKey(t, read.value), KS2, KS3 };
      const events = t.system.events(since);
      for (const [name, key] of Object.entries(secrets)) {
        const leak = events.find((event) => shows(event, key));
        t.expect.that(!leak, `the ${name} is not disclosed`, {
          requirement: "PSAM-0044-j",
          actual: leak?.kind ?? "nothing",
          at: leak,
        });
      }
      t.expect.completed(seen);
      await expectNextPurchaseWorks(t, before);
    },
  }),
  defineCase({
    id: "PAY-PSAM-10",
    suite,
    purpose: "The PSAM tells the date of its last update, and that is a day that has been",
    requirements: ["PSAM-0044-m"],
    owner: "psam",
    needs: { links: ["line"] },
    async run(t) {
      for (const IDTERM of t.system.terminals()) {
        const { updated } = await t.system.readTotals(IDTERM);
        const about = { requirement: "PSAM-0044-m" };
        t.expect.that(isDate(updated), "the date of the last update is a date", { ...about, actual: updated });
        t.expect.that(updated.slice(2) <= t.facts.today, "it is not in the future", { ...about, actual: updated });
      }
    },
  }),
  defineCase({
    id: "PAY-PSAM-11",
    suite,
    purpose: "Totals are kept apart by purse provider and currency, each rising by its own amounts alone",
    requirements: ["PSAM-0044-n", "PSAM-0044-o"],
    owner: "psam",
    needs: { secretKeyCard: true, links: ["line"], keys: true },
    leaves: ["value moved by hand"],
    async run(t) {
      const IDTERM = firstTerminal(t);
      const offer = await initialise(t);
      let served = 0;
      for (const claim of programs(t, offer.fields)) {
        const before = await t.system.readTotals(IDTERM);
        const other = claiming(offer, claim);
        const draw: Draw = { IDTERM, IDTRX: identifierOf(other, 100 + served), offer: other, MPDA: 7 + served };
        const answer = await ask(t, IDTERM, drawMessage(t, draw));
        if (answer.kind === "t-refusal" && ["9410", "9411", "9403", "9414"].includes(answer.CC)) continue;
        if (answer.kind === "t-debit") await withdraw(t, draw);
        const issued = await issue(t, { ...draw, IDTRX: identifierOf(other, 200 + served) });
        await confirm(t, issued, cardResponse(t, issued, "0000"));
        served++;
        const { totals } = await t.system.readTotals(IDTERM);
        const { PPIEP, CURRIEP: CURR, CEXPIEP: CEXP } = other.fields;
        const own = (line: { PPIEP: string; CURR: string; CEXP: number }) =>
          line.PPIEP === PPIEP && line.CURR === CURR && line.CEXP === CEXP;
        const old = before.totals.find(own);
        const about = { requirement: CURR === offer.fields.CURRIEP ? "PSAM-0044-n" : "PSAM-0044-o" };
        const due = { PPIEP, CURR, CEXP, MTOT: (old?.MTOT ?? 0) + draw.MPDA, NTOT: (old?.NTOT ?? 0) + 1 };
        t.expect.equal(`total of provider ${PPIEP} in ${CURR}`, totals.find(own), due, about);
        const rest = before.totals.filter((line) => !own(line));
        t.expect.equal(
          "all other totals",
          totals.filter((line) => !own(line)),
          rest,
          about,
        );
      }
      t.expect.that(served > 0, "at least the card's own program is served", { actual: served });
      await expectNextPurchaseWorks(t, await readAccounts(t));
    },
  }),
];

function hasKey(t: CaseContext, { PPIEP, ALGIEP, VKIEP }: InitResponse): boolean {
  return t.keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP) !== undefined;
}

/** A card with that claim gets S2 under its own keys; `refusal` is allowed for claims that are not the card's own. */
async function expectSignedFor(
  t: CaseContext,
  offer: Offer,
  claim: Partial<InitResponse>,
  refusal: string,
  about: { requirement: string },
): Promise<void> {
  const IDTERM = firstTerminal(t);
  const other = claiming(offer, claim);
  const { VKIEP, ALGIEP } = other.fields;
  const draw: Draw = { IDTERM, IDTRX: identifierOf(other, ALGIEP * 256 + VKIEP), offer: other, MPDA: 1 };
  const isOwn = equal(other.INITRSP, offer.INITRSP);
  const answer = await ask(t, IDTERM, drawMessage(t, draw));
  if (!isOwn && answer.kind === "t-refusal" && answer.CC === refusal) return;
  t.expect.equal(`answer for ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`, answer.kind, "t-debit", about);
  if (answer.kind !== "t-debit") return;
  const S2 = toHex(answer.DEBITDATA.subarray(45));
  t.expect.equal(`S2 for ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`, S2, expectedS2(t, other, answer.DEBITDATA), about);
  await withdraw(t, draw);
}

/** Claims of cards of every provider, algorithm and usual currency that there are test keys for. */
function programs(t: CaseContext, own: InitResponse): readonly Partial<InitResponse>[] {
  const currencies = [
    { CURRIEP: own.CURRIEP, CEXPIEP: own.CEXPIEP },
    { CURRIEP: "0392", CEXPIEP: 0 },
    { CURRIEP: "0414", CEXPIEP: 3 },
  ];
  const providers = [own.PPIEP, ...t.facts.providers.filter((PPIEP) => PPIEP !== own.PPIEP)];
  return providers.flatMap((PPIEP) =>
    hasKey(t, { ...own, PPIEP }) ? currencies.map((currency) => ({ PPIEP, ...currency })) : [],
  );
}

function shows(event: RecordedEvent, key: Uint8Array): boolean {
  const hex = toHex(key);
  switch (event.kind) {
    case "message":
      return toHex(event.bytes).includes(hex) || latin(event.bytes).toUpperCase().includes(hex);
    case "log":
      return JSON.stringify(event.fields).toUpperCase().includes(hex);
    default:
      return false;
  }
}

function latin(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
