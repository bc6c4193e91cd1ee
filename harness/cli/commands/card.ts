import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Argument, type Command } from "commander";
import { type CardProfile, loadCardProfile } from "../../bench/card-profile.ts";
import { packageRoot } from "../../bench/package-root.ts";
import { parseSpec } from "../../bench/spec.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CardPlace } from "../../station/card-commands.ts";
import { cardText } from "../card-text.ts";
import { type CliContext, line, printJson } from "../context.ts";
import { serveUntilTold } from "../serve-until-told.ts";

const CARD_OPTION = "where the card is: pcsc:READER NAME, serial:PATH, vpcd:PORT, javacard, sim, sim:KIND";

interface PlaceOptions {
  readonly card: string;
  readonly wait: string;
  readonly json?: boolean;
}

interface PersonaliseOptions extends PlaceOptions {
  readonly profile: string;
  readonly keys?: string;
  readonly supply?: string;
  readonly dryRun?: boolean;
}

export function addCard(root: Command, context: CliContext): void {
  const card = root
    .command("card")
    .description("Cards: what one is, making one, and those that the harness plays.")
    .addHelpText("after", CARD_HELP);
  addInfo(card, context);
  addPersonalise(card, context);
  addInstall(card, context);
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

function addInfo(card: Command, context: CliContext): void {
  card
    .command("info")
    .description("Say in words what a card is. Changes nothing on it.")
    .requiredOption("--card <spec>", CARD_OPTION)
    .option("--wait <seconds>", "how long to wait for a card that is not there yet", "10")
    .option("--json", "print it as JSON")
    .addHelpText("after", INFO_HELP)
    .action(async (options: PlaceOptions) => {
      const look = await context.house.lookAtCard(placeOf(options, context));
      if (options.json) printJson(context.io, look);
      else for (const each of cardText(look)) line(context.io, each);
      context.exit(look.content.kind === "other" ? 2 : 0);
    });
}

function addPersonalise(card: Command, context: CliContext): void {
  card
    .command("personalise")
    .description("Make an issued test purse of a supplied card, by a profile, and read it back.")
    .requiredOption("--profile <file>", "what to make of it (fixtures/profiles/ has examples)")
    .requiredOption("--card <spec>", CARD_OPTION)
    .option("--keys <set>", "key set, by name or file, in place of the one that the profile names")
    .option("--supply <SNIEP>", "a blank test applet is supplied first, with this serial number (16 hex digits)")
    .option("--wait <seconds>", "how long to wait for a card that is not there yet", "10")
    .option("--dry-run", "check profile and keys, and touch no card")
    .option("--json", "print what the card is afterwards as JSON")
    .addHelpText("after", PERSONALISE_HELP)
    .action(async (options: PersonaliseOptions) => personalise(options, context));
}

interface InstallCommandOptions {
  readonly card: string;
  readonly gp: string;
  readonly gpKey?: string;
}

const APPLETS = ["iep", "psam", "exerciser"] as const;

function addInstall(card: Command, context: CliContext): void {
  card
    .command("install")
    .description("Put a test applet onto a blank Java Card, with GlobalPlatformPro.")
    .addArgument(new Argument("<applet>", "what to install").choices(APPLETS))
    .requiredOption("--card <spec>", "where the card is: pcsc:READER NAME")
    .requiredOption("--gp <file>", "GlobalPlatformPro: gp.jar, or a program")
    .option("--gp-key <hex>", "key of the card, 16, 24 or 32 bytes (default: that of blank test cards)")
    .addHelpText("after", INSTALL_HELP)
    .action(async (applet: (typeof APPLETS)[number], { card: at, gp, gpKey: key }: InstallCommandOptions) => {
      const spec = parseSpec(at, "card");
      if (spec.kind !== "pcsc") {
        throw new PursebenchError("USAGE", `--card ${at}: applets are installed through PC/SC`, {
          mend: "for example: --card pcsc:ACS",
        });
      }
      if (key !== undefined && !/^([0-9A-F]{32}|[0-9A-F]{48}|[0-9A-F]{64})$/i.test(key)) {
        throw new PursebenchError("USAGE", "--gp-key: expected 32, 48 or 64 hex digits", {
          mend: "leave it away for a card with the usual test key",
        });
      }
      const onStep = (text: string) => line(context.io, `  ✓ ${text}`);
      await context.house.installApplet({ applet, reader: spec.reader, gp, key, onStep });
    });
}

async function personalise(options: PersonaliseOptions, context: CliContext): Promise<void> {
  const { io, house } = context;
  const profile = loadCardProfile(options.profile);
  const keys = keyFile(options.keys ?? profile.keys, dirname(options.profile));
  if (options.supply !== undefined && !/^[0-9A-F]{16}$/i.test(options.supply)) {
    throw new PursebenchError("USAGE", `--supply: found "${options.supply}", expected 16 hex digits`, {
      mend: "for example: --supply 5445535400090001",
    });
  }
  const place = placeOf(options, context);
  const say = (text: string) => (options.json ? io.err : io.out)(`${text}\n`);
  await house.checkProfile(profile, keys);
  if (options.dryRun)
    return say(`${options.profile} and ${keys} are in order: ${purseText(profile)}. No card was touched.`);
  const supplyAs = options.supply?.toUpperCase();
  const made = await house.personaliseCard(place, { profile, keys, supplyAs, onStep: (text) => say(`  ✓ ${text}`) });
  if (options.json) printJson(io, made);
  else say(`Issued: ${purseText(profile)}.`);
}

function purseText({ IDIEP, PPIEP }: CardProfile): string {
  return `purse ${IDIEP} of provider ${PPIEP}`;
}

/** A set of `fixtures/keys/` by name, or a file, beside the profile or as it is written. */
function keyFile(named: string, besides: string): string {
  const own = join(packageRoot(), "fixtures", "keys", `${named}.yaml`);
  const found = [own, resolve(besides, named), resolve(named)].find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new PursebenchError("USAGE", `no key set "${named}"`, {
    mend: "name one of fixtures/keys/ (test-keys), or a file",
  });
}

function placeOf({ card, wait }: PlaceOptions, { io }: CliContext): CardPlace {
  if (!/^\d{1,3}$/.test(wait) || Number(wait) > 600) {
    throw new PursebenchError("USAGE", `--wait: found "${wait}", expected a number of seconds from 0 to 600`, {
      mend: "for example: --wait 60",
    });
  }
  return { spec: parseSpec(card, "card"), waitMs: Number(wait) * 1_000, tell: (text) => io.err(`${text}\n`) };
}

function addressOf(text: string): { host: string; port: number } {
  const [, host, digits] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host !== undefined && port > 0 && port < 65_536) return { host: host.replace(/^\[(.*)\]$/, "$1"), port };
  throw new PursebenchError("USAGE", `"${text}" is not HOST:PORT`, { mend: "for example 127.0.0.1:35963" });
}

