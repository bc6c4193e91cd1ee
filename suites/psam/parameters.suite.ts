/** Class, instruction and parameters out of range, for every command (`psam-edge.md` 3). */
import type { Case } from "../define/case.ts";
import { apdu, byteText } from "./support/apdu.ts";
import { COMMANDS, EVERY_BYTE, INSTRUCTIONS, isCarried, otherThan, parametersOf } from "./support/commands.ts";
import { psamCase } from "./support/psam-case.ts";
import { readTotals } from "./support/totals.ts";

const requirements = ["PSAM-0043-c"];

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-CLA-01",
    purpose: "Every class but that of the command is refused, whatever the instruction",
    requirements,
    async run(t, psam) {
      const before = await readTotals(psam);
      for (const ins of [...INSTRUCTIONS, "A4"]) {
        const own = ins === "A4" ? 0x00 : 0x90;
        const classes = ["70", "8C", "A4"].includes(ins) ? EVERY_BYTE : otherThan(own, false);
        for (const cla of classes) {
          if (cla === own || (cla === 0xff && psam.protocol === "T=0")) continue; // FF begins a PPS
          await psam.says(`CLA ${byteText(cla)} with INS ${ins}`, apdu(`${byteText(cla)}${ins}0000`), "6E00");
        }
      }
      t.expect.equal("what the security card says of itself afterwards", await readTotals(psam), before);
    },
  }),
  psamCase({
    id: "PSAM-INS-01",
    purpose: "Every instruction that is none of the profile is refused, under each class with its own status word",
    requirements,
    async run(t, psam) {
      const before = await readTotals(psam);
      for (const value of EVERY_BYTE) {
        const ins = byteText(value);
        if (!isCarried(psam.protocol, value) || INSTRUCTIONS.includes(ins) || ins === "A4") continue;
        for (const [cla, parameters] of [
          ["90", "0000"],
          ["90", "0100"],
          ["00", "0000"],
          ["00", "0400"],
        ] as const) {
          await psam.says(`${cla} ${ins} ${parameters}`, apdu(cla + ins + parameters), "6D00");
        }
      }
      await psam.says("SELECT under CLA 90", apdu("90A40400"), "6E00");
      t.expect.equal("what the security card says of itself afterwards", await readTotals(psam), before);
    },
  }),
  ...(["P1", "P2"] as const).map((which) =>
    psamCase({
      id: `PSAM-${which}-01`,
      purpose: `Every ${which} that makes no command is refused before the length is looked at`,
      requirements,
      async run(t, psam) {
        const before = await readTotals(psam);
        for (const ins of new Set(COMMANDS.map(({ header }) => header.slice(2, 4)))) {
          const own = parametersOf(ins);
          const cla = ins === "A4" ? "00" : "90";
          const [first = ""] = own;
          const values = EVERY_BYTE.map(byteText);
          const every = values.map((value) => (which === "P1" ? value + first.slice(2) : first.slice(0, 2) + value));
          const few = own.flatMap((each) => ["01", "80", "FF"].map((P2) => each.slice(0, 2) + P2));
          for (const wrong of new Set(which === "P1" ? every : [...every, ...few])) {
            if (own.includes(wrong)) continue;
            await psam.says(`${cla} ${ins} ${wrong}`, apdu(cla + ins + wrong), "6A86");
          }
        }
        t.expect.equal("what the security card says of itself afterwards", await readTotals(psam), before);
      },
    }),
  ),
];
