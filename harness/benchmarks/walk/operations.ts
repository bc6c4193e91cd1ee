/** What a walk may do next. */
import fc from "fast-check";
import type { LoadOrder } from "../../flows/loading.ts";
import type { CardKind, Order, PaymentServerName, SystemFacts } from "../../flows/system.ts";
import { SERVERS, troubleIn, wordsWith } from "./troubles.ts";
import type { Operation, World } from "./world.ts";

/** Cards that value goes to and from. */
const CARDS: readonly CardKind[] = [
  "specimen",
  "second",
  "aes",
  "rsa",
  "second-key-version",
  "issuer-b",
  "yen",
  "dinar",
  "points",
  "virtual",
  "empty",
  "poor",
  "at-maximum",
  "low-maximum",
];

const PAYMENT_SERVERS: readonly PaymentServerName[] = ["payment-server", "head-end-payment-server"];

/** -1: the user at the bench's own set-top box; else the number of a box. */
const user = fc.oneof(fc.constant(-1), fc.integer({ min: -1, max: 3 }));

/** Any operation on a bench with these facts, with how often one is chosen. */
export function operations(facts: SystemFacts): fc.Arbitrary<Operation>[] {
  const buying = buys(facts);
  const loading = loads(facts);
  const often = [buying, loading, buying, loading, together(facts), buying, loading];
  return [...often, movesCard(), asks("recover", (world) => world.system.recover().then(() => undefined)), ...clears()];
}

function loads({ loadSites }: SystemFacts): fc.Arbitrary<Operation> {
  const accounts = loadSites.flatMap(({ SITE, accounts: own }) => own.map(({ ACCOUNT }) => ({ SITE, ACCOUNT })));
  const amount = fc.oneof(
    fc.integer({ min: 1, max: 20_000 }),
    fc.constantFrom<number | "cancel">(0, 1, 10_000_000, "cancel"),
  );
  return fc
    .record({ account: fc.constantFrom(...accounts), amount, user, trouble: troubleIn("load") })
    .map(({ account, amount: entered, user: who, trouble: befalls }) => ({
      what: wordsWith(`load ${entered} from ${account.ACCOUNT} at ${account.SITE}${at(who)}`, befalls),
      async perform(world: World) {
        befalls.arm(world);
        await load(world, who, { ...account, enter: () => entered });
      },
    }));
}

function buys({ catalogue }: SystemFacts): fc.Arbitrary<Operation> {
  return fc
    .record({
      item: fc.constantFrom(...catalogue),
      QUANTITY: fc.constantFrom(1, 1, 1, 2),
      user,
      trouble: troubleIn("purchase"),
    })
    .map(({ item: { SITE, ITEM }, QUANTITY, user: who, trouble: befalls }) => ({
      what: wordsWith(`buy ${QUANTITY} ${ITEM} at ${SITE}${at(who)}`, befalls),
      async perform(world: World) {
        befalls.arm(world);
        await buy(world, who, { SITE, ITEM, QUANTITY });
      },
    }));
}

/** Every box at once, some of them loading. */
function together({ catalogue, loadSites }: SystemFacts): fc.Arbitrary<Operation> {
  const doing = fc.oneof(fc.constantFrom(...catalogue), fc.constantFrom(...loadSites));
  return fc
    .record({
      all: fc.array(doing, { minLength: 2, maxLength: 4 }),
      trouble: fc.oneof(troubleIn("purchase"), troubleIn("load")),
    })
    .map(({ all, trouble: befalls }) => ({
      what: wordsWith(`at once ${all.map((one) => ("ITEM" in one ? one.ITEM : `load at ${one.SITE}`))}`, befalls),
      async perform(world: World) {
        befalls.arm(world);
        await Promise.all(
          all.map((one, box) => ("ITEM" in one ? buy(world, box, one) : load(world, box, { SITE: one.SITE }))),
        );
      },
    }));
}

function movesCard(): fc.Arbitrary<Operation> {
  return fc.constantFrom(...CARDS, undefined).map((kind) => ({
    what: kind === undefined ? "take the card out" : `put the card ${kind} in`,
    perform: (world) => world.insert(kind),
  }));
}

/** Everything that nobody at a set-top box does. */
function clears(): fc.Arbitrary<Operation>[] {
  const server = fc.constantFrom(...PAYMENT_SERVERS);
  const withTrouble = (what: string, perform: (world: World, name: PaymentServerName) => Promise<unknown>) =>
    fc.record({ server, trouble: troubleIn("clearing") }).map(({ server: name, trouble: befalls }) => ({
      what: wordsWith(`${what} (${name})`, befalls),
      async perform(world: World) {
        befalls.arm(world);
        await perform(world, name);
      },
    }));
  const update = fc
    .record({ box: fc.nat({ max: 3 }), kind: fc.constantFrom("block-card" as const, "unblock-card" as const) })
    .map(({ box, kind }) => ({
      what: `${kind} of box ${box + 1}`,
      async perform({ system, boxes }: World) {
        const { PPIEP, IDIEP } = (await boxes[box]?.readPurse()) ?? { PPIEP: "", IDIEP: "" };
        await system.clearing.issueUpdate({ kind, PPIEP, IDIEP });
      },
    }));
  const restart = fc.constantFrom(...SERVERS).map((role) => ({
    what: `restart ${role}`,
    perform: ({ system }: World) => system.restart(role),
  }));
  return [
    withTrouble("collect", ({ system }, name) => system.clearing.collect(name)),
    withTrouble("forward", ({ system }) => system.clearing.forward()),
    withTrouble("fetch deliveries", ({ system }, name) => system.clearing.fetchDeliveries(name)),
    withTrouble("settle", async (world) => {
      const { N } = await world.system.clearing.settle();
      if (N !== undefined) world.note("settlements");
    }),
    withTrouble("settle holds", ({ system }) => system.settleHolds()),
    update,
    restart,
  ];
}

function asks(what: string, perform: (world: World) => Promise<void>): fc.Arbitrary<Operation> {
  return fc.constant({ what, perform });
}

async function load(world: World, who: number, order: LoadOrder): Promise<void> {
  const { CC } = await (world.boxes[who]?.load(order) ?? world.system.load(order).then(({ outcome }) => outcome));
  world.note(CC === "0000" ? "loads" : "loads that failed");
}

async function buy(world: World, who: number, order: Order): Promise<void> {
  const { CC } = await (world.boxes[who]?.purchase(order) ??
    world.system.purchase(order).then(({ outcome }) => outcome));
  world.note(CC === "0000" ? "purchases" : "purchases that failed");
}

function at(who: number): string {
  return who < 0 ? "" : ` by box ${who + 1}`;
}
