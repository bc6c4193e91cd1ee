/** What cases really use of the card under test, seen on a bench whose devices are objects of this process. */
import type { DeviceSystem } from "../../harness/flows/devices.ts";
import type { Station } from "../../harness/flows/station.ts";
import type { PurseSystem } from "../../harness/flows/system.ts";

export interface Consumed {
  readonly caseId: string;
  readonly NTIEP: number;
  /** Minor units. */
  readonly value: number;
}

/** `station`, which tells of each case of the flows what it has used of the specimen, as its system is taken down. */
export function measuring(station: Station, IDIEP: string, tell: (consumed: Consumed) => void): Station {
  const ids = new Map<PurseSystem | DeviceSystem, string>();
  return new Proxy(station, {
    get(target, name) {
      if (name === "systemFor") {
        return async (caseId: string) => {
          const system = await target.systemFor(caseId);
          ids.set(system, caseId);
          return system;
        };
      }
      if (name === "release") {
        return async (system: PurseSystem | DeviceSystem) => {
          const caseId = ids.get(system);
          ids.delete(system);
          if (caseId !== undefined && "money" in system) tell({ caseId, ...(await usedOf(system, IDIEP)) });
          await target.release(system);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function usedOf(system: PurseSystem, IDIEP: string): Promise<{ NTIEP: number; value: number }> {
  const { devices } = await system.money();
  const card = devices?.cards.find((each) => each.IDIEP === IDIEP);
  if (!card) return { NTIEP: 0, value: 0 };
  return { NTIEP: card.NTIEP - 1, value: Math.max(0, card.issued - card.BALIEP) };
}
