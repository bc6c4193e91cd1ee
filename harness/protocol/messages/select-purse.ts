import { fromHex, toHex } from "../../core/bytes.ts";
import { findTlv } from "../tlv/find-tlv.ts";
import { parseTlv, type TlvNode } from "../tlv/read-tlv.ts";
import { encodeTemplate, encodeTlv } from "../tlv/write-tlv.ts";
import { type CommandResult, commandResult } from "./command-result.ts";
import { decodeElement, elementFlaw, encodeElement } from "./element-value.ts";
import { type ElementName, elementSpec } from "./elements.ts";
import { type CommandHeader, command } from "./header.ts";
import type { Parsed } from "./structure-value.ts";

/** SELECT by name (card-edge.md 5.1; ISO/IEC 7816-4, 11.2.2). The same for purse and PSAM, with other elements inside. */
export const SELECT: CommandHeader = { cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x00 };

/** Application identifiers of the profile, 8 bytes each. */
export const PURSE_AID = "F050422D49455031";
export const PSAM_AID = "F050422D50534D31";

/** What a selected purse says of itself. */
export interface PurseIdentity {
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly SNIEP: string;
  /** "IEP-1" */
  readonly profile: string;
}

/** What a selected PSAM says of itself. */
export interface PsamIdentity {
  readonly PPPSAM: string;
  readonly IDPSAM: string;
  /** "PSAM-1" */
  readonly profile: string;
}

const PURSE_ELEMENTS = ["PPIEP", "IDIEP", "SNIEP", "profile"] as const satisfies readonly ElementName[];
const PSAM_ELEMENTS = ["PPPSAM", "IDPSAM", "profile"] as const satisfies readonly ElementName[];

const FCI = 0x6f;
const DF_NAME = 0x84;
const PROPRIETARY = 0xa5;

/** SELECT of the purse, or of the application that `AID` (hex) names. */
export function encodeSelectCommand(AID: string = PURSE_AID): Uint8Array {
  return command(SELECT, fromHex(AID), 256);
}

/** File control information of a purse. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodePurseIdentity(identity: PurseIdentity): Uint8Array {
  return template(
    PURSE_AID,
    PURSE_ELEMENTS.map((name) => element(name, identity[name])),
  );
}

/** File control information of a PSAM. Throws `PROTOCOL` when an element cannot hold its value. */
export function encodePsamIdentity(identity: PsamIdentity): Uint8Array {
  return template(
    PSAM_AID,
    PSAM_ELEMENTS.map((name) => element(name, identity[name])),
  );
}

/** Reads the response of a purse to SELECT. Never throws. */
export function parseSelectPurseResponse(response: Uint8Array): CommandResult<PurseIdentity> {
  return commandResult(response, (data) => {
    const found = readTemplate(data, PURSE_AID, PURSE_ELEMENTS);
    if (!found.ok) return found;
    const { PPIEP = "", IDIEP = "", SNIEP = "", profile = "" } = found.value;
    return { ok: true, value: { PPIEP, IDIEP, SNIEP, profile } };
  });
}

/** Reads the response of a PSAM to SELECT. Never throws. */
export function parseSelectPsamResponse(response: Uint8Array): CommandResult<PsamIdentity> {
  return commandResult(response, (data) => {
    const found = readTemplate(data, PSAM_AID, PSAM_ELEMENTS);
    if (!found.ok) return found;
    const { PPPSAM = "", IDPSAM = "", profile = "" } = found.value;
    return { ok: true, value: { PPPSAM, IDPSAM, profile } };
  });
}

function element(name: ElementName, value: string): Uint8Array {
  return encodeTlv(elementSpec(name).tag ?? 0, encodeElement(name, value));
}

function template(AID: string, elements: readonly Uint8Array[]): Uint8Array {
  return encodeTemplate(FCI, encodeTlv(DF_NAME, fromHex(AID)), encodeTemplate(PROPRIETARY, ...elements));
}

function readTemplate<N extends ElementName>(
  data: Uint8Array,
  AID: string,
  names: readonly N[],
): Parsed<Partial<Record<N, string>>> {
  const parsed = parseTlv(data, { maxBytes: 256 });
  if (!parsed.ok) return parsed;
  const inside = findTlv(parsed.nodes, FCI)?.children ?? [];
  const name = findTlv(inside, DF_NAME);
  if (!name || toHex(name.value) !== AID) return { ok: false, reason: `no file control information of ${AID}` };
  return readElements(findTlv(inside, PROPRIETARY)?.children ?? [], names);
}

function readElements<N extends ElementName>(
  nodes: readonly TlvNode[],
  names: readonly N[],
): Parsed<Partial<Record<N, string>>> {
  const values: Partial<Record<N, string>> = {};
  for (const name of names) {
    const node = findTlv(nodes, elementSpec(name).tag ?? 0);
    if (!node) return { ok: false, reason: `${name} is missing` };
    const reason = elementFlaw(name, node.value);
    if (reason !== undefined) return { ok: false, reason };
    values[name] = String(decodeElement<ElementName>(name, node.value));
  }
  return { ok: true, value: values };
}
