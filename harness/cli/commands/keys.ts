import { statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { type Command, Option } from "commander";
import { packageRoot } from "../../bench/package-root.ts";
import { writeKeyPair } from "../../evidence/key-files.ts";
import { fingerprint, publicPem, readVerifyingKey } from "../../evidence/keys.ts";
import { type CliContext, line, printJson } from "../context.ts";

export function addKeys(root: Command, context: CliContext): void {
  const keys = root
    .command("keys")
    .description("The laboratory's keys, with which it seals its runs (Ed25519).")
    .addHelpText("after", HELP);
  addNew(keys, context);
  addShow(keys, context);
}

function addNew(keys: Command, { io }: CliContext): void {
  keys
    .command("new")
    .description("Make a key pair: NAME.pem, which nobody else may have, and NAME.pub, which you hand out.")
    .addOption(
      new Option("--out <dir>", "folder of the pair").default(
        defaultFolder(process.env),
        "~/.config/pursebench/keys; XDG_CONFIG_HOME moves it",
      ),
    )
    .option("--name <name>", "name of both files", "laboratory")
    .option("--json", "as JSON")
    .addHelpText("after", NEW_HELP)
    .action((options: { readonly out: string; readonly name: string; readonly json?: boolean }) => {
      const files = writeKeyPair(options.out, options.name, [packageRoot()]);
      if (options.json) return printJson(io, files);
      line(io, `private key  ${files.privateKey}   keep it: whoever has it signs in your name`);
      line(io, `public key   ${files.publicKey}   hand it out`);
      line(io, `fingerprint  ${files.fingerprint}`);
      line(io, `\nSeal a run:  pursebench certify --sign ${files.privateKey}`);
      line(io, `Check one:   pursebench verify --key ${files.publicKey} DIR`);
    });
}

function addShow(keys: Command, { io }: CliContext): void {
  keys
    .command("show")
    .description("Fingerprint and public half of a key, of either file.")
    .argument("<file>", "private or public key")
    .option("--json", "as JSON")
    .addHelpText("after", SHOW_HELP)
    .action((file: string, options: { readonly json?: boolean }) => {
      const key = readVerifyingKey(file);
      const publicKey = publicPem(key);
      if (options.json) return printJson(io, { fingerprint: fingerprint(key), publicKey });
      line(io, `fingerprint  ${fingerprint(key)}`);
      line(io, publicKey.trimEnd());
      if (file.endsWith(".pem") && (statSync(file).mode & 0o077) !== 0) {
        io.err(`${file} can be read by others; to mend: chmod 600 ${file}\n`);
      }
    });
}

/** Beside the configuration of other programs of this user. */
function defaultFolder({ XDG_CONFIG_HOME: config }: NodeJS.ProcessEnv): string {
  const base = config !== undefined && isAbsolute(config) ? config : join(homedir(), ".config");
  return join(base, "pursebench", "keys");
}

const HELP = `
A seal shows that no byte of a run was changed since the laboratory closed it. The fingerprint is the SHA-256 of the public
key (SPKI, DER); publish it where your clients find it. Keys are plain PEM, so that openssl and others can use them.

Examples:
  pursebench keys new
  pursebench keys new --out /media/stick --name lab-2026
  pursebench keys show /media/stick/lab-2026.pub
  pursebench certify --pics card.yaml --sign /media/stick/lab-2026.pem`;

const NEW_HELP = `
Examples:
  pursebench keys new
  pursebench keys new --out /media/stick --name lab-2026        on a medium that goes into a safe

A pair that is there already is not written over, and none is made inside of the package, where it might be handed on.`;

const SHOW_HELP = `
Examples:
  pursebench keys show ~/.config/pursebench/keys/laboratory.pub
  pursebench keys show lab-2026.pem                             the public half of a private key`;
