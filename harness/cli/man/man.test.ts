import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { program } from "../program.ts";
import { FakeIo, fakeHouse, pursebench } from "../testing/fake-house.ts";
import { parseOnly } from "../testing/parse-only.ts";
import { helpTextOf, parseHelpText } from "./help-text.ts";
import { fullName, manPages, subcommands } from "./page.ts";
import { paragraph, plain, prose, verbatim } from "./roff.ts";

const root = program({ io: new FakeIo(), house: fakeHouse(), exit: () => undefined });
const all = (command: Command): readonly Command[] => [command, ...subcommands(command).flatMap(all)];
const commands = all(root).map((command) => [fullName(command).join(" "), command] as const);
const pages = new Map(manPages(root).map(({ file, text }) => [file, text]));
const pageOf = (command: Command) => pages.get(`${fullName(command).join("-")}.1`) ?? "";

/** The page as a reader sees it, 100 characters wide, without overstrikes. */
function formatted(page: string): { readonly text: string; readonly complaints: string } {
  const args = ["-man", "-Tutf8", "-ww", "-P-cbou", "-rLL=100n"];
  const { stdout, stderr, error } = spawnSync("groff", args, { input: page, encoding: "utf8" });
  if (error) throw error;
  return { text: stdout, complaints: stderr };
}

describe.each(commands)("%s", (_, command) => {
  const page = pageOf(command);

  test("has a description, and so have all of its options and arguments", () => {
    expect(command.description()).toMatch(/^[A-Z].*\.$/s);
    for (const { flags, description } of command.options) expect(description, flags).not.toBe("");
    for (const argument of command.registeredArguments) expect(argument.description, argument.name()).not.toBe("");
  });

  test("teaches by examples, each of which is a command line that is taken", async () => {
    const { examples } = helpTextOf(command);
    expect(examples.length).toBeGreaterThan(0);
    for (const { term } of examples) expect(await parseOnly(term), term).toBe("taken");
  });

  test("has a manual page that groff sets without a complaint and that names every option, part and example", () => {
    const { text, complaints } = formatted(page);
    expect(complaints).toBe("");
    const flat = text.replace(/\s+/g, " ");
    for (const title of [
      "NAME",
      "SYNOPSIS",
      "DESCRIPTION",
      "OPTIONS",
      "EXAMPLES",
      "EXIT STATUS",
      "FILES",
      "SEE ALSO",
    ]) {
      expect(text, title).toMatch(new RegExp(`^${title}$`, "m"));
    }
    for (const { long } of command.options) expect(flat).toContain(long ?? "");
    for (const each of subcommands(command)) expect(flat).toContain(`${fullName(each).join("-")}(1)`);
    for (const { term } of helpTextOf(command).examples) expect(flat).toContain(term.replace(/\s+/g, " "));
  });
});

test("every part of the command has its page, and no other", () => {
  expect([...pages.keys()].sort()).toEqual(commands.map(([name]) => `${name.replaceAll(" ", "-")}.1`).sort());
  expect(pages.size).toBeGreaterThan(20);
});

test("pages are written where they are asked for, the same each time", async () => {
  const out = join(mkdtempSync(join(tmpdir(), "pursebench-man-")), "man1");
  const { code, printed } = await pursebench(["man", "--out", out]);
  expect(code).toBe(0);
  expect(printed).toBe(`${pages.size} pages in ${out}; to read one: man -l ${join(out, "pursebench.1")}\n`);
  expect(readdirSync(out).length).toBe(pages.size);
  expect(readFileSync(join(out, "pursebench-certify.1"), "utf8")).toBe(pages.get("pursebench-certify.1"));
  const refused = await pursebench(["man", "--out", "/dev/null/man"]);
  expect(refused.code).toBe(64);
  expect(refused.complained).toContain("name a folder that can be written");
});

test("codes and files of certify's page are those of the command", () => {
  const { text } = formatted(pages.get("pursebench-certify.1") ?? "");
  expect(text).toMatch(/^EXIT STATUS\n +0 +every selected case passed\n\n +1 +a case failed/m);
  expect(text).toMatch(/reports\/runs\/\n? +run directories/);
});

test("the text of a help falls into its parts", () => {
  const text = `
Examples:
  pursebench a      what for,
                    and more
  pursebench b

A paragraph
of two lines.

  as it
    is

Files:
  x/y   a file

Exit codes: 0 good,
1 bad.`;
  expect(parseHelpText(text)).toEqual({
    examples: [
      { term: "pursebench a", text: "what for, and more" },
      { term: "pursebench b", text: "" },
    ],
    files: [{ term: "x/y", text: "a file" }],
    exitCodes: "0 good, 1 bad.",
    prose: [
      { kind: "paragraph", text: "A paragraph of two lines." },
      { kind: "verbatim", lines: ["  as it", "    is"] },
    ],
  });
});

test("nothing in a text is taken for a request or an escape", () => {
  expect(plain("a\\b -c 'd' \"e\"")).toBe("a\\(rsb \\-c \\(aqd\\(aq \\(dqe\\(dq");
  expect(plain("50 µs …\u0007")).toBe("50 \\[u00B5]s \\[u2026] ");
  expect(prose("see `man -l x`.")).toBe("see \\fBman \\-l x\\fR.");
  expect(paragraph(plain(".so /etc/passwd"))).toEqual([".PP", "\\&.so /etc/passwd"]);
  const { text, complaints } = formatted(
    [".TH X 1", ...paragraph(plain(".so /etc/passwd \\fB 'x")), ...verbatim(["", "'br", "  .sp \\n"])].join("\n"),
  );
  expect(complaints).toBe("");
  expect(text).toContain(".so /etc/passwd \\fB 'x");
  expect(text).toMatch(/^ +'br\n +\.sp \\n$/m);
});
