/** Precedence of what is wrong with the form of a command (`psam-edge.md` 3): class, instruction, parameters, length, order. */
import type { Case } from "../define/case.ts";
import { apdu } from "./support/apdu.ts";
import { COMMANDS, type Command } from "./support/commands.ts";
import { packageAtr } from "./support/draw.ts";
import type { Psam } from "./support/psam.ts";
import { psamCase } from "./support/psam-case.ts";
import { readTotals } from "./support/totals.ts";

const FAULTS = ["class", "instruction", "parameters", "length", "order"] as const;
type Fault = (typeof FAULTS)[number];
const SW: Readonly<Record<Fault, string>> = {
  class: "6E00",
  instruction: "6D00",
  parameters: "6A86",
  length: "6700",
  order: "6985",
};

/** Every set of two faults and more. */
const SETS: readonly (readonly Fault[])[] = Array.from({ length: 32 }, (_, bits) =>
  FAULTS.filter((_, index) => (bits & (1 << index)) !== 0),
).filter(({ length }) => length >= 2);

/** The command with these faults in it. */
function faulty({ header, lengths: [shortest, longest], answer }: Command, faults: readonly Fault[]): Uint8Array {
  const has = (fault: Fault) => faults.includes(fault);
  const cla = has("class") ? "92" : "90";
  const ins = has("instruction") ? "22" : header.slice(2, 4);
  const parameters = has("parameters") ? "7F7F" : header.slice(4);
  const wrongLength = shortest === 0 ? longest + 1 : shortest - 1;
  const data = new Uint8Array(has("length") ? wrongLength : shortest);
  return apdu(cla + ins + parameters, data, answer === undefined ? undefined : 256);
}

/** Over T=0 one byte says both lengths: a command without data cannot be given any, nor the other way round. */
function isSendable({ protocol }: Psam, { lengths: [shortest] }: Command, faults: readonly Fault[]): boolean {
  return protocol === "T=1" || !faults.includes("length") || shortest > 1;
}

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-PRE-01",
    purpose:
      "Of every two faults and more in the form of a command the first in order of precedence is told, for each command",
    requirements: ["PSAM-0043-c"],
    async run(t, psam) {
      const before = await readTotals(psam);
      for (const isSelected of [true, false]) {
        if (!isSelected) await psam.reset("cold");
        for (const command of COMMANDS.slice(1)) {
          for (const faults of SETS.filter((set) => set.includes("order") !== isSelected)) {
            if (!isSendable(psam, command, faults)) continue;
            const what = `${command.name} with wrong ${faults.join(", ")}`;
            await psam.says(what, faulty(command, faults), SW[faults[0] ?? "class"]);
          }
        }
      }
      await psam.select();
      t.expect.equal("what the security card says of itself", await readTotals(psam), before);
    },
  }),
  psamCase({
    id: "PSAM-PRE-02",
    purpose: "Of a package that is out of order nothing but its form is looked at",
    requirements: ["PSAM-0059-a"],
    async run(_, psam) {
      await psam.says("PACKAGE: ANSWER TO RESET", packageAtr(), "9000");
      const packages = COMMANDS.filter(({ isPackage, header }) => isPackage && header !== "90700100");
      for (const { name, header, lengths, answer } of packages) {
        for (const byte of [0x00, 0xff]) {
          const data = new Uint8Array(lengths[0]).fill(byte);
          await psam.says(`${name} out of order, of ${byte}`, apdu(header, data, answer), "6985");
        }
      }
      await psam.says("PACKAGE: INITIALIZE IEP, in order", apdu("90700100", new Uint8Array(27), 11), "9410");
    },
  }),
];
