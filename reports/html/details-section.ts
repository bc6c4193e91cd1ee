/** For each case that did not pass: what was expected, what happened, and the exchanges that show it. */
import type { CaseRecord, RunRecord } from "../record/run-record.ts";
import { transactionAt } from "../sequence/transactions.ts";
import { anchor } from "../text/anchor.ts";
import { type Markup, markup, nothing } from "../text/markup.ts";
import { isExplained } from "./cases-section.ts";
import { exchangeTable } from "./exchange-table.ts";
import { sequenceFigure } from "./sequence-figure.ts";
import { status } from "./status.ts";
import { pairs } from "./table.ts";

export function detailsSection({ cases }: RunRecord): Markup {
  const explained = cases.filter(isExplained);
  if (explained.length === 0) return nothing;
  return markup`<section aria-labelledby="details"><h2 id="details">Cases that did not pass</h2>
${explained.map(detail)}</section>`;
}

function detail(one: CaseRecord): Markup {
  const transaction = one.verdict === "fail" ? transactionAt(one) : undefined;
  const id = anchor("detail", one.id);
  return markup`<article aria-labelledby="${id}"><h3 id="${id}">${one.id} ${status(one.verdict)}</h3>
${pairs(`Findings of ${one.id}`, findings(one))}
${exchangeTable(one.id, one.exchanges, one.at)}
${transaction ? sequenceFigure(transaction, anchor("picture", one.id), `The failing transaction of ${one.id}`) : nothing}
</article>`;
}

function findings(one: CaseRecord): readonly (readonly [string, string])[] {
  const all: readonly (readonly [string, string])[] = [
    ["Purpose", one.purpose],
    ["Reason", one.reason],
    ["Requirement", one.requirement],
    ["Expected", one.expected.join("; or ")],
    ["Observed", one.actual],
    ["To be mended by", one.owner],
    ["Because", one.ownerBecause],
    ["How", one.mend],
    ["Accounts", accountsOf(one)],
    ["Evidence line", one.at === undefined ? "" : String(one.at)],
  ];
  return all.filter(([, value]) => value !== "");
}

/** As noted at the end of a case that failed (`suites/define/accounts-note.ts`). */
const ACCOUNTS = "accounts, ";

function accountsOf({ exchanges }: CaseRecord): string {
  const note = exchanges.findLast(({ kind, name }) => kind === "note" && name.startsWith(ACCOUNTS));
  return note === undefined ? "" : note.name.slice(ACCOUNTS.length);
}
