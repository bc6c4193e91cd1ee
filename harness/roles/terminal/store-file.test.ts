import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeStoreRecord } from "../../protocol/messages/store-record.ts";
import { EMPTY_MEMORY, type TerminalMemory, type TransactionFacts } from "./state.ts";
import { fileStore } from "./store-file.ts";
import { encodeStoreText, parseStoreText } from "./store-text.ts";

const FACTS: TransactionFacts = {
  IDTRX: "AB".repeat(16),
  IDMER: "MERCHT01",
  PPIEP: "000123",
  IDIEP: "0000004711",
  NTIEP: 7,
  MPDA: 1250,
  CURRPDA: "0978",
  CEXPPDA: 2,
  NTPSAM: 3,
  DTHR: "20260730123456",
};

const MEMORY: TerminalMemory = {
  records: [1, 2].map((COUNT) => encodeStoreRecord({ ...FACTS, COUNT, CC: "0000" })),
  count: 2,
  open: FACTS,
  suspended: [{ ...FACTS, IDTRX: "01".repeat(16) }],
  issued: [{ ...FACTS, IDTRX: "02".repeat(16), COMPARE: 2 }],
  doubt: { kind: "completion", IDTRX: "02".repeat(16), CARDRSP: "CD".repeat(16) },
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pursebench-store-"));
  path = join(folder, "terminal.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a terminal's data store in a file", () => {
  it("is empty where there is no file yet", () => {
    expect(fileStore(path).load()).toEqual(EMPTY_MEMORY);
    expect(existsSync(path)).toBe(false);
  });

  it("gives back what was saved last, to another process as well", () => {
    const store = fileStore(path);
    store.save(EMPTY_MEMORY);
    store.save(MEMORY);
    expect(store.load()).toEqual(MEMORY);
    expect(fileStore(path).load()).toEqual(MEMORY);
  });

  it("is the old one while the new one is not whole", () => {
    fileStore(path).save(MEMORY);
    writeFileSync(`${path}.new`, readFileSync(path).subarray(0, 100));
    expect(fileStore(path).load()).toEqual(MEMORY);
    fileStore(path).save(EMPTY_MEMORY);
    expect(fileStore(path).load()).toEqual(EMPTY_MEMORY);
  });

  it("holds a full data store", () => {
    const records = Array.from({ length: 2_000 }, (_, index) =>
      encodeStoreRecord({ ...FACTS, COUNT: index, CC: "9302" }),
    );
    const suspended = Array.from({ length: 96 }, () => FACTS);
    const memory = { ...MEMORY, records, suspended, issued: suspended.slice(32), count: 2_000 };
    fileStore(path).save(memory);
    expect(encodeStoreText(fileStore(path).load())).toBe(encodeStoreText(memory));
  });

  it("says where it cannot be written or read", () => {
    const missing = fileStore(join(folder, "none", "terminal.json"));
    const failure = expect.objectContaining({ code: "STORAGE", owner: "terminal", mend: expect.any(String) });
    expect(() => missing.save(MEMORY)).toThrow(failure);
    expect(() => fileStore(folder).load()).toThrow(failure);
  });

  it.each([
    ["no JSON", "{"],
    ["another format", JSON.stringify({ format: "x" })],
    ["a record that is none", encodeStoreText(MEMORY).replace(/0000"\]/, '0001"]')],
    ["an unknown field", encodeStoreText(MEMORY).replace("{", '{"more":1,')],
    ["no MPDA", encodeStoreText(MEMORY).replace('"MPDA":1250,', "")],
    ["more than there can be", `${encodeStoreText(MEMORY)}${" ".repeat(2_000_000)}`],
  ])("refuses a file with %s instead of starting with less", (_, text) => {
    writeFileSync(path, text);
    expect(() => fileStore(path).load()).toThrow(expect.objectContaining({ code: "STORAGE", owner: "terminal" }));
  });

  it("reads whatever text without another kind of failure", () => {
    const good = encodeStoreText(MEMORY);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.string({ maxLength: 4 }), (at, other) => {
        try {
          parseStoreText(good.slice(0, at) + other + good.slice(at + other.length), "file");
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "STORAGE" });
        }
      }),
      { seed: 630 },
    );
  });
});
