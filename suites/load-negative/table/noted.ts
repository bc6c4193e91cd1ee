import type { LoadObservation } from "../../../harness/flows/loading.ts";
import type { CaseContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";
import type { CardRequest } from "../../load/support/hsm.ts";
import { eventsOf } from "../../payment/support/observe.ts";
import type { Shown } from "./forgery.ts";
import type { Ending, Noted } from "./oracle.ts";

/** Entries of the load server about its judgement (`load.md` 8). */
const JUDGEMENT: readonly string[] = [
  "counters-compared",
  "negative-verified",
  "negative-mismatch",
  "negative-replayed",
  "negative-unproven",
  "s1-mismatch",
  "s3-mismatch",
  "result-code-changed",
  "loaded-proven",
  "hsm-result-wrong",
  "load-unresolved",
  "confirmation-sent",
];

interface About_ {
  readonly original: CardRequest;
  readonly shown: Shown;
}

/** The load server's log tells that story and no other. */
export function expectNoted(
  t: CaseContext,
  seen: LoadObservation,
  { noted }: Ending,
  { original, shown }: About_,
  about: About,
): void {
  const entries = eventsOf(seen).flatMap((event) =>
    event.kind === "log" && event.role === "load-server" && JUDGEMENT.includes(event.entry) ? [event] : [],
  );
  t.expect.equal(
    "what the load server notes",
    entries.map(({ entry }) => entry),
    noted.map(([entry]) => entry),
    about,
  );
  const compared = entries.find(({ entry }) => entry === "counters-compared");
  if (compared !== undefined) {
    const difference = shown.fresh.card.NTIEP - original.card.NTIEP;
    t.expect.equal("counters as compared", compared.fields, { equal: difference === 0, difference }, about);
  }
  const changed = entries.find(({ entry }) => entry === "result-code-changed");
  if (changed !== undefined) t.expect.equal("code that was changed", changed.fields.CC, shown.answer.CC, about);
  const mismatch = noted.find(([entry]: Noted) => entry === "negative-mismatch");
  if (mismatch === undefined) return;
  t.expect.equal(
    "what does not fit",
    entries.find(({ entry }) => entry === "negative-mismatch")?.fields.what,
    mismatch[1],
    about,
  );
}
