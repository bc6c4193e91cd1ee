/** `npm run bench`: figures of one run, as ratios, since no two machines are alike. */
import { Command } from "commander";
import { leave } from "../core/leave.ts";
import { FULL, measureAll, QUICK } from "./benchmarks.ts";
import { figuresText } from "./figures-text.ts";

const options = new Command("bench")
  .description("Measures what the harness costs: APDUs, purchases, the serial line.")
  .option("--quick", "a short form with less certain figures", false)
  .option("--json", "print the figures as JSON", false)
  .parse()
  .opts<{ quick: boolean; json: boolean }>();

const figures = await measureAll(options.quick ? QUICK : FULL, `bench-${process.pid}`);
process.stdout.write(options.json ? `${JSON.stringify(figures, null, 2)}\n` : figuresText(figures));
leave();
