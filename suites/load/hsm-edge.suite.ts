/** The HSM edge by itself (`hsm-edge.md`): framing, commands, errors and their order, and that no key ever leaves. */
import { flipBit, fromHex, toHex } from "../../harness/core/bytes.ts";
import { keyCheckValue } from "../../harness/crypto/key-cryptogram.ts";
import { type Case, type CaseContext, defineCase } from "../define/case.ts";
import { inconclusive } from "../define/failures.ts";
import {
  askHsm,
  cardRequest,
  completionFields,
  expectHsm,
  type Fields,
  freshFields,
  requestFields,
  textOf,
  withField,
  withOther,
} from "./support/hsm.ts";
import { keysIn, type Secrets } from "./support/secrets.ts";
import { cryptogram, expectedResult, expectedS2, expectedS3, keysFor } from "./support/signatures.ts";

const bothFigures = (end: string, twin: string) => [`LOAD-BANK-${end}`, `LOAD-PRE-${twin}`];

const NEEDS = { keys: true, links: ["HSM"] } as const;
const END = "\u0019";

export const cases: readonly Case[] = [
  defineCase({
    id: "LOAD-HSM-01",
    suite: "load",
    purpose: "DM makes the S2 that is due for cards of each load algorithm, and answers with it and nothing else",
    requirements: [
      ...bothFigures("898-b", "1098-b"),
      ...bothFigures("899-a", "1099-a"),
      ...bothFigures("879-d", "1079-d"),
    ],
    owner: "server",
    needs: NEEDS,
    async run(t) {
      const about = { requirement: "LOAD-BANK-898-b" };
      for (const [ALGIEP, VKIEP] of [
        [4, 1],
        [4, 2],
        [5, 1],
        [16, 1],
      ] as const) {
        for (const MLDA of [1, 2500, 0xffff_ffff]) {
          const request = cardRequest(t, { card: { ALGIEP, VKIEP }, init: { MLDA } });
          const S2 = expectedS2(t, request, request.card.S1);
          const what = `DM for ALGIEP ${ALGIEP}, version ${VKIEP}, ${MLDA} minor units`;
          await expectHsm(t, what, "DM", requestFields(t, request), `DN00${S2}`, about);
        }
      }
    },
  }),

  defineCase({
    id: "LOAD-HSM-02",
    suite: "load",
    purpose: "What is wrong with a command is found in the order of the specification, and only its error code is said",
    requirements: ["HSM-0054-b", ...bothFigures("898-a", "1098-a")],
    owner: "server",
    needs: NEEDS,
    async run(t) {
      const about = { requirement: "LOAD-BANK-898-a" };
      const request = cardRequest(t);
      const good = requestFields(t, request);
      const KML = cryptogram(t, request.card);
      const oddKey = toHex(flipBit(fromHex(KML), 3));
      const wrong: readonly (readonly [string, Fields | string, string])[] = [
        ["nothing", "", "15"],
        ["one character too few", textOf(good).slice(0, -1), "15"],
        ["one character too many", `${textOf(good)}0`, "15"],
        ["a letter that is no hex digit", withField(good, "R", "CAFEBABG"), "15"],
        ["lower case", withField(good, "R", "cafebabe"), "15"],
        ["a card number that is no BCD", withField(good, "IDIEP", "00000088A1"), "15"],
        ["an amount of zero", withField(good, "MLDA", "00000000"), "15"],
        ["an amount of zero and no algorithm", withField(withField(good, "MLDA", "00000000"), "ALGL", "07"), "15"],
        ["no algorithm", withField(good, "ALGL", "07"), "03"],
        ["the algorithm of public keys", withField(good, "ALGL", "10"), "03"],
        ["no algorithm and a broken key", withField(withField(good, "ALGL", "07"), "KML", oddKey), "03"],
        ["a broken key", withField(good, "KML", oddKey), "10"],
        [
          "a broken key and a month that is none",
          withField(withField(good, "KML", oddKey), "DTHR", "20261302101500"),
          "10",
        ],
        ["a key for another version", withField(good, "VKIEP", "02"), "21"],
        [
          "a foreign card at a time that is none",
          withField(withField(good, "VKIEP", "02"), "DTHR", "20260802241500"),
          "21",
        ],
        ["a month that is none", withField(good, "DTHR", "20261302101500"), "15"],
        ["a last day that is none", withField(good, "DEXPIEP", "991331"), "15"],
        ["an expired card whose S1 does not fit", withField(good, "DEXPIEP", "200101"), "16"],
        ["another amount than was signed", withOther(good, "MLDA"), "01"],
      ];
      for (const [what, fields, error] of wrong)
        await expectHsm(t, `DM with ${what}`, "DM", fields, `DN${error}`, about);
      const done = completionFields("0000", 12_500, "0000000000000000");
      await expectHsm(t, "DO with a wrong S3", "DO", `${textOf(good)}${textOf(done)}`, "DP01", about);
      await expectHsm(t, "DO without its fields", "DO", good, "DP15", about);
      const expired = cardRequest(t, { card: { DEXPIEP: "200101" } });
      const answer = { CC: "0000", BALIEP: 12_500 };
      const S3 = expectedS3(t, expired, answer);
      const late = `${textOf(requestFields(t, expired))}${textOf(completionFields("0000", 12_500, S3))}`;
      const HRES = expectedResult(t, expired, "s3-right", "0000");
      await expectHsm(t, "DO about an expired card", "DO", late, `DP00${HRES}010000`, about);
    },
  }),

  defineCase({
    id: "LOAD-HSM-03",
    suite: "load",
    purpose:
      "The module on this bench, whichever it is, judges negative results: both S1 are needed, over the lowered and over the signed number",
    requirements: ["HSM-0164-a", "HSM-0054-a"],
    owner: "server",
    needs: NEEDS,
    async run(t) {
      const about = { requirement: "HSM-0164-a" };
      for (const ALGIEP of [4, 5, 16]) {
        const request = cardRequest(t, { card: { ALGIEP } });
        const { NTIEP, BALIEP } = request.card;
        const HRES = expectedResult(t, request, "no-load", "0000");
        const zero = { MLDA: 0, IDTRX: "B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF" };
        for (const [what, number] of [
          ["equal", NTIEP],
          ["higher", NTIEP + 3],
        ] as const) {
          const fresh = cardRequest(t, { card: { ALGIEP, NTIEP: number, R: "0BADCAFE" }, init: zero });
          const fields: Fields = [...requestFields(t, request), ...freshFields(fresh, NTIEP)];
          await expectHsm(t, `DU with ${what} counters`, "DU", fields, `DV00${HRES}02`, about);
          for (const name of [
            "NTIEP new",
            "BALIEP new",
            "R new",
            "IDTRX new",
            "S1 new",
            "S1",
            "NTIEP lowered",
            "MLDA",
          ]) {
            await expectHsm(t, `DU with another ${name}`, "DU", withOther(fields, name), "DV01", about);
          }
          await expectHsm(t, "DU of a new amount above zero", "DU", withOther(fields, "MLDA new"), "DV15", about);
        }
        const other = cardRequest(t, { card: { ALGIEP, NTIEP, R: "0BADCAFE", BALIEP: BALIEP + 2500 }, init: zero });
        const loaded = [...requestFields(t, request), ...freshFields(other, NTIEP)];
        await expectHsm(t, "DU of a balance that has risen", "DU", loaded, "DV01", about);
      }
    },
  }),

  defineCase({
    id: "LOAD-HSM-04",
    suite: "load",
    purpose:
      "The HSM repeats header and trailer, answers what it does not know with ZZ15, and closes on what is no frame; the next load server is served",
    requirements: [...bothFigures("897-b", "1097-b"), "HSM-0054-a"],
    owner: "server",
    needs: NEEDS,
    async run(t) {
      const about = { requirement: "LOAD-BANK-897-b" };
      const ND = `ND00${checkValue(t)}`;
      const framed: readonly (readonly [string, string, RegExp])[] = [
        ["another header", "WXYZNC", /^WXYZND00/],
        ["a header of spaces", "    NC", /^ {4}ND00/],
        ["a trailer", `0002NC${END}abc`, /^0002ND00.{15}\|abc$/],
        ["an empty trailer", `0002NC${END}`, /^0002ND00.{15}\|$/],
        ["the longest trailer", `0002NC${END}${"t".repeat(32)}`, /^0002ND00.{15}\|t{32}$/],
        ["a trailer that is too long", `0002NC${END}${"t".repeat(33)}`, /^0002ND15$/],
        ["a field that NC has not", "0002NC0", /^0002ND15$/],
        ["an unknown command", "0003QQ", /^0003ZZ15$/],
        ["an unknown command with trailer", `0003QQ${END}x`, /^0003ZZ15\|x$/],
        ["an answer code", "0003DN", /^0003ZZ15$/],
        ["a command in lower case", "0003dm", /^0003ZZ15$/],
        ["1,024 bytes", `0004QQ${"0".repeat(1018)}`, /^0004ZZ15$/],
      ];
      for (const [what, frame, pattern] of framed) {
        const answer = (await askHsm(t, frame))?.replace(END, "|");
        t.expect.matches(`answer to ${what}`, answer, pattern, about);
      }
      t.expect.matches("NC", await askHsm(t, "0001NC"), new RegExp(`^0001${ND}.{9}$`), about);
      const none: readonly (readonly [string, string | Uint8Array])[] = [
        ["5 bytes", "0001N"],
        ["1,025 bytes", `0004QQ${"0".repeat(1019)}`],
        ["a byte above ASCII", Uint8Array.of(0x30, 0x30, 0x30, 0x31, 0x4e, 0x43, 0x80)],
        ["a line feed", "0001NC\n"],
        ["a zero byte in the header", "\u0000001NC"],
        ["two delimiters", `0001NC${END}a${END}b`],
        ["no command before the delimiter", `0001${END}NC`],
      ];
      for (const [what, frame] of none) {
        t.expect.equal(`answer to a frame of ${what}`, await askHsm(t, frame), null, about);
        t.expect.matches("the next load server's NC", await askHsm(t, "0005NC"), /^0005ND00/, about);
      }
    },
  }),

  defineCase({
    id: "LOAD-HSM-05",
    suite: "load",
    purpose:
      "No command of two letters, with or without fields, makes the HSM say anything of its keys, and there is none but the four of the specification",
    requirements: ["HSM-0054-b", "HSM-0054-a"],
    owner: "server",
    needs: NEEDS,
    timeoutMs: 300_000,
    async run(t) {
      const about = { requirement: "HSM-0054-b" };
      const request = cardRequest(t);
      const { MKL, KDL, KS1, KS2, KS3 } = keysFor(t, request);
      const LMK = t.keys.localMasterKey() ?? inconclusive("no local master key is at hand", "bench");
      const KLS = t.keys.loadServerKey(t.facts.loadServer.IDACQ) ?? inconclusive("no KLS is at hand", "bench");
      const secrets: Secrets = new Map(Object.entries({ MKL, KDL, KS1, KS2, KS3, LMK, KLS }));
      const KML = cryptogram(t, request.card);
      const since = t.system.events().at(-1)?.n ?? 0;
      const answers: string[] = [];
      const letters = t.facts.offers.exhaustive ? [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"] : [..."ABDKNV"];
      for (const first of letters) {
        for (const second of letters) {
          const command = first + second;
          if (["DM", "DO", "DU", "NC"].includes(command)) continue;
          const answer = await askHsm(t, `0001${command}${KML}`);
          t.expect.equal(`answer to ${command}`, answer, "0001ZZ15", about);
        }
      }
      const good = textOf(requestFields(t, request));
      const wrong = textOf(completionFields("0000", 12_500, "0000000000000000"));
      for (const frame of ["NC", `DM${good}`, `DO${good}${wrong}`, `DU${good}`, `DM${KML}`]) {
        answers.push((await askHsm(t, `0001${frame}`)) ?? "");
      }
      t.expect.equal(
        "answers that hold a key",
        answers.filter((text) => keysIn(text, secrets).length > 0),
        [],
        about,
      );
      const own = t.system.events(since).filter((event) => JSON.stringify(event).includes('"hsm"'));
      t.expect.equal("keys in what the HSM says and logs", keysIn(JSON.stringify(own), secrets), [], about);
    },
  }),

  defineCase({
    id: "LOAD-HSM-06",
    suite: "load",
    purpose:
      "Commands of many load servers at once are each answered with their own header and about their own card, also after a restart of the HSM",
    requirements: ["HSM-0054-a", ...bothFigures("896", "1096")],
    owner: "server",
    needs: { ...NEEDS, restart: ["hsm"] },
    async run(t) {
      const about = { requirement: "HSM-0054-a" };
      const all = async () =>
        await Promise.all(
          Array.from({ length: 12 }, async (_, index) => {
            const card = { IDIEP: `00000088${10 + index}`, ALGIEP: index % 2 === 0 ? 4 : 5 };
            const request = cardRequest(t, { card, init: { MLDA: 100 + index } });
            const header = `T${String(index).padStart(3, "0")}`;
            const answer = await askHsm(t, `${header}DM${textOf(requestFields(t, request))}`);
            return { answer, due: `${header}DN00${expectedS2(t, request, request.card.S1)}` };
          }),
        );
      const check = (given: Awaited<ReturnType<typeof all>>, when: string) =>
        t.expect.equal(
          `answers ${when}`,
          given.map(({ answer }) => answer),
          given.map(({ due }) => due),
          about,
        );
      check(await all(), "to 12 load servers at once");
      await t.system.restart("hsm");
      check(await all(), "after a restart");
    },
  }),
];

function checkValue(t: CaseContext): string {
  const LMK = t.keys.localMasterKey() ?? inconclusive("no local master key is at hand", "bench");
  return toHex(keyCheckValue(4, LMK));
}
