/** A case against what is open: the verdict, whether what is open is a bench or what evidence has kept of one. */
import type { CaseEnd } from "../../harness/evidence/event.ts";
import type { PurchaseObservation } from "../../harness/flows/system.ts";
import { noting, unlessBench } from "./bench-trouble.ts";
import type { Case } from "./case.ts";
import { type CaseParts, contextOf } from "./case-context.ts";
import { endOf } from "./failures.ts";
import { expectMoneyKept } from "./money-check.ts";

/** Runs the case, counts the money, and says how it ended. Never rejects. */
export async function judge(definition: Case, parts: CaseParts): Promise<CaseEnd> {
  const { owner } = definition;
  const met: PurchaseObservation["trouble"][number][] = [];
  const opened = "system" in parts.opened ? { system: noting(parts.opened.system, met) } : parts.opened;
  let checks = 0;
  try {
    const context = contextOf(definition, { ...parts, opened }, () => checks++);
    await definition.run(context);
    if (checks === 0) return unchecked(definition);
    if ("system" in opened) await expectMoneyKept(definition, opened.system, context);
    return { outcome: "pass", reason: "", owner };
  } catch (thrown) {
    return unlessBench(endOf(thrown, owner), met);
  }
}

/** A case that expects nothing proves nothing, whatever it did. */
function unchecked({ id }: Case): CaseEnd {
  const mend = "give the case an expectation, or let it say why it is inconclusive";
  return { outcome: "error", reason: `${id} ended without a single check`, owner: "bench", mend };
}
