/** Defects of the terminal's data store (`messages.md` 5, step 630). */
import { PursebenchError } from "../core/errors.ts";
import { type DataStoreRecord, encodeStoreRecord, parseStoreRecord } from "../protocol/messages/store-record.ts";
import type { TerminalMemory } from "../roles/terminal/state.ts";
import { type Behaviour, optionalText, textOf } from "./behaviour.ts";

type Field = keyof DataStoreRecord;

/**
 * `field` of each new record: `value` (text, numbers decimal), `as` (another field's value), or the value of the record
 * before when neither is given.
 */
const storesOther: Behaviour = (parameters) => {
  const field = textOf(parameters, "field");
  const value = optionalText(parameters, "value");
  const as = optionalText(parameters, "as");
  return storing((record, before) => {
    const other = as === undefined ? value : String(at(record, as));
    const text = other ?? String(at(before ?? record, field));
    const own = at(record, field);
    return { ...record, [field]: typeof own === "number" ? Number(text) : text };
  });
};

/** `when` (a code): a record with it is not written. */
const storesNothing: Behaviour = (parameters) => {
  const CC = textOf(parameters, "when");
  return storing((record) => (record.CC === CC ? undefined : record));
};

export const TERMINAL_STORE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "terminal-stores-other": storesOther,
  "terminal-stores-nothing": storesNothing,
};

/** Each record that is added passes `change`; undefined leaves it out. */
function storing(
  change: (record: DataStoreRecord, before: DataStoreRecord | undefined) => DataStoreRecord | undefined,
): ReturnType<Behaviour> {
  const stored = (memory: TerminalMemory, before: TerminalMemory): TerminalMemory => {
    const newest = memory.records.at(-1);
    if (newest === undefined || newest === before.records.at(-1)) return memory;
    const last = before.records.at(-1);
    const record = change(read(newest), last && read(last));
    const kept = memory.records.slice(0, -1);
    return { ...memory, records: record ? [...kept, encodeStoreRecord(record)] : kept };
  };
  return {
    terminal: (reference) => ({
      handle(before, input) {
        const { state, outputs } = reference.handle(before, input);
        const memory = stored(state.memory, before.memory);
        if (memory === state.memory) return { state, outputs };
        return {
          state: { ...state, memory },
          outputs: outputs.map((output) => (output.kind === "save" ? { ...output, memory } : output)),
        };
      },
    }),
  };
}

function at(record: DataStoreRecord, field: string): string | number {
  if (field in record) return record[field as Field];
  throw new PursebenchError("USAGE", `a data store record has no field "${field}"`);
}

function read(bytes: Uint8Array): DataStoreRecord {
  const parsed = parseStoreRecord(bytes);
  if (!parsed.ok) throw new PursebenchError("INTERNAL", `a kept record: ${parsed.reason}`);
  return parsed.record;
}
