/** `npm run bench`: figures of one run, as ratios, since no two machines are alike. 1 when round trips are not those of the seed. */
import { Command } from "commander";
import { leave } from "../core/leave.ts";
import { FULL, measureAll, QUICK } from "./benchmarks.ts";
import { figuresText } from "./figures-text.ts";
import { seedFlaws } from "./seed-trips.ts";
import { variantsText } from "./variants-text.ts";

const options = new Command("bench")
  .description("Measures what the harness costs (APDUs, purchases, the serial line) and sets FIG 4 to 7 side by side.")
  .option("--quick", "a short form with less certain figures", false)
  .option("--json", "print the figures as JSON", false)
  .parse()
  .opts<{ quick: boolean; json: boolean }>();

const figures = await measureAll(options.quick ? QUICK : FULL, `bench-${process.pid}`);
const flaws = seedFlaws(figures.variants.figures);
const json = () => `${JSON.stringify({ ...figures, flaws }, null, 2)}\n`;
process.stdout.write(options.json ? json() : figuresText(figures) + variantsText(figures.variants));
process.exitCode = flaws.length === 0 ? 0 : 1;
leave();
