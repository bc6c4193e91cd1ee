/** PACKAGE: INITIALIZE IEP (`psam-edge.md` 4.2): which cards are accepted. */
import { flipBit, fromHex, uintToBytes } from "../../harness/core/bytes.ts";
import type { Case } from "../define/case.ts";
import { byteText, put } from "./support/apdu.ts";
import { EVERY_BYTE } from "./support/commands.ts";
import { dueForCard, judgeCards } from "./support/judge.ts";
import { BLOCKED_CARD, CURRENCIES, NO_PROVIDER, PROGRAMS } from "./support/personalisation.ts";
import { psamCase } from "./support/psam-case.ts";
import { AT, purse } from "./support/purse.ts";

type Row = readonly [what: string, INITRSP: Uint8Array];

const byteOf = (value: number) => Uint8Array.of(value);

/** One fault of each row of the table. */
const FAULTS: readonly {
  readonly SW: string;
  readonly what: string;
  readonly put: readonly [at: number, hex: string][];
}[] = [
  { SW: "9410", what: "no keys for the provider", put: [[AT.PPIEP, NO_PROVIDER]] },
  { SW: "9411", what: "an algorithm that is not served", put: [[AT.ALGIEP, "06"]] },
  { SW: "9411", what: "another mode", put: [[AT.AMIEP, "02"]] },
  { SW: "9403", what: "a key version that is not held", put: [[AT.VKIEP, "FE"]] },
  { SW: "9412", what: "a blocked card", put: [[AT.IDIEP, BLOCKED_CARD.IDIEP]] },
  { SW: "9414", what: "another currency", put: [[AT.CURRIEP, "0998"]] },
  { SW: "9414", what: "another exponent", put: [[AT.CEXPIEP, "01"]] },
];

