import { fromHex, toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import type { DeviceSystem } from "../flows/devices.ts";
import type { Preflight, PreflightNeeds } from "../flows/station.ts";
import { describeStatusWord } from "../protocol/apdu/status-word.ts";
import { encodeSelectCommand, PSAM_AID, parseSelectPsamResponse } from "../protocol/messages/select-purse.ts";
import { purseIn } from "./preflight.ts";

/** Are the devices there that these cases need? What a device says of itself goes into the specimen's description. */
export async function devicesPreflight(devices: DeviceSystem, needs: PreflightNeeds): Promise<Preflight> {
  try {
    const specimen: Record<string, string> = {};
    if (needs.card) {
      const card = await devices.card();
      const { ATR, protocol } = card;
      const purse = await purseIn({ ATR, apdu: (command) => card.apdu(command), readPurse: () => devices.readPurse() });
      if (!purse.ok) return purse;
      Object.assign(specimen, purse.specimen, { protocol, ATR: toHex(ATR) });
    }
    if (needs.psam) {
      const psam = await psamIn(devices);
      if (!psam.ok) return psam;
      Object.assign(specimen, psam.specimen);
    }
    if (needs.reader && devices.facts.offers.slots === 0) Object.assign(specimen, await cardInSlot(devices));
    if (needs.terminals) await devices.readTotals();
    return { ok: true, specimen };
  } catch (thrown) {
    if (!(thrown instanceof PursebenchError)) throw thrown;
    const mend = thrown.mend ?? "run `pursebench doctor` and mend what it names";
    return { ok: false, owner: thrown.owner, reason: thrown.message, mend };
  }
}

/** SELECT of the reader exerciser, and its answer (`test-cards.md` 4). */
const SELECT_EXERCISER = fromHex("00A4040008F050422D4558453100");
const EXERCISER_ANSWER = "6F158408F050422D45584531A509DF1F06455845522D319000";

/** What a person has put into the reader under test, where the bench has no hand: `applet` when it is the exerciser. */
async function cardInSlot(devices: DeviceSystem): Promise<Readonly<Record<string, string>>> {
  await using card = await devices.slot(0).connect();
  const isExerciser = toHex(await card.apdu(SELECT_EXERCISER)) === EXERCISER_ANSWER;
  return { protocol: card.protocol, ATR: toHex(card.ATR), ...(isExerciser ? { applet: "EXER-1" } : {}) };
}

/** Is there a security card where the harness talks to one? */
async function psamIn(devices: DeviceSystem): Promise<Preflight> {
  const psam = await devices.psam();
  const chosen = parseSelectPsamResponse(await psam.apdu(encodeSelectCommand(PSAM_AID)));
  if (chosen.kind === "answer") {
    const { PPPSAM, IDPSAM } = chosen.value;
    return { ok: true, specimen: { PPPSAM, IDPSAM, psamATR: toHex(psam.ATR) } };
  }
  const said = chosen.kind === "refused" ? describeStatusWord(chosen.SW) : chosen.reason;
  return {
    ok: false,
    owner: "psam",
    reason: `the security card is no PSAM of profile PSAM-1: SELECT was answered ${said}`,
    mend: "put a security card of profile PSAM-1 into its reader",
  };
}
