/** Who the devices of a bench are that are not the harness's own. */

import type { Bench } from "../bench/schema.ts";
import { psamOf } from "../bench/serving.ts";
import { isOwnPsamCard, isPlayed } from "../bench/spec.ts";
import { toHex } from "../core/bytes.ts";
import type { CardSession, DeviceSystem } from "../flows/devices.ts";
import type { SpecimenIdentity } from "../flows/station.ts";
import {
  encodeSelectCommand,
  PSAM_AID,
  parseSelectPsamResponse,
  parseSelectPurseResponse,
} from "../protocol/messages/select-purse.ts";

/** Reads them; undefined where there is none. One command each, after a reset. */
export function identifierOf(
  bench: Bench,
): ((devices: DeviceSystem) => Promise<readonly SpecimenIdentity[]>) | undefined {
  const hasCard = !isPlayed(bench.card);
  const psams = bench.terminals.map((each, index) => psamOf(each, index, bench.psam));
  const [psam] = psams.filter((each) => each !== undefined && each.kind !== "sim");
  const hasPsam = psam !== undefined && !isOwnPsamCard(psam);
  const terminals = bench.terminals.filter(({ terminal }) => terminal.kind !== "sim").map(({ id }) => id);
  if (!hasCard && !hasPsam && terminals.length === 0) return undefined;
  return async (devices) => {
    const found: SpecimenIdentity[] = [];
    if (hasCard) found.push(await cardIn(await devices.card()));
    if (hasPsam) found.push(await psamIn(await devices.psam()));
    for (const IDTERM of terminals) found.push(await terminalAt(devices, IDTERM));
    return found;
  };
}

async function cardIn(card: CardSession): Promise<SpecimenIdentity> {
  const { ATR, protocol } = card;
  const response = await card.apdu(encodeSelectCommand());
  const chosen = parseSelectPurseResponse(response);
  const values = chosen.kind === "answer" ? numbersOf(chosen.value) : { SELECT: toHex(response) };
  return { what: "card", owner: "card", values: { ...values, ATR: toHex(ATR), protocol } };
}

function numbersOf({
  PPIEP,
  IDIEP,
  SNIEP,
}: {
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly SNIEP: string;
}) {
  return { PPIEP, IDIEP, SNIEP };
}

async function psamIn(psam: CardSession): Promise<SpecimenIdentity> {
  const response = await psam.apdu(encodeSelectCommand(PSAM_AID));
  const chosen = parseSelectPsamResponse(response);
  const { PPPSAM = "", IDPSAM = "" } = chosen.kind === "answer" ? chosen.value : {};
  const values = chosen.kind === "answer" ? { PPPSAM, IDPSAM } : { SELECT: toHex(response) };
  return { what: "PSAM", owner: "psam", values: { ...values, ATR: toHex(psam.ATR) } };
}

async function terminalAt(devices: DeviceSystem, IDTERM: string): Promise<SpecimenIdentity> {
  const { PPPSAM, IDPSAM } = await devices.readTotals(IDTERM);
  return { what: `terminal ${IDTERM}`, owner: "terminal", values: { IDTERM, PPPSAM, IDPSAM } };
}
