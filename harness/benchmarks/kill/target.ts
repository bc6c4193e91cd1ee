/**
 * The run that is killed, a program of its own: `target.js DIR` begins it, `target.js --resume DIR` goes on. Cases of every suite that
 * is quick in process, by a card that counts what came to nothing, with golden devices around them and a second try of what did not pass.
 */
import { realHouse } from "../../cli/house.ts";
import { leave } from "../../core/leave.ts";
import { variationOf } from "../../defects/index.ts";
import { REFERENCE } from "../../defects/variation.ts";
import type { StationOptions } from "../../run/house.ts";
import { performRun } from "../../run/perform.ts";
import { prepareRun } from "../../run/prepare.ts";
import { seededDefects } from "../../station/fixtures.ts";
import { openStation } from "../../station/index.ts";

/** The seeded defect of the card. */
const DEFECT = "MUT-CARD-NTIEP-NEGATIVE";
/** Another SPEC than the card under test has, so that the golden card is told from it. */
const GOLDEN = "sim:specimen";
/** So many cases of each suite. */
const OF_EACH = 5;
const SUITES = ["card", "psam", "payment", "encryption", "cable", "load", "load-negative", "tearing"];

const words = process.argv.slice(2);
const house = realHouse();
const defect = seededDefects().find(({ id }) => id === DEFECT);
if (!defect) throw new Error(`there is no defect ${DEFECT}`);
const defective = variationOf(defect);

const request =
  words[0] === "--resume"
    ? { resume: words[1] }
    : {
        bench: "inproc",
        cases: [...(await quickCases()), ...defect.caughtBy],
        goldenCard: GOLDEN,
        retry: "1",
        out: words[0],
      };
const open = (options: StationOptions, record: Parameters<typeof openStation>[1]) => {
  const isGolden = options.bench.card.kind === "sim" && options.bench.card.card !== undefined;
  return openStation({ ...options, variation: isGolden ? REFERENCE : defective }, record);
};
const renderReports = async () => []; // they take longer than the cases, and can be made again at any time
const prepared = await prepareRun(request, { ...house, openStation: open, renderReports, laboratoryFile: undefined });
process.send?.("begins");
const { exitCode } = await performRun(prepared, { tell: (text) => process.stderr.write(`${text}\n`) });
process.exitCode = exitCode;
leave();

async function quickCases(): Promise<readonly string[]> {
  const all = await house.cases();
  return SUITES.flatMap((suite) =>
    all
      .filter((each) => each.suite === suite)
      .slice(0, OF_EACH)
      .map(({ id }) => id),
  );
}
