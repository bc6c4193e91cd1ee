import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { type CliContext, line } from "../context.ts";
import { manPages } from "../man/page.ts";

export function addMan(root: Command, { io }: CliContext): void {
  root
    .command("man")
    .description("Write the manual pages: one for the command and one for each of its parts.")
    .option("--out <dir>", "folder of the pages; it is made where it is missing", "man")
    .addHelpText("after", HELP)
    .action(({ out }: { readonly out: string }) => {
      const pages = manPages(root);
      try {
        mkdirSync(out, { recursive: true });
        for (const { file, text } of pages) writeFileSync(join(out, file), text);
      } catch (cause) {
        const mend = "name a folder that can be written";
        throw new PursebenchError("USAGE", `--out ${out}: ${messageOf(cause)}`, { mend, cause });
      }
      line(io, `${pages.length} pages in ${out}; to read one: man -l ${join(out, "pursebench.1")}`);
    });
}

const HELP = `
The pages say what --help says, and are made of it.

Examples:
  pursebench man                                          to read with \`man -l man/pursebench.1\`
  pursebench man --out ~/.local/share/man/man1            where \`man pursebench-certify\` finds them (sudo and
                                                          /usr/local/share/man/man1 for all users)`;
