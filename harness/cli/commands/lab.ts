import type { Command } from "commander";
import { PursebenchError } from "../../core/errors.ts";
import { type CliContext, line, printJson } from "../context.ts";
import type { LabAnswer } from "../ports.ts";

interface LabOptions {
  readonly name?: string;
  readonly json?: boolean;
}

export function addLab(root: Command, context: CliContext): void {
  const { house } = context;
  const lab = root
    .command("lab")
    .description("The virtual lab: pcscd with the real serial driver, an emulated five-slot reader, a terminal line.")
    .addHelpText("after", HELP);
  const add = (command: Command) =>
    command.option("--name <name>", "for a second lab of the same user").option("--json", "as JSON");
  add(lab.command("up").description("Start it in the background."))
    .addHelpText("after", exampleOf("pursebench lab up"))
    .action(async (options: LabOptions) => show(await house.lab.up(options.name), options, context));
  add(lab.command("down").description("End it and clean up."))
    .addHelpText("after", exampleOf("pursebench lab down"))
    .action(async (options: LabOptions) => show(await house.lab.down(options.name), options, context));
  add(lab.command("status").description("What runs, and what is in the slots."))
    .addHelpText("after", exampleOf("pursebench lab status --json"))
    .action(async (options: LabOptions) => show(await house.lab.status(options.name), options, context));
  add(lab.command("insert").description("Put a card into a slot."))
    .argument("<slot>", "its number, from 0")
    .argument("<card>", "sim, sim:KIND, vpcd:PORT, mute")
    .addHelpText("after", exampleOf("pursebench lab insert 0 sim", "pursebench lab insert 1 vpcd:35963"))
    .action(async (slot: string, card: string, options: LabOptions) =>
      show(await house.lab.insert(options.name, slotNumber(slot), cardOf(card)), options, context),
    );
  add(lab.command("remove").description("Take the card out of a slot."))
    .argument("<slot>", "its number, from 0")
    .addHelpText("after", exampleOf("pursebench lab remove 0"))
    .action(async (slot: string, options: LabOptions) =>
      show(await house.lab.remove(options.name, slotNumber(slot)), options, context),
    );
}

function slotNumber(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) < 256) return Number(text);
  throw new PursebenchError("USAGE", `slot "${text}" is no number`, { mend: "slots are counted from 0" });
}

/** `KIND` or `KIND:PORT`, e.g. `sim`, `vpcd:35963`, `mute`. */
function cardOf(text: string): Record<string, string | number> {
  const [, kind, rest] = /^([a-z0-9-]+)(?::(.+))?$/.exec(text) ?? [];
  if (kind === undefined) {
    throw new PursebenchError("USAGE", `"${text}" is no kind of card`, { mend: "for example: sim, vpcd:35963, mute" });
  }
  if (rest === undefined) return { kind };
  return /^\d+$/.test(rest) ? { kind, port: Number(rest) } : { kind, card: rest };
}

function exampleOf(...commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((each) => `  ${each}`).join("\n")}`;
}

function show({ data, lines }: LabAnswer, options: LabOptions, { io }: CliContext): void {
  if (options.json) printJson(io, data);
  else for (const each of lines) line(io, each);
}

const HELP = `
Examples:
  pursebench lab up
  pursebench lab insert 0 sim
  pursebench lab insert 1 vpcd:35963
  pursebench lab down`;
