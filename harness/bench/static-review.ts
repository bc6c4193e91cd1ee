/** The static conformance review: what a PICS claims, item by item, held against what it may claim (ISO/IEC 9646-5, clause 5). */
import { CardClaims, PsamClaims, ReaderClaims, TerminalClaims } from "./claims.ts";
import { type PicsFlaw, picsFlaws } from "./pics-flaws.ts";
import { PROFORMA, type ProformaItem, type ProformaRole } from "./proforma.ts";

export interface ReviewedItem extends Omit<ProformaItem, "needs"> {
  /** As claimed, in words; empty where nothing is. */
  readonly claimed: string;
  readonly ok: boolean;
  /** What was found, in a sentence. */
  readonly finding: string;
}

/** `claims` are those of a PICS as evidence keeps it; they may be anything. Undefined for a role that has no items. */
export function reviewPics(role: unknown, claims: unknown): readonly ReviewedItem[] | undefined {
  if (!isReviewed(role)) return undefined;
  const given = typeof claims === "object" && claims !== null ? (claims as Readonly<Record<string, unknown>>) : {};
  const flaws = flawsOf(role, given);
  return PROFORMA[role].map(({ needs, ...item }) => {
    const value = given[item.field];
    const flaw = flaws.find(({ path }) => path[1] === item.field);
    const claimed = value === undefined ? "" : inWords(value);
    if (flaw) return { ...item, claimed, ok: false, finding: flaw.message };
    return { ...item, claimed, ok: true, finding: findingOf(item.status, value, needs?.(given) ?? true) };
  });
}

function isReviewed(role: unknown): role is ProformaRole {
  return typeof role === "string" && Object.hasOwn(PROFORMA, role);
}

function findingOf(status: string, value: unknown, isCalledFor: boolean): string {
  if (value !== undefined) return "answered, and agrees with the other items";
  if (!isCalledFor) return "not called for by the other items";
  return status === "m"
    ? "not answered: taken as not limited, and all that depends on it is run"
    : "not answered: not limited";
}

const SCHEMAS = { card: CardClaims, psam: PsamClaims, reader: ReaderClaims, terminal: TerminalClaims } as const;

function flawsOf(role: ProformaRole, given: unknown): readonly PicsFlaw[] {
  const read = SCHEMAS[role].safeParse(asWritten(given));
  if (!read.success) return read.error.issues.map(({ path, message }) => ({ path: ["claims", ...path], message }));
  return picsFlaws({ role, claims: read.data } as Parameters<typeof picsFlaws>[0]);
}

/** The schemas are those of files, where every number and every yes is text. */
function asWritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asWritten);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, asWritten(each)]));
  }
  return String(value);
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
