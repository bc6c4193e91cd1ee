/** Where PICS and PIXIT say something else than the device at hand: no case could be judged by them. */
import type { Pics } from "../../harness/bench/pics.ts";
import type { Pixit } from "../../harness/bench/pixit.ts";
import { fromHex } from "../../harness/core/bytes.ts";
import type { Owner } from "../../harness/core/errors.ts";
import type { SystemFacts } from "../../harness/flows/system.ts";
import { parseAtr } from "../../harness/protocol/atr/parse-atr.ts";
import type { Scope } from "./case.ts";

type Specimen = NonNullable<Scope["specimen"]>;

export interface Statements {
  readonly pics?: Pics | undefined;
  readonly pixit?: Pixit | undefined;
}

/** Why the run can have no verdict. */
export interface Contradiction {
  readonly owner: Owner;
  readonly reason: string;
  readonly mend: string;
}

/** What the look at the bench read of the device, held against what was said about it; what could not be read is not compared. */
export function contradictionWith(
  { pics, pixit }: Statements,
  specimen: Specimen,
  facts: Pick<SystemFacts, "terminals">,
): Contradiction | undefined {
  const another = pixit ? anotherSpecimen(pixit, specimen, facts) : undefined;
  if (another !== undefined) {
    const mend = "attach the specimen that the PIXIT describes, or correct the PIXIT";
    return { owner: "bench", reason: `not the specimen of the PIXIT: ${another}`, mend };
  }
  const unclaimed = pics ? unclaimedBy(pics, specimen, facts) : undefined;
  if (unclaimed === undefined || pics === undefined) return undefined;
  const mend = "correct the PICS, or attach the device that it is about";
  return { owner: ownerOf(pics), reason: `the device contradicts its PICS: ${unclaimed}`, mend };
}

function ownerOf({ role }: Pics): Owner {
  return role === "card" || role === "psam" || role === "reader" || role === "terminal" ? role : "server";
}

const IDENTIFYING = ["PPIEP", "IDIEP", "SNIEP", "PPPSAM", "IDPSAM"] as const;

function anotherSpecimen(
  { specimen: wanted }: Pixit,
  specimen: Specimen,
  { terminals }: Pick<SystemFacts, "terminals">,
): string | undefined {
  for (const name of IDENTIFYING) {
    const due = wanted[name];
    const found = specimen[name];
    if (due !== undefined && found !== undefined && due !== found) return `${name} is ${found}, not ${due}`;
  }
  const { IDTERM } = wanted;
  if (IDTERM === undefined || terminals.some((each) => each.IDTERM === IDTERM)) return undefined;
  return `the bench has no terminal ${IDTERM}`;
}

function unclaimedBy(
  pics: Pics,
  specimen: Specimen,
  { terminals }: Pick<SystemFacts, "terminals">,
): string | undefined {
  switch (pics.role) {
    case "card":
      return cardContradiction(pics.claims, specimen);
    case "psam":
      return protocolsUnclaimed(pics.claims.protocols, specimen.psamATR, "P.2");
    case "terminal": {
      const { kind } = pics.claims;
      if (kind === undefined || terminals.some((each) => each.kind === kind)) return undefined;
      return `it claims to be ${kind} (T.1), and the bench has no ${kind} terminal`;
    }
    default:
      return undefined;
  }
}

function cardContradiction(
  { ALGIEP, AMIEP, protocols, CURR, IFSC, BWI }: Extract<Pics, { role: "card" }>["claims"],
  specimen: Specimen,
): string | undefined {
  const algorithm = specimen.ALGIEP === undefined ? undefined : algorithmOf(Number(specimen.ALGIEP));
  if (algorithm !== undefined && ALGIEP && !ALGIEP.some((each) => each === algorithm)) {
    return `ALGIEP is ${algorithm}, and C.1 claims ${ALGIEP.join(", ")}`;
  }
  const mode = algorithm === "10" ? "02" : "01";
  if (algorithm !== undefined && AMIEP && !AMIEP.includes(mode)) {
    return `ALGIEP is ${algorithm}, which goes with AMIEP ${mode}, and C.2 claims ${AMIEP.join(", ")}`;
  }
  if (specimen.CURRIEP !== undefined && CURR && !CURR.includes(specimen.CURRIEP)) {
    return `CURRIEP is ${specimen.CURRIEP}, and C.6 claims ${CURR.join(", ")}`;
  }
  const spoken = protocolsUnclaimed(protocols, specimen.ATR, "C.3");
  return spoken ?? blocksUnclaimed({ IFSC, BWI }, specimen.ATR);
}

function algorithmOf(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}

/** A card may speak fewer protocols than its product; not others. */
function protocolsUnclaimed(
  claimed: readonly string[] | undefined,
  ATR: string | undefined,
  item: string,
): string | undefined {
  const spoken = atrOf(ATR)?.protocols.map((protocol) => `T=${protocol}`) ?? [];
  const other = claimed && spoken.find((protocol) => !claimed.includes(protocol));
  return other && `its answer to reset offers ${other}, and ${item} claims ${claimed.join(", ")}`;
}

function blocksUnclaimed(
  { IFSC, BWI }: { readonly IFSC: number | undefined; readonly BWI: number | undefined },
  ATR: string | undefined,
): string | undefined {
  const t1 = atrOf(ATR)?.t1;
  if (!t1) return undefined;
  if (IFSC !== undefined && t1.ifsc !== IFSC)
    return `IFSC in its answer to reset is ${t1.ifsc}, and C.4 claims ${IFSC}`;
  return BWI !== undefined && t1.bwi !== BWI
    ? `BWI in its answer to reset is ${t1.bwi}, and C.5 claims ${BWI}`
    : undefined;
}

function atrOf(ATR: string | undefined) {
  const parsed = ATR === undefined ? undefined : parseAtr(fromHex(ATR));
  return parsed?.ok ? parsed.atr : undefined;
}
