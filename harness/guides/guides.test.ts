/** What README and guides say can be done: commands are taken, files are there, links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../bench/package-root.ts";
import { parseOnly } from "../cli/testing/parse-only.ts";

const root = packageRoot();
const guides = readdirSync(join(root, "harness/guides")).filter((name) => name.endsWith(".md"));
const documents = ["README.md", "fixtures/nightly/README.md", ...guides.map((name) => `harness/guides/${name}`)];
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

/** Lines of shell in fences, and what stands between backquotes in the text. */
function pieces(text: string): { readonly fenced: readonly string[]; readonly inline: readonly string[] } {
  const fenced: string[] = [];
  const rest = text.replace(/^( *)```\w*\n([\s\S]*?)^ *```$/gm, (_, __, block: string) => {
    fenced.push(...block.split("\n").map((each) => each.trim().replace(/^\$ /, "")));
    return "";
  });
  return { fenced, inline: [...rest.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code) };
}

const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, "")
    .trim()
    .replaceAll(" ", "-");

describe.each(documents)("%s", (name) => {
  const text = readFileSync(join(root, name), "utf8");
  const { fenced, inline } = pieces(text);

  test("every command line is one that the program takes", async () => {
    const lines = [...fenced, ...inline].map((each) => each.replace(/^npx (--no )?/, ""));
    for (const each of lines.filter((line) => line.startsWith("pursebench "))) {
      expect(await parseOnly(each.replaceAll("…", "")), each).toBe("taken");
    }
  });

  test("every script of npm is there", () => {
    for (const [, run, alone] of text.matchAll(/npm (?:run ([a-z:]+)|(test)\b)/g)) {
      expect(Object.keys(scripts)).toContain(run ?? alone);
    }
  });

  test("every file of the package that it names is there", () => {
    const words = [...fenced.flatMap((each) => each.split(/\s+/)), ...inline];
    const paths = words.filter((each) => /^(harness|suites|fixtures|reports)\/[\w./*-]*$/.test(each));
    for (const path of paths.filter((each) => !each.startsWith("reports/runs"))) {
      const whole = path.replace(/\/?\*.*$/, "").replace(/\/$/, "");
      expect(existsSync(join(root, whole)), path).toBe(true);
    }
  });

  test("every link leads to a file and a heading", () => {
    for (const [, to = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [file = "", anchor] = to.split("#");
      const target = file === "" ? join(root, name) : resolve(dirname(join(root, name)), file);
      expect(existsSync(target), to).toBe(true);
      if (anchor === undefined) continue;
      const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
        anchorOf(heading),
      );
      expect(headings, to).toContain(anchor);
    }
  });
});
