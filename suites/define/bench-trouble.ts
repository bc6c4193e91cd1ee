/** What the bench itself met with while a case ran: then nothing that is missing can be held against the device under test. */
import type { CaseEnd } from "../../harness/evidence/event.ts";
import type { PurchaseObservation, PurseSystem } from "../../harness/flows/system.ts";
import { MENDS } from "./failures.ts";

type Trouble = PurchaseObservation["trouble"][number];

/** `system`, whose purchases leave the trouble that they met in `met`. */
export function noting(system: PurseSystem, met: Trouble[]): PurseSystem {
  const noted = <T extends PurchaseObservation | undefined>(seen: T): T => {
    met.push(...(seen?.trouble ?? []));
    return seen;
  };
  return new Proxy(system, {
    get(target, name) {
      if (name === "purchase")
        return async (order: Parameters<PurseSystem["purchase"]>[0]) => noted(await target.purchase(order));
      if (name === "recover") return async () => noted(await target.recover());
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A fail of a case in which the bench (pcscd, a driver) gave up is no fail. */
export function unlessBench(end: CaseEnd, met: readonly Trouble[]): CaseEnd {
  const own = met.find(({ owner }) => owner === "bench");
  if (end.outcome !== "fail" || own === undefined) return end;
  return { outcome: "inconc", reason: own.text, owner: "bench", mend: MENDS.bench };
}