export const cases: readonly Case[] = [
  psamCase({
    id: "PSAM-INI-01",
    purpose:
      "Cards of every program and currency are accepted, and the answer names security card and next number exactly",
    requirements: ["PSAM-0044-n", "PSAM-0044-o"],
    async run(_, psam) {
      const rows = PROGRAMS.flatMap((program) =>
        CURRENCIES.map((currency): Row => {
          const what = `${Object.values(program).join("/")} in ${currency.CURRIEP}`;
          return [what, purse({ ...program, ...currency })];
        }),
      );
      await judgeCards(psam, rows);
    },
  }),
  psamCase({
    id: "PSAM-INI-02",
    purpose: "Every algorithm is accepted only where it is served, and only in its own authentication mode",
    requirements: ["PSAM-0044-f"],
    async run(_, psam) {
      const rows = ["000123", "000456"].flatMap((PPIEP) =>
        EVERY_BYTE.filter((ALGIEP) => PPIEP === "000123" || ALGIEP < 24).flatMap((ALGIEP) =>
          [1, 2].map((AMIEP): Row => [`${PPIEP}, ALGIEP ${ALGIEP}, AMIEP ${AMIEP}`, purse({ PPIEP, ALGIEP, AMIEP })]),
        ),
      );
      const modes = PROGRAMS.flatMap((program) =>
        EVERY_BYTE.filter((AMIEP) => AMIEP < 8 || AMIEP % 16 === 1 || AMIEP > 253).map((AMIEP): Row => {
          return [`ALGIEP ${program.ALGIEP}, AMIEP ${AMIEP}`, purse({ ...program, AMIEP })];
        }),
      );
      await judgeCards(psam, [...rows, ...modes]);
    },
  }),
  psamCase({
    id: "PSAM-INI-03",
    purpose: "Of every provider and algorithm exactly the key versions that are held are accepted",
    requirements: ["PSAM-0044-k"],
    async run(_, psam) {
      const names = new Map(PROGRAMS.map((program) => [`${program.PPIEP}/${program.ALGIEP}`, program]));
      const rows = [...names].flatMap(([name, program]) =>
        EVERY_BYTE.filter((VKIEP) => program.ALGIEP === 4 || VKIEP < 24 || VKIEP % 16 < 3).map(
          (VKIEP): Row => [`${name}, VKIEP ${VKIEP}`, purse({ ...program, VKIEP })],
        ),
      );
      await judgeCards(psam, rows);
    },
  }),
  psamCase({
    id: "PSAM-INI-04",
    purpose:
      "A provider of which the security card has no key is refused, however near its number comes to one that it has",
    requirements: ["PSAM-0044-a"],
    async run(_, psam) {
      const rows = PROGRAMS.flatMap((program) => {
        const whole = purse({ ...program });
        return Array.from({ length: 24 }, (_, bit): Row => {
          return [`bit ${bit} of provider ${program.PPIEP}`, flipBit(whole, bit)];
        });
      });
      await judgeCards(psam, rows);
    },
  }),
  psamCase({
    id: "PSAM-INI-05",
    purpose: "A currency is served with its own exponent alone",
    requirements: ["PSAM-0044-o"],
    async run(_, psam) {
      const rows = CURRENCIES.flatMap((currency) => {
        const whole = purse({ ...currency });
        const currencies = Array.from({ length: 16 }, (_, bit): Row => {
          return [`bit ${bit} of currency ${currency.CURRIEP}`, flipBit(whole, AT.CURRIEP * 8 + bit)];
        });
        const exponents = EVERY_BYTE.map((CEXPIEP): Row => {
          return [`${currency.CURRIEP}, exponent ${CEXPIEP}`, put(whole, AT.CEXPIEP, byteOf(CEXPIEP))];
        });
        return [...currencies, ...exponents];
      });
      await judgeCards(psam, rows);
    },
  }),
  psamCase({
    id: "PSAM-INI-06",
    purpose:
      "A card on the list of blocked cards is refused under every algorithm; its neighbours and its namesake are not",
    requirements: ["PSAM-0044-l"],
    async run(_, psam) {
      const blocked = purse({ ...BLOCKED_CARD });
      const rows: Row[] = PROGRAMS.map((program) => {
        const what = `number ${BLOCKED_CARD.IDIEP} of ${Object.values(program).join("/")}`;
        return [what, purse({ ...program, IDIEP: BLOCKED_CARD.IDIEP })];
      });
      for (let bit = 0; bit < 40; bit++) rows.push([`bit ${bit} of its number`, flipBit(blocked, AT.IDIEP * 8 + bit)]);
      await judgeCards(psam, rows, { requirement: "PSAM-0044-l" });
    },
  }),
  psamCase({
    id: "PSAM-INI-07",
    purpose: "Balance, number, challenge and expiry date are not judged before the debit, whatever they are",
    requirements: ["PSAM-0044-a"],
    async run(_, psam) {
      const whole = purse();
      const places = [
        ["DEXPIEP", AT.DEXPIEP, 3],
        ["BALIEP", AT.BALIEP, 4],
        ["NTIEP", AT.NTIEP, 2],
        ["R", AT.R, 4],
      ] as const;
      const rows = places.flatMap(([name, at, length]) => {
        const values = [...EVERY_BYTE.filter((byte) => byte % 51 === 0), 1].map((byte) =>
          new Uint8Array(length).fill(byte),
        );
        const all = [...values, uintToBytes(1, length)];
        return all.map((value): Row => [`${name} ${[...value].map(byteText).join("")}`, put(whole, at, value)]);
      });
      await judgeCards(psam, rows);
    },
  }),
  psamCase({
    id: "PSAM-INI-08",
    purpose: "Of two and three faults of a card the one that stands first in the table is told",
    requirements: ["PSAM-0044-a"],
    async run(t, psam) {
      const rows: Row[] = [];
      for (const [first, one] of FAULTS.entries()) {
        for (const [second, other] of FAULTS.slice(first).entries()) {
          for (const third of [other, ...FAULTS.slice(first + second + 1)]) {
            const faults = [...new Set([one, other, third])];
            const changed = faults
              .flatMap((fault) => fault.put)
              .reduce((bytes, [at, hex]) => put(bytes, at, fromHex(hex)), purse());
            t.expect.equal("the earliest fault", dueForCard(changed), one.SW, { owner: "bench" });
            rows.push([faults.map(({ what }) => what).join(" and "), changed]);
          }
        }
      }
      await judgeCards(psam, rows);
    },
  }),
];
