import { PursebenchError } from "../../../harness/core/errors.ts";
import { type Case, type DeviceCase, type DeviceContext, defineDeviceCase, type Scope } from "../../define/case.ts";

type ReaderCase = Pick<DeviceCase, "id" | "purpose" | "needs" | "timeoutMs" | "run"> & {
  /** That the reader alters nothing (`RDR-0028-a`) when absent. */
  readonly requirements?: readonly string[];
};

/** A case of the reader, on an exerciser of the bench or the one that a person has put in. */
export function readerCase({ requirements = ["RDR-0028-a"], run, ...definition }: ReaderCase): Case {
  return defineDeviceCase({
    ...definition,
    suite: "reader",
    owner: "reader",
    requirements,
    applies: definition.needs?.slots === undefined ? hasExerciser : () => true,
    run: (t) => (t.facts.offers.slots > 0 ? blamingReader(t, run) : run(t)),
  });
}

/** The cards are the bench's own and do what they should: trouble with one of them is the reader's. */
async function blamingReader(t: DeviceContext, run: DeviceCase["run"]): Promise<void> {
  try {
    await run(t);
  } catch (thrown) {
    if (!(thrown instanceof PursebenchError) || !isReaders(thrown)) throw thrown;
    t.expect.equal("trouble with a card of the bench", `${thrown.code}: ${thrown.message}`, "none", {
      requirement: "RDR-0028-a",
    });
  }
}

/** No case leaves a card in use for the next. */
function isReaders({ code, owner }: PursebenchError): boolean {
  return code === "DEVICE_BUSY" || (owner !== "bench" && /^(DEVICE_|PROTOCOL)/.test(code));
}

/** The same, where cards of the bench are put into slots: by its own hand, or, where `slotCards` says all of them, by a person. */
export function slotCase(definition: ReaderCase, slots = 1): Case {
  return readerCase({ ...definition, needs: { ...definition.needs, slots } });
}

function hasExerciser({ facts, specimen }: Scope): true | string {
  if (facts.offers.slots > 0 || specimen?.applet === "EXER-1") return true;
  return "the reader holds no reader exerciser (test-cards.md 4), and the bench has no slot to put one into";
}
