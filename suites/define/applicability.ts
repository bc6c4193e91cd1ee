import type { SystemFacts } from "../../harness/flows/system.ts";
import type { Case, Needs, Scope } from "./case.ts";

/** Why `definition` does not apply here, or undefined when it does. */
export function whyNotApplicable(definition: Case, scope: Scope): string | undefined {
  const lacking = definition.needs ? firstLacking(definition.needs, scope.facts) : undefined;
  if (lacking !== undefined) return lacking;
  const applies = definition.applies?.(scope) ?? true;
  return applies === true ? undefined : applies;
}

function firstLacking(needs: Needs, { bench, offers }: SystemFacts): string | undefined {
  const say = (what: string) => `the bench ${bench} ${what}`;
  const card = missing(needs.cards, offers.cards);
  if (card) return say(`has no card of the kind ${card}`);
  if (needs.removal && !offers.removal) return say("has no hand to pull the card");
  const link = missing(needs.links, offers.links);
  if (link) return say(`does not see the link ${link}`);
  const log = missing(needs.logs, offers.logs);
  if (log) return say(`cannot read the log of the ${log}`);
  if (needs.database && !offers.database) return say("has no access to the payment server's database");
  const restart = missing(needs.restart, offers.restart);
  if (restart) return say(`cannot restart the ${restart}`);
  if (needs.keys && !offers.keys) return say("has no test keys");
  return undefined;
}

function missing<T>(needed: readonly T[] | undefined, offered: readonly T[]): T | undefined {
  return needed?.find((each) => !offered.includes(each));
}
