/** Whatever befalls a batch, an acknowledgement or a receipt on its way: every sale is settled, and once. */
import { type Case, type CaseContext, defineCase, type Needs } from "../../define/case.ts";
import { pairwise } from "../../define/product.ts";
import { balancesOf, expectSettled } from "../support/accounts.ts";
import { clear, deliverAll, firstSite, type Sale, sell } from "../support/sales.ts";
import { type Blow, COLUMNS, type Column } from "./disturbances.ts";
import { HOPS, type Hop } from "./hops.ts";

interface Place {
  readonly hop: Hop;
  readonly column: Column;
  readonly [name: string]: Hop | Column;
}

const PLACES: readonly Place[] = HOPS.flatMap((hop) =>
  COLUMNS.filter((column) => column.blows(hop).length > 0).map((column) => ({ hop, column })),
);

/** So many rounds from collection to receipts until everything is settled, the disturbed one included. */
const MOST_ROUNDS = 5;

/** Each hop and each way to be disturbed that costs no waiting. */
const SELECTION: ReadonlySet<Place> = new Set(
  pairwise(PLACES.filter(({ column }) => !column.isSlow)).filter(isOneInThree),
);

function isOneInThree(_place: Place, index: number): boolean {
  return index % 3 === 0;
}

/** A round in which whatever is disturbed may fail. */
async function round(t: CaseContext): Promise<void> {
  await clear(t);
  await t.system.clearing.forward();
}

async function runBlow(t: CaseContext, hop: Hop, blow: Blow, sales: Sale[]): Promise<void> {
  const before = await balancesOf(t);
  if (hop.isOfUpdate === true) {
    const { PPIEP } = await t.system.readPurse();
    await t.system.clearing.issueUpdate({ kind: "unblock-card", PPIEP, IDIEP: "0099999999" });
  }
  const own = [await sell(t, firstSite(t)), await sell(t, firstSite(t))];
  sales.push(...own);
  using disturbance = blow.strike(t, hop);
  let rounds = 0;
  do await round(t);
  while (++rounds < MOST_ROUNDS && !(await isAcknowledged(t, sales)));
  t.expect.that(disturbance.hits > 0, `the ${hop.title} was met`, { owner: "bench", actual: disturbance.hits });
  await t.system.clearing.settle();
  await deliverAll(t);
  t.note(`${blow.what}: all acknowledged after ${rounds} rounds`);
  await expectSettled(t, before, own, { requirement: "CLR-0007-b" });
  t.expect.that(await isAcknowledged(t, sales), `all batches are acknowledged after ${MOST_ROUNDS} rounds at most`, {
    requirement: "PS-0045",
    actual: (await t.system.clearing.batches("payment-server")).map(({ status }) => status),
  });
  for (const IDTERM of new Set(own.map((sale) => sale.IDTERM))) {
    const { totals } = await t.system.readTotals(IDTERM);
    t.expect.equal("totals of the terminal", totals, [], { requirement: "CLR-0005-b" });
  }
}

/** All of these sales, at the payment server. */
async function isAcknowledged(t: CaseContext, sales: readonly Sale[]): Promise<boolean> {
  const batches = await t.system.clearing.batches("payment-server");
  const done = batches.filter(({ status }) => status === "acknowledged").flatMap(({ members }) => members);
  return sales.every(({ IDTRX }) => done.some((member) => member.IDTRX === IDTRX));
}

export const cases: readonly Case[] = PLACES.map((place) => {
  const { hop, column } = place;
  const dear: Needs = SELECTION.has(place) ? {} : { exhaustive: true };
  return defineCase({
    id: `CLR-WAY-${hop.id}-${column.id}`,
    suite: "clearing",
    purpose: `The ${hop.title}, ${column.title}: every sale is settled, once, and the terminal goes on`,
    requirements: ["CLR-0007-b", "CLR-0056-c"],
    owner: "server",
    cell: { matrix: "Batches on their way", row: hop.title, column: column.title },
    needs: {
      database: true,
      links: ["batch", "line"],
      clearing: true,
      restart: column.id === "KILLED" ? [hop.to] : [],
      sites: [{ kind: "internet" }],
      ...dear,
    },
    timeoutMs: 300_000,
    async run(t) {
      const sales: Sale[] = [];
      for (const blow of column.blows(hop)) await t.step(blow.what, () => runBlow(t, hop, blow, sales));
      t.ending("settled once");
    },
  });
});
