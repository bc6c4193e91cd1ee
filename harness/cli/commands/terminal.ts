import type { Command } from "commander";
import { parseSpec } from "../../bench/spec.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CliContext } from "../context.ts";
import { serveUntilTold } from "../serve-until-told.ts";

interface TerminalOptions {
  readonly port: string;
  readonly psam: string;
  readonly id: string;
  readonly store?: string;
}

export function addTerminal(root: Command, context: CliContext): void {
  root
    .command("terminal")
    .description("Play a payment terminal on a serial line, until Ctrl-C.")
    .requiredOption("--port <path>", "the serial port, PATH[@BAUD]")
    .option("--psam <spec>", "its security card: sim, pcsc:READER NAME", "sim")
    .option("--id <idterm>", "IDTERM, 8 hex digits", "00000001")
    .option("--store <file>", "keeps its data store there, also over a crash")
    .addHelpText("after", "\nExample:\n  pursebench terminal --port /dev/ttyUSB1 --psam sim --id 00000002")
    .action(async ({ port, psam, id, store }: TerminalOptions) => {
      parseSpec(`serial:${port}`, "terminal");
      parseSpec(psam, "psam");
      if (!/^[0-9A-F]{8}$/.test(id))
        throw new PursebenchError("USAGE", `IDTERM "${id}" is not 8 hex digits in upper case`);
      await serveUntilTold(context, context.house.serveTerminal({ port, psam, IDTERM: id, store }));
    });
}