const CARD_HELP = `
Examples:
  pursebench card info --card pcsc:ACS
  pursebench card personalise --profile fixtures/profiles/aes.yaml --card pcsc:ACS
  pursebench card serve --connect 127.0.0.1:35963`;

const INFO_HELP = `
Examples:
  pursebench card info --card pcsc:ACS
  pursebench card info --card sim:poor        one of the harness's own
  pursebench card info --card javacard        a blank test applet in a Java Card runtime

Exit codes: 0 a purse, a security card or an exerciser, 2 something else or no card, 64 the command line is wrong.`;

const INSTALL_HELP = `
Example:
  pursebench card install iep --card pcsc:ACS --gp gp.jar

fixtures/applets/README.md says how the CAP files are made (a Java Card SDK is needed) and what comes next.`;

const PERSONALISE_HELP = `
Examples:
  pursebench card personalise --profile fixtures/profiles/triple-des.yaml --card pcsc:ACS
  pursebench card personalise --profile fixtures/profiles/aes.yaml --card javacard --supply 5445535400090002
  pursebench card personalise --profile fixtures/profiles/aes.yaml --card sim:supplied
  pursebench card personalise --profile my-card.yaml --card pcsc:ACS --dry-run

Only test keys and test cards: a key set or profile without \`test: true\` is refused. A card is issued once, for good: one that
is issued already is refused before anything is sent to it.`;
