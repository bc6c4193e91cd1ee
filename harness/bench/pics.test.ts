import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { z } from "zod";
import { PursebenchError } from "../core/errors.ts";
import { CardClaims, PsamClaims, ReaderClaims, TerminalClaims } from "./claims.ts";
import { packageRoot } from "./package-root.ts";
import { loadPics } from "./pics.ts";
import { loadPixit } from "./pixit.ts";
import { PixitFieldsSchema } from "./pixit-fields.ts";

const fixtures = join(packageRoot(), "fixtures");
const place = mkdtempSync(join(tmpdir(), "pursebench-"));

function file(name: string, text: string): string {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
}

/** A PICS of `role` whose one claim, at line 5, is `claims`. */
function pics(role: string, claims: string): string {
  const head = `format: pursebench-pics/1\nrole: ${role}\ndevice: { vendor: v, product: p, version: "1" }\nclaims:\n`;
  return file("pics.yaml", `${head}${claims.replace(/^/gm, "  ")}\n`);
}

function complaint(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof PursebenchError && thrown.code === "USAGE") return thrown.message;
    throw thrown;
  }
  return "none";
}

const ROLES = { card: CardClaims, psam: PsamClaims, reader: ReaderClaims, terminal: TerminalClaims };

test.each(Object.entries(ROLES))(
  "the proforma of a %s asks for each claim once, and the example has its items",
  (role, schema: z.ZodObject) => {
    const letter = { card: "C", psam: "P", reader: "R", terminal: "T" }[role];
    const rows = readFileSync(join(fixtures, "pics", "README.md"), "utf8").matchAll(
      new RegExp(`^\\| (${letter}\\.\\d+) \\| \`(\\w+)\``, "gm"),
    );
    const items = [...rows].map(([, item, field]) => ({ item, field }));
    expect(items).toEqual(Object.keys(schema.shape).map((field, index) => ({ item: `${letter}.${index + 1}`, field })));
    const example = readFileSync(join(fixtures, "pics", `reference-${role}.yaml`), "utf8");
    for (const [, field, item] of example.matchAll(/^ {2}(\w+): .*# ([A-Z]\.\d+)/gm)) {
      expect(items).toContainEqual({ item, field });
    }
    expect(loadPics(join(fixtures, "pics", `reference-${role}.yaml`)).role).toBe(role);
  },
);

test("the PIXIT's proforma asks for each item once, and each example can be loaded beside its PICS", () => {
  const rows = readFileSync(join(fixtures, "pixit", "README.md"), "utf8").matchAll(/^\| X\.(\d+) \| `(\w+)`/gm);
  const items = [...rows].map(([, number, field]) => [Number(number), field] as const);
  expect(items.map(([number]) => number)).toEqual(items.map((_, index) => index + 1));
  expect(items.map(([, field]) => field).sort()).toEqual(Object.keys(PixitFieldsSchema.shape.specimen.shape).sort());
  for (const name of readdirSync(join(fixtures, "pixit")).filter((each) => each.endsWith(".yaml"))) {
    const pixit = loadPixit(join(fixtures, "pixit", name), loadPics(join(fixtures, "pics", name)));
    expect(pixit.specimen.test).toBe(true);
  }
});

test.each<[string, string, number, RegExp]>([
  ["card", "ALGIEP: [04]\nAMIEP: [02]", 6, /C\.2: mode 02 \(public key\) goes with ALGIEP 10/],
  ["card", "ALGIEP: [10]\nAMIEP: [01, 02]", 6, /C\.2: mode 01 \(secret key\) goes with ALGIEP 04 or 05/],
  ["card", "AMIEP: [01]\nALGIEP: [04, 10]", 6, /C\.1: ALGIEP 10 goes with mode 02/],
  ["card", "AMIEP: [02]\nALGIEP: [04, 10]", 6, /C\.1: ALGIEP 04 and 05 go with mode 01/],
  ["card", "protocols: [T=0]\nIFSC: 32", 6, /IFSC is of T=1, which is not claimed/],
  ["card", "protocols: [T=0]\nBWI: 3", 6, /BWI is of T=1/],
  ["card", "ALGIEP: [10]\npersonalise: yes", 6, /C\.8: PERSONALISE issues secret key cards only/],
  ["card", "AMIEP: [02]\npersonalise: yes", 6, /C\.8/],
  ["card", "CURR: [0978, 0978]", 5, /expected each only once/],
  ["card", "logRecords: 9", 5, /expected a whole number from 10 to 254/],
  ["card", "storeRecords: 1000", 5, /unknown field "storeRecords" in claims/],
  [
    "psam",
    "PPIEP: [000001, 000002, 000003, 000004]\nCURR: [0978, 0392, 0414, 0999]",
    5,
    /P\.3: .* are 16, and READ TOTALS has 15/,
  ],
  ["psam", "ALGIEP: [10]\nkeyGenerations: 2", 6, /P\.5: .*P\.1 claims neither/],
  ["psam", "PPIEP: [000001, 000002]\nkeyGenerations: 1", 6, /P\.5: fewer key generations than the 2 providers/],
  ["psam", "confirmedRecords: 999", 5, /from 1000 to/],
  ["reader", "protocols: [T=0]\nIFSD: 254", 6, /IFSD is of T=1/],
  ["reader", "IFSD: 254\nexchange: character", 5, /R\.3: .*makes no blocks/],
  ["reader", "exchange: APDUs", 5, /found "APDUs", expected character or TPDU or short APDU or extended APDU/],
  ["terminal", "bauds: [19200]", 5, /T\.2: 9600 bit\/s is missing/],
  ["terminal", "kind: dumb\nstoreRecords: 1000", 6, /T\.3: the payment server keeps the data store/],
  ["terminal", "kind: dumb\nreversal: yes", 6, /T\.4: a dumb terminal/],
  ["terminal", "storeRecords: 999", 5, /T\.3: a smart terminal keeps at least 1,000/],
  [
    "terminal",
    "storeRecords: 0\nreversal: yes",
    5,
    /T\.3: T\.4 claims reversal, which is told in the data store alone/,
  ],
  ["terminal", "exchangeablePsam: no\npsamProtocols: [T=1]", 6, /T\.6: T\.5 says that the PSAM is built in/],
  ["merchant", "ALGIEP: [04]", 5, /unknown field "ALGIEP" in claims/],
])("a PICS of a %s with %j is refused at line %i", (role, claims, line, reason) => {
  const path = pics(role, claims);
  expect(complaint(() => loadPics(path))).toMatch(reason);
  expect(complaint(() => loadPics(path))).toContain(`${path}:${line}: `);
});

test.each<[string, string]>([
  ["card", "ALGIEP: [04, 10]\nAMIEP: [01, 02]\npersonalise: yes"],
  ["card", "AMIEP: [02]"],
  ["card", "protocols: [T=0, T=1]\nIFSC: 32"],
  ["psam", "PPIEP: [000001, 000002, 000003]\nCURR: [0978, 0392, 0414, 0999, 0840]\nkeyGenerations: 3"],
  ["terminal", "kind: dumb\nstoreRecords: 0\nreversal: no"],
  ["terminal", "exchangeablePsam: yes\npsamProtocols: [T=1]"],
])("a PICS of a %s with %j is in order", (role, claims) => {
  expect(complaint(() => loadPics(pics(role, claims)))).toBe("none");
});

test.each<[string, string, string, number, RegExp]>([
  ["reference-card.yaml", "role: card", "IDPSAM: 00A10001", 5, /a card has no IDPSAM/],
  ["reference-card.yaml", "role: psam", "IDPSAM: 00A10001", 2, /role: .*the PICS is of a card/],
  ["reference-reader.yaml", "role: reader", "slots: 6", 5, /slots: .*the PICS claims 5 \(R\.1\)/],
])("a PIXIT beside %s with %s and %s is refused at line %i", (of, role, item, line, reason) => {
  const path = file("pixit.yaml", `format: pursebench-pixit/1\n${role}\nspecimen:\n  test: true\n  ${item}\n`);
  const said = complaint(() => loadPixit(path, loadPics(join(fixtures, "pics", of))));
  expect(said).toMatch(reason);
  expect(said).toContain(`${path}:${line}: `);
});

test("a rate that the PICS of the terminal does not claim is refused", () => {
  const path = file("pixit.yaml", "format: pursebench-pixit/1\nspecimen:\n  test: true\n  baud: 115200\n");
  expect(complaint(() => loadPixit(path, loadPics(pics("terminal", "bauds: [9600]"))))).toContain(
    `${path}:4: specimen.baud: found "115200", the PICS does not claim this rate (T.2)`,
  );
});
