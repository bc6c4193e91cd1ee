/** What the interface bytes of an answer to reset say (ISO/IEC 7816-3, 8.3, 10.2 and 11.4), defaults filled in. */
import type { InterfaceGroup, ProtocolNumber } from "./atr.ts";
import { baudRateAdjustment, clockRateConversion, maxClockKhz } from "./tables.ts";

/** TA2: the card starts in this protocol and offers no choice. */
export interface SpecificMode {
  readonly protocol: ProtocolNumber;
  /** Bit 8 of TA2 is 0: a warm reset may bring the card into negotiable mode. */
  readonly canChange: boolean;
  /** Bit 5 of TA2: F and D are implicit, TA1 does not count. */
  readonly implicitRate: boolean;
}

/** Parameters of T=1 (11.4). Sizes in bytes. */
export interface T1Parameters {
  /** Largest INF that the card accepts. */
  readonly ifsc: number;
  readonly bwi: number;
  readonly cwi: number;
  readonly edc: "LRC" | "CRC";
}

export interface AtrMeaning {
  /** Values of TA1; undefined when reserved. Defaults: 372, 1, 5000 kHz. */
  readonly fi: number | undefined;
  readonly di: number | undefined;
  readonly maxClockKhz: number | undefined;
  /** TC1: extra guard time in etu, 0 to 254, or "shortest" for FF (12 etu under T=0, 11 under T=1). */
  readonly n: number | "shortest";
  readonly specificMode: SpecificMode | undefined;
  /** Protocols in the order of their first TDi, T=15 left out; T=0 alone when there is no TD1. */
  readonly protocols: readonly ProtocolNumber[];
  /** The one the card speaks without PPS: that of TA2, or else the first offered. */
  readonly firstProtocol: ProtocolNumber;
  /** TC2: waiting integer of T=0, default 10. */
  readonly wi: number;
  /** Defaults stand where the card says nothing; undefined when T=1 is not offered. */
  readonly t1: T1Parameters | undefined;
  /** First TA and TB behind T=15: clock stop and classes (TA), use of C6 (TB), as sent. */
  readonly global: { readonly clockStopAndClass?: number; readonly standardOrProprietaryUse?: number };
  /** Reserved values and disorder in words; empty for a clean answer. */
  readonly anomalies: readonly string[];
}

const DEFAULT_TA1 = 0x11;
const DEFAULT_WI = 10;

export function meaningOf(groups: readonly InterfaceGroup[]): AtrMeaning {
  const [first = {}, second = {}] = groups;
  const ta1 = first.ta ?? DEFAULT_TA1;
  const protocols = offeredProtocols(groups);
  const specificMode = second.ta === undefined ? undefined : specificModeOf(second.ta);
  return {
    fi: clockRateConversion(ta1),
    di: baudRateAdjustment(ta1),
    maxClockKhz: maxClockKhz(ta1),
    n: first.tc === 0xff ? "shortest" : (first.tc ?? 0),
    specificMode,
    protocols,
    firstProtocol: specificMode?.protocol ?? protocols[0] ?? 0,
    wi: second.tc ?? DEFAULT_WI,
    t1: protocols.includes(1) ? t1Parameters(groups) : undefined,
    global: globalBytes(groups),
    anomalies: anomaliesIn(groups, ta1),
  };
}

function offeredProtocols(groups: readonly InterfaceGroup[]): readonly ProtocolNumber[] {
  const offered = new Set<ProtocolNumber>();
  for (const { protocol } of groups) if (protocol !== undefined && protocol !== 15) offered.add(protocol);
  return offered.size === 0 ? [0] : [...offered];
}

function specificModeOf(ta2: number): SpecificMode {
  return { protocol: ta2 & 0x0f, canChange: (ta2 & 0x80) === 0, implicitRate: (ta2 & 0x10) !== 0 };
}

/** The first TAi, TBi and TCi with i > 2 behind a TD(i-1) that names `protocol` (8.2.3). */
function specificBytes(groups: readonly InterfaceGroup[], protocol: ProtocolNumber): InterfaceGroup {
  const own = groups.filter((_, index) => index >= 2 && groups[index - 1]?.protocol === protocol);
  const found = { ta: firstOf(own, "ta"), tb: firstOf(own, "tb"), tc: firstOf(own, "tc") };
  return {
    ...(found.ta === undefined ? {} : { ta: found.ta }),
    ...(found.tb === undefined ? {} : { tb: found.tb }),
    ...(found.tc === undefined ? {} : { tc: found.tc }),
  };
}

function firstOf(groups: readonly InterfaceGroup[], name: "ta" | "tb" | "tc"): number | undefined {
  return groups.find((group) => group[name] !== undefined)?.[name];
}

function t1Parameters(groups: readonly InterfaceGroup[]): T1Parameters {
  const { ta: ifsc = 32, tb = 0x4d, tc = 0 } = specificBytes(groups, 1); // defaults: IFSC 32, BWI 4, CWI 13, LRC
  return { ifsc, bwi: tb >> 4, cwi: tb & 0x0f, edc: (tc & 1) === 1 ? "CRC" : "LRC" };
}

function globalBytes(groups: readonly InterfaceGroup[]): AtrMeaning["global"] {
  const { ta, tb } = specificBytes(groups, 15);
  return {
    ...(ta === undefined ? {} : { clockStopAndClass: ta }),
    ...(tb === undefined ? {} : { standardOrProprietaryUse: tb }),
  };
}

function anomaliesIn(groups: readonly InterfaceGroup[], ta1: number): readonly string[] {
  const named = groups.flatMap(({ protocol }) => (protocol === undefined ? [] : [protocol]));
  const { ta: ifsc, tb, tc } = specificBytes(groups, 1);
  const checks: readonly (readonly [boolean, string])[] = [
    [clockRateConversion(ta1) === undefined, "TA1 has a reserved Fi"],
    [baudRateAdjustment(ta1) === undefined, "TA1 has a reserved Di"],
    [groups[1]?.tc === 0, "TC2 has the reserved WI 0"],
    [ifsc === 0 || ifsc === 0xff, "the IFSC of T=1 is the reserved 00 or FF"],
    [tb !== undefined && tb >> 4 > 9, "the BWI of T=1 is reserved (above 9)"],
    [tc !== undefined && tc > 1, "the first TC of T=1 has reserved bits"],
    [named.some((protocol, index) => protocol < (named[index - 1] ?? 0)), "protocols are not named in ascending order"],
  ];
  return checks.flatMap(([isAnomaly, text]) => (isAnomaly ? [text] : []));
}
