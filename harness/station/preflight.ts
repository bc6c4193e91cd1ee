import { PursebenchError } from "../core/errors.ts";
import type { Preflight } from "../flows/station.ts";
import type { PurseSystem } from "../flows/system.ts";

/** Is there a purse in the reader, and do the terminals answer? A device that is missing or strange is nobody's fail. */
export async function preflightOf(system: PurseSystem): Promise<Preflight> {
  try {
    const purse = await system.readPurse();
    for (const IDTERM of system.terminals()) await system.readTotals(IDTERM);
    const { PPIEP, IDIEP, SNIEP, ALGIEP, DEXPIEP, VKIEP, CURRIEP, CEXPIEP } = purse;
    const specimen = { PPIEP, IDIEP, SNIEP, ALGIEP: String(ALGIEP), DEXPIEP, VKIEP: String(VKIEP), CURRIEP };
    return { ok: true, specimen: { ...specimen, CEXPIEP: String(CEXPIEP) } };
  } catch (thrown) {
    if (!(thrown instanceof PursebenchError)) throw thrown;
    const mend = thrown.mend ?? "run `pursebench doctor` and mend what it names";
    return { ok: false, owner: thrown.owner, reason: thrown.message, mend };
  }
}
