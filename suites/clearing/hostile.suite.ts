/** Nonsense at the concentration point and the clearing system: a reason each time, nothing kept, and the next batch is taken. */
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { baseSites } from "../payment/support/base-sites.ts";

/** Characters; more than a message of 65,536 bytes has in hex. */
const TOO_LONG = 140_000;

type Server = "concentration-point" | "clearing-system";

/** A batch goes on complete and once; sales over the network are settled. */
const REQUIREMENT: Readonly<Record<Server, string>> = {
  "concentration-point": "CLR-0007-b",
  "clearing-system": "CLR-0009",
};

const NONSENSE: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["no hex", "batch"],
  ["half a byte", "B80"],
  ["an empty batch", "B800"],
  ["another message", "B900"],
  ["a length without end", "B884FFFFFFFF"],
];

async function expectTurnedAway(t: CaseContext, to: Server, requirement: string): Promise<void> {
  const about = { requirement };
  const status = async (what: string, due: number, request: { method: "GET" | "POST"; path: string; body?: string }) =>
    t.expect.equal(`status of the ${to} for ${what}`, (await t.system.clearing.http(to, request)).status, due, about);
  await status("a batch that is too long", 413, { method: "POST", path: "/batches", body: "B8".repeat(TOO_LONG / 2) });
  await status("another path", 404, { method: "POST", path: "/batch", body: "B800" });
  await status("another method", 405, { method: "GET", path: "/batches" });
  for (const [what, body] of NONSENSE) await status(what, 400, { method: "POST", path: "/batches", body });
  const asked = to === "concentration-point" ? "/deliveries" : "/updates";
  await status("a sender that is unknown", 403, { method: "GET", path: `${asked}?sender=NOBODY` });
}

export const cases: readonly Case[] = (["concentration-point", "clearing-system"] as const).map((to) =>
  defineCase({
    id: `CLR-HOSTILE-${to === "concentration-point" ? "POINT" : "SYSTEM"}`,
    suite: "clearing",
    purpose: `Requests that are malformed, too long or elsewhere get their reason from the ${to.replace("-", " ")}, are kept nowhere, and the next batch is settled`,
    requirements: [REQUIREMENT[to]],
    owner: "server",
    needs: { clearing: true },
    async run(t) {
      const about = { requirement: REQUIREMENT[to] };
      await expectTurnedAway(t, to, about.requirement);
      t.expect.equal(`batches of the ${to}`, (await t.system.clearing.batches(to)).length, 0, about);
      const [shop] = baseSites(t.facts);
      const seen = await t.system.purchase({ SITE: shop?.SITE ?? "" });
      t.expect.completed(seen, about);
      await t.system.clearing.collect();
      await t.system.clearing.forward();
      const sale = t.expect.present("the sale", await t.system.sale(seen.outcome.IDTRX ?? ""));
      const { merchants } = await t.system.clearing.settle();
      const paid = merchants.map(({ IDMER, sum }) => [IDMER, sum]);
      t.expect.equal("what merchants were paid", paid, [[shop?.IDMER, sale.MPDA]], about);
    },
  }),
);
