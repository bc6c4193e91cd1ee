import { spawnSync } from "node:child_process";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../harness/bench/package-root.ts";
import { renderReports } from "./index.ts";
import { BASIS, recordedRun } from "./testing/recorded-run.ts";

let dir = "";
let html = "";
let junit = "";
let pdf = Buffer.alloc(0);

beforeAll(async () => {
  dir = await recordedRun();
  const reports = await renderReports(dir, BASIS);
  html = await readFile(reports.html, "utf8");
  junit = await readFile(reports.junit, "utf8");
  pdf = await readFile(reports.pdf);
});

describe("reports of a recorded run", () => {
  test("come out the same when rendered again", async () => {
    const again = await renderReports(dir, BASIS);
    expect(await readFile(again.html, "utf8")).toBe(html);
    expect(await readFile(again.junit, "utf8")).toBe(junit);
    expect((await readFile(again.pdf)).equals(pdf)).toBe(true);
  });

  test("refuse a directory that holds no run", async () => {
    await expect(renderReports(join(dir, "nothing"), BASIS)).rejects.toMatchObject({ code: "USAGE" });
  });

  test("say so when the evidence was tampered with", async () => {
    const other = await recordedRun();
    await appendFile(join(other, "events.jsonl"), "{}\n");
    await expect(renderReports(other, BASIS)).rejects.toMatchObject({ code: "USAGE" });
    const changed = await recordedRun();
    const path = join(changed, "results.json");
    const text = await readFile(path, "utf8");
    await appendFile(path, " ");
    expect(text).not.toContain("did not verify");
    const reports = await renderReports(changed, BASIS);
    expect(await readFile(reports.html, "utf8")).toContain("did not verify");
    expect(html).not.toContain("did not verify");
  });
});

describe("the conformance page", () => {
  test("runs no script, loads nothing and forbids both", () => {
    expect(html).not.toMatch(/<script|<img|<link|<iframe|<[^>]*\s(src|on\w+)=|url\(|@import/i);
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).toContain("default-src &#39;none&#39;");
  });

  test("shows hostile text as text, with control and bidi characters made visible", () => {
    expect(html).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
    expect(html).toContain("\\u0000\\u001b[31m\\u202egnp.exe \\ud800");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
    expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/);
  });

  test("lists every case with its outcome in words", () => {
    for (const [id, outcome] of [
      ["PAY-CARD-001", "pass"],
      ["PAY-CARD-002", "fail"],
      ["PAY-CARD-003", "inconc"],
      ["PAY-CARD-004", "error"],
      ["LOAD-CARD-001", "notApplicable"],
      ["LOAD-CARD-002", "notRun"],
    ]) {
      expect(html).toContain(`data-show="${outcome}" id="case-${id}"`);
    }
    expect(html).toContain("not applicable</span>");
  });

  test("shows matrices: the verdict where row and column meet, a dash where no case is", () => {
    expect(html).toContain("faults FIG 5: 1 of 3 places passed");
    const matrix = /<table class="matrix">[\s\S]*?<\/table>/.exec(html)?.[0] ?? "";
    const words = matrix.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    expect(words).toContain("Where lost twice 236 debit response ✓ pass ✗ fail 235 DEBIT IEP ? inconclusive –");
    expect([...matrix.matchAll(/href="#([^"]*)"/g)].map(([, to]) => to)).toEqual([
      "case-PAY-CARD-001",
      "case-PAY-CARD-002",
      "case-PAY-CARD-003",
    ]);
    expect(html.replace(/\s+/g, " ")).toContain("pass</span> ended as specified, money conserved, state clean");
  });

  test("gives every table a caption, every header cell a scope and every id once", () => {
    expect(html.match(/<table/g)?.length).toBe(html.match(/<caption>/g)?.length);
    expect(html).not.toMatch(/<th(?![^>]*scope=)[\s>]/);
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of html.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  test("says why a requirement was not tested and shows one that is in no basis", () => {
    expect(html).toContain("needs a person to look at it");
    expect(html).toContain("no case of this run covers it");
    expect(html).toContain('data-show="fail" id="req-PAY-619-a"');
    expect(html).toContain('data-show="untested" id="req-PAY-999-z"');
  });

  test("draws one whole transaction and the failing one, with amounts in their currency", () => {
    expect(html).toContain("A successful purchase, as recorded in case PAY-CARD-001");
    expect(html).toContain("The failing transaction of PAY-CARD-002");
    expect(html).toContain("<dd>12.50 EUR</dd>");
    expect(html).toContain("bench: bit 3 of S3 inverted");
  });

  test("names the head of the evidence chain", async () => {
    const last = (await readFile(join(dir, "events.jsonl"), "utf8")).trimEnd().split("\n").at(-1) ?? "";
    expect(html).toContain(`SHA-256 ${JSON.parse(last).hash}`);
  });
});

describe("the JUnit document", () => {
  test("closes every element it opens and holds no character that XML 1.0 forbids", () => {
    const open: string[] = [];
    for (const [, end, name, self] of junit.matchAll(/<(\/?)([a-z]+)(?:\s[a-z]+="[^"<]*")*\s*(\/?)>/g)) {
      if (end === "/") expect(open.pop()).toBe(name);
      else if (self !== "/") open.push(name ?? "");
    }
    expect(open).toEqual([]);
    expect(junit.match(/</g)?.length).toBe(junit.match(/<[/?]?[a-z]+[^<]*>/g)?.length);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0, 2.2 forbids them
    expect(junit).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  });

  test("is valid by the schema of Jenkins (xmllint: Debian package libxml2-utils, which the set-up installs)", async () => {
    const schema = join(packageRoot(), "fixtures", "schemas", "jenkins-junit.xsd");
    const validate = (path: string) =>
      spawnSync("xmllint", ["--noout", "--schema", schema, path], { encoding: "utf8" });
    const looked = validate(join(dir, "junit.xml"));
    expect(looked.error).toBeUndefined();
    expect(looked.stderr).toBe(`${join(dir, "junit.xml")} validates\n`);
    const wrong = join(dir, "wrong.xml");
    await writeFile(wrong, junit.replace("<testcase ", "<testcase verdict='pass' "));
    expect(validate(wrong).status).not.toBe(0);
  });

  test("tells failures, errors and skipped cases apart", () => {
    expect(junit).toContain('tests="6" failures="1" errors="2" time="');
    expect(junit).toMatch(/<testsuite name="load" tests="2" failures="0" errors="0" time="[0-9.]+" skipped="2"/);
    expect(junit.match(/<failure type="fail"/g)).toHaveLength(1);
    expect(junit.match(/<error type="inconc"/g)).toHaveLength(1);
    expect(junit.match(/<error type="error"/g)).toHaveLength(1);
    expect(junit).toContain("<skipped>not applicable: PICS: the card cannot be loaded</skipped>");
    expect(junit).toContain("<skipped>not run: ");
  });
});
