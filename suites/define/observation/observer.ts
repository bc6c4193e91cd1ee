/** Observes a case while it runs, where evidence is kept. */
import type { CaseEnd, Json } from "../../../harness/evidence/event.ts";
import type { Recorder } from "../../../harness/evidence/recorder.ts";
import type { Station } from "../../../harness/flows/station.ts";
import type { SystemFacts } from "../../../harness/flows/system.ts";
import type { Case } from "../case.ts";
import type { Beside, Opened } from "../case-context.ts";
import { factsBeyond } from "./facts.ts";
import { ObservationLog } from "./log.ts";
import { Watch } from "./watch.ts";

export interface Observer {
  /** The same, observed. */
  watched(opened: Opened, beside: Beside): { readonly opened: Opened; readonly beside: Beside };
  /** Writes what was observed. */
  keep(end: CaseEnd): void;
}

/** Undefined where nobody keeps it, and for runs that tell whose a failure is ("ID/card"). */
export function observerFor(evidence: Recorder, { id }: Case, station: Pick<Station, "facts">): Observer | undefined {
  if (!evidence.keeps || id.includes("/")) return undefined;
  const log = new ObservationLog();
  let facts: SystemFacts | undefined;
  const write = (what: Json) => void evidence.write({ kind: "observation", what }, id);
  return {
    watched(opened, beside) {
      const watch = new Watch(log);
      const inner = "system" in opened ? opened.system : opened.devices;
      facts = inner.facts;
      const seen = watch.system(inner);
      const face =
        "system" in opened ? { system: seen as typeof opened.system } : { devices: seen as typeof opened.devices };
      return { opened: face, beside: watch.beside(beside) };
    },
    keep({ outcome, reason }) {
      log.close(outcome, reason);
      const own = facts && factsBeyond(facts, station.facts);
      if (own) write({ facts: own });
      for (const crossed of log.lines()) write({ crossed });
    },
  };
}
