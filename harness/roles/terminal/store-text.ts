import { z } from "zod";
import { fromHex, toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { parseStoreRecord, STORE_RECORD_BYTES } from "../../protocol/messages/store-record.ts";
import { ISSUED_CAPACITY, STORE_CAPACITY, SUSPENDED_CAPACITY } from "./memory.ts";
import type { TerminalMemory } from "./state.ts";

/** What a terminal keeps, as the text of a file: JSON, bytes in hex. */

const FORMAT = "pursebench-terminal-store/1";

const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9A-F]{${2 * bytes}}$`), `expected ${bytes} bytes in hex`);
const digits = (count: number) => z.string().regex(new RegExp(`^[0-9]{${count}}$`), `expected ${count} digits`);
const whole = (bytes: number) =>
  z
    .number()
    .int()
    .min(0)
    .max(256 ** bytes - 1);

const Facts = z.strictObject({
  IDTRX: hex(16),
  IDMER: z.string().regex(/^[A-Z0-9]{8}$/, "expected 8 letters or digits"),
  PPIEP: digits(6),
  IDIEP: digits(10),
  NTIEP: whole(2),
  MPDA: whole(4),
  CURRPDA: digits(4),
  CEXPPDA: whole(1),
  NTPSAM: whole(4),
  DTHR: digits(14),
  COMPARE: z.number().int().min(1).max(3).optional(),
});

const Doubt = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("debit"), IDTRX: hex(16), other: hex(16).optional() }),
  z.strictObject({ kind: z.literal("reversal"), IDTRX: hex(16), MODE: z.number().int().min(0).max(1) }),
  z.strictObject({ kind: z.literal("completion"), IDTRX: hex(16), CARDRSP: hex(16) }),
]);

const StoreRecord = z.string().refine((text) => parseStoreRecord(fromHex(text)).ok, "expected a data store record");

const Kept = z.strictObject({
  format: z.literal(FORMAT),
  count: whole(4),
  open: Facts.nullable(),
  suspended: z.array(Facts).max(SUSPENDED_CAPACITY),
  issued: z.array(Facts).max(ISSUED_CAPACITY),
  doubt: Doubt.nullable(),
  records: z.array(hex(STORE_RECORD_BYTES).pipe(StoreRecord)).max(STORE_CAPACITY),
});

export function encodeStoreText({ records, open, doubt, ...memory }: TerminalMemory): string {
  const kept: z.input<typeof Kept> = {
    format: FORMAT,
    ...memory,
    suspended: [...memory.suspended],
    issued: [...memory.issued],
    open: open ?? null,
    doubt: doubt ?? null,
    records: records.map(toHex),
  };
  return `${JSON.stringify(kept)}\n`;
}

/** Throws `STORAGE` naming file and field: a terminal that starts with less than it had would lose money. */
export function parseStoreText(text: string, fileName: string): TerminalMemory {
  const result = Kept.safeParse(jsonOf(text));
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "the file" : issue.path.map(String).join(".");
    throw new PursebenchError("STORAGE", `${fileName}: ${where}: ${issue?.message ?? "not as expected"}`, {
      owner: "terminal",
      mend: "put back the file as the terminal left it, or name another one for an empty data store",
    });
  }
  const { format: _format, open, doubt, records, ...memory } = result.data;
  return { ...memory, open: open ?? undefined, doubt: doubt ?? undefined, records: records.map(fromHex) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which the schema refuses
  }
}
