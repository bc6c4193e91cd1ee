/** Lc and Le of every command (`psam-edge.md` 3 and 4, `card-edge.md` 1). */
import { concat, fromHex, toHex } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { apdu } from "./support/apdu.ts";
import { COMMANDS, type Command } from "./support/commands.ts";
import {
  complete,
  confirmation,
  draw,
  LE,
  packageAtr,
  packageData,
  packageInitialise,
  present,
} from "./support/draw.ts";
import { PSAM_AID, type Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { cardrsp, purse } from "./support/purse.ts";
import { readTotals } from "./support/totals.ts";

const requirements = ["PSAM-0043-c"];

/** Lc that are tried: everything up to a few bytes beyond the shortest, around the longest, and the longest there is. */
function lengthsFor({ lengths: [shortest, longest] }: Command): readonly number[] {
  const tried = new Set<number>();
  for (let length = 0; length <= Math.min(shortest + 2, 255); length++) tried.add(length);
  for (let length = longest - 2; length <= longest + 3; length++) tried.add(length);
  for (const length of [0x7f, 0x80, 0xfe, 0xff]) tried.add(length);
  return [...tried].filter((length) => length >= 0 && length <= 255);
}

const isRight = ({ lengths: [shortest, longest] }: Command, length: number) => length >= shortest && length <= longest;

/** What is wrong with zeros of a right length, with nothing at hand. */
const NOTHING: Readonly<Record<string, string>> = {
  SELECT: "6A82",
  "PACKAGE: ANSWER TO RESET": "6A80",
  COMPLETE: "9415",
  COLLECT: "6A80",
  "END OF COLLECTION": "9415",
  "UPDATE PSAM": "6A80",
  "CANCEL, withdraw": "9415",
  "CANCEL, suspend": "9415",
};

/** The state in which a package is in order. */
const BEFORE: Readonly<Record<string, (psam: Psam) => Promise<void>>> = {
  "PACKAGE: ANSWER TO RESET": async () => undefined,
  "PACKAGE: INITIALIZE IEP": async (psam) => await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000"),
  "PACKAGE: DEBIT": async (psam) => await present(psam),
  "PACKAGE: DEBIT, issued at once": async (psam) => await present(psam),
};

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-LC-01",
    purpose: "Data of every wrong length are refused for their length, of every right one for what they are",
    requirements,
    async run(t, psam) {
      const before = await readTotals(psam);
      for (const command of COMMANDS.filter(({ lengths }) => lengths[1] > 0)) {
        for (const length of lengthsFor(command)) {
          const SW = isRight(command, length) ? (NOTHING[command.name] ?? "6985") : "6700";
          const le = command.answer === undefined ? undefined : 256;
          const what = `${command.name} with ${length} bytes`;
          await psam.says(what, apdu(command.header, new Uint8Array(length).fill(0), le), SW);
        }
      }
      t.expect.equal("what the security card says of itself afterwards", await readTotals(psam), before);
    },
  }),
  psamCase({
    id: "PSAM-LC-02",
    purpose: "A package in order with a wrong length ends the draw; out of order it changes nothing",
    requirements: ["PSAM-0059-a"],
    async run(_, psam) {
      for (const { name, header, lengths, answer } of COMMANDS) {
        const reach = BEFORE[name];
        if (!reach) continue;
        for (const length of [0, lengths[0] - 1, lengths[1] + 1, 255]) {
          await reach(psam);
          const wrong = apdu(header, new Uint8Array(length), answer === undefined ? undefined : 256);
          await psam.says(`${name} with ${length} bytes, in order`, wrong, "6700");
          if (name !== "PACKAGE: ANSWER TO RESET") {
            const right = apdu(header, new Uint8Array(lengths[0]), answer);
            await psam.says(`${name} after that`, right, "6985");
          }
          await psam.says("PACKAGE: ANSWER TO RESET, in order again", packageAtr(), "9000");
          const late = apdu("90720000", new Uint8Array(33), LE.debit);
          await psam.says("PACKAGE: DEBIT out of order and too short", late, "6700");
          await psam.answers("PACKAGE: INITIALIZE IEP, still in order", packageInitialise(purse()));
          await psam.select();
        }
      }
    },
  }),
  psamCase({
    id: "PSAM-LC-03",
    purpose: "Data that are longer or shorter than their length field says are refused for their length",
    requirements,
    async run(t, psam) {
      if (psam.protocol === "T=0") {
        t.note("over T=0 the length field is P3, and nothing else can be said");
        await psam.select();
        return;
      }
      for (const { name, header, lengths } of COMMANDS.filter(({ lengths: [shortest] }) => shortest > 0)) {
        const [length] = lengths;
        const bytes = (count: number) => concat(fromHex(header), Uint8Array.of(length), new Uint8Array(count));
        for (const [what, command] of [
          ["one byte is missing", bytes(length - 1)],
          ["all are missing but one", bytes(1)],
          ["two more than Le", bytes(length + 2)],
          ["five more than Le", bytes(length + 5)],
        ] as const) {
          await psam.says(`${name}: ${what}`, command, "6700");
        }
      }
      await psam.select();
    },
  }),
  psamCase({
    id: "PSAM-LE-01",
    purpose:
      "An answer comes when as many bytes are wanted as it has, more, or 00, and not when one less is wanted or none",
    requirements,
    consumes: { NTPSAM: 12 },
    async run(t, psam) {
      const totals = 16 * (1 + (await readTotals(psam)).totals.length);
      for (const { name, header, data, length } of [
        { name: "SELECT", header: "00A40400", data: PSAM_AID, length: 36 },
        { name: "READ TOTALS", header: "908C0000", data: "", length: totals },
      ]) {
        for (const le of lesFor(psam, length, data !== "")) {
          await expectLength(psam, `${name} with Le ${le ?? "absent"}`, apdu(header, data, le), length, le);
        }
      }
      for (const le of lesFor(psam, LE.initialise, true)) {
        await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
        const command = apdu("90700100", purse(), le);
        await expectLength(psam, `PACKAGE: INITIALIZE IEP with Le ${le ?? "absent"}`, command, LE.initialise, le);
        await psam.select();
      }
      for (const [p1, length] of [
        ["00", LE.debit],
        ["01", LE.issue],
      ] as const) {
        for (const le of lesFor(psam, length, true)) {
          await present(psam);
          const IDTRX = psam.nextIdtrx();
          psam.issued.add(IDTRX);
          const command = apdu(`9072${p1}00`, packageData({ IDTRX }), le);
          const before = (await readTotals(psam)).NTPSAM;
          await expectLength(psam, `PACKAGE: DEBIT ${p1} with Le ${le ?? "absent"}`, command, length, le);
          const steps = (await readTotals(psam)).NTPSAM - before;
          t.expect.equal("steps of NTPSAM", steps, isEnough(le, length) ? 1 : 0);
          await psam.select();
        }
      }
      const debit = await draw(psam);
      const CARDRSP = cardrsp(psam, debit);
      const data = concat(fromHex(debit.IDTRX), CARDRSP);
      for (const le of lesFor(psam, LE.complete, true).filter((each) => !isEnough(each, LE.complete))) {
        await psam.says(`COMPLETE with Le ${le ?? "absent"}`, apdu("90740000", data, le), "6700");
      }
      await psam.says("COMPLETE with Le 00", apdu("90740000", data, 256), confirmation(debit));
    },
  }),
  psamCase({
    id: "PSAM-LE-02",
    purpose: "Of a public key card: certificate and session key come with Le F4, E0 or 00, and not with one less",
    requirements: ["PSAM-0044-f"],
    consumes: { NTPSAM: 1 },
    async run(_, psam) {
      const debit = await draw(psam, { INITRSP: purse({ ALGIEP: 0x10 }) });
      for (const [name, header, length] of [
        ["READ CERTIFICATE", "90780000", LE.certificate],
        ["READ SESSION KEY", "90780100", LE.sessionKey],
      ] as const) {
        for (const le of lesFor(psam, length, false)) {
          await expectLength(psam, `${name} with Le ${le ?? "absent"}`, apdu(header, "", le), length, le);
        }
      }
      await psam.says(
        "COMPLETE with Le 26",
        apdu("90740000", concat(fromHex(debit.IDTRX), new Uint8Array(16)), 38),
        "6700",
      );
      await psam.says("COMPLETE", complete(debit.IDTRX, cardrsp(psam, debit)), confirmation(debit));
    },
  }),
];

/** Le that are tried. Over T=0 a command with data has none on the line, and an absent one cannot be told from 00. */
function lesFor(psam: Psam, length: number, hasData: boolean): readonly (number | undefined)[] {
  if (psam.protocol === "T=0") return hasData ? [256] : [1, length - 1, length, 256];
  const more = length < 255 ? [length + 1] : [];
  return [undefined, 1, length - 1, length, ...more, 256];
}

function isEnough(le: number | undefined, length: number): boolean {
  return le !== undefined && le >= length;
}

async function expectLength(
  psam: Psam,
  what: string,
  command: Uint8Array,
  length: number,
  le: number | undefined,
): Promise<void> {
  if (!isEnough(le, length)) return await psam.says(what, command, "6700");
  const data = await psam.answers(what, command);
  psam.t.expect.equal(`bytes of the answer to ${what}`, data.length, length, { at: undefined });
  psam.t.expect.that(toHex(data) !== "", `${what} has an answer`);
}
