import type { Command } from "commander";
import { parseSpec } from "../../bench/spec.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CliContext } from "../context.ts";
import { serveUntilTold } from "../serve-until-told.ts";

export function addCard(root: Command, context: CliContext): void {
  const card = root.command("card").description("Cards: what the harness can play by itself.");
  card
    .command("serve")
    .description("Play the simulated card over vpcd to any reader that speaks it, until Ctrl-C.")
    .requiredOption("--connect <host:port>", "where the reader listens")
    .option("--kind <kind>", "which card of the harness", "specimen")
    .addHelpText("after", "\nExample:\n  pursebench card serve --connect 127.0.0.1:35963")
    .action(async (options: { readonly connect: string; readonly kind: string }) => {
      const spec = parseSpec(`sim:${options.kind}`, "card");
      const kind = (spec.kind === "sim" && spec.card) || "specimen";
      await serveUntilTold(context, context.house.serveCard({ ...addressOf(options.connect), kind }));
    });
}

function addressOf(text: string): { host: string; port: number } {
  const [, host, digits] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host !== undefined && port > 0 && port < 65_536) return { host: host.replace(/^\[(.*)\]$/, "$1"), port };
  throw new PursebenchError("USAGE", `"${text}" is not HOST:PORT`, { mend: "for example 127.0.0.1:35963" });
}
