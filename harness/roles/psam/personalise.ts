import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { afterReset } from "./model.ts";
import { checkPsamData, type PsamData } from "./psam-data.ts";
import { NO_IDS } from "./remembered-ids.ts";
import type { MasterKey, PsamMemory, PsamState } from "./state.ts";

/** Where master keys come from; `TestKeySet` is one. */
export interface MasterKeys {
  masterPurchaseKey(PPIEP: string, ALGIEP: number, VKIEP: number): Uint8Array | undefined;
}

/** A personalised PSAM before its first SELECT. Throws `USAGE` for data that are not valid or a key that is not there. */
export function createPsam(data: PsamData, keys: MasterKeys): PsamState {
  checkPsamData(data);
  const memory = { ...data, keys: data.keys.map((name) => masterKey(name, keys)) };
  return {
    memory: { ...memory, totals: [], open: null, suspended: [], issued: [], confirmed: NO_IDS },
    session: { kind: "unselected" },
    undo: null,
  };
}

/** A PSAM after power has come back, from the memory that `servePsam` handed out for keeping. */
export function restorePsam(memory: PsamMemory): PsamState {
  return afterReset({ memory, session: { kind: "unselected" }, undo: null }).state;
}

function masterKey(name: PsamData["keys"][number], keys: MasterKeys): MasterKey {
  const MKP = keys.masterPurchaseKey(name.PPIEP, name.ALGIEP, name.VKIEP);
  if (MKP) return { ...name, MKP: toHex(MKP) };
  const { PPIEP, ALGIEP, VKIEP } = name;
  throw new PursebenchError("USAGE", `no master purchase key for PPIEP ${PPIEP}, ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`, {
    mend: "add it to the test key set or take it out of the PSAM's list",
  });
}
