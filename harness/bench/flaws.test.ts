import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PursebenchError } from "../core/errors.ts";
import { loadBench } from "./load.ts";
import { packageRoot } from "./package-root.ts";
import { servingTerminals } from "./serving.ts";

const inproc = join(packageRoot(), "fixtures", "benches", "inproc.yaml");

/** The inproc bench with one line in place of the one that holds `marker`. */
function withLine(marker: string, line: string): { readonly path: string; readonly number: number } {
  const lines = readFileSync(inproc, "utf8").split("\n");
  const index = lines.findIndex((each) => each.includes(marker));
  expect(index).toBeGreaterThan(0);
  lines[index] = line;
  const path = join(mkdtempSync(join(tmpdir(), "pursebench-")), "bench.yaml");
  writeFileSync(path, lines.join("\n"));
  return { path, number: index + 1 };
}

const DUMB = "  - { id: 00000003, kind: dumb }";
const CABLE = "{ SITE: cable4, IDMER: CAB00004, kind: cable";
const internet = (fields: string) => `  - { SITE: fig5, IDMER: MER00005, origin: "https://127.0.0.1:8445", ${fields} }`;

test.each<[string, string, string, RegExp]>([
  ["a comparison nobody knows", "IDMER: MER00005", internet("comparison: psum"), /comparison: found "psum".*"psam"/],
  ["an unknown cipher suite", "IDMER: MER00005", internet("encryption: AES"), /AES-128-GCM or 3DES-CBC-MAC/],
  [
    "a terminal that is not there",
    "SITE: dumb,",
    '  - { SITE: dumb, IDMER: MER00011, origin: "https://127.0.0.1:1", terminals: [00000009] }',
    /terminals: .*00000009 is none of payment-server's/,
  ],
  [
    "a terminal of the other payment server",
    "SITE: dumb,",
    '  - { SITE: dumb, IDMER: MER00011, origin: "https://127.0.0.1:1", terminals: [00000005] }',
    /00000005 is none of payment-server's/,
  ],
  [
    "a contract that says two things",
    "IDMER: MER00005",
    internet("").replace("MER00005", "MER00002").replace("{ ", "{ comparison: merchant, ").replace(",  }", " }"),
    /IDMER.*library has this contract/,
  ],
  [
    "two sites of one name",
    "IDMER: MER00005",
    internet("").replace("fig5", "shop").replace(",  }", " }"),
    /SITE.*taken/,
  ],
  [
    "two sites at one address",
    "IDMER: MER00005",
    internet("").replace("8445", "8443").replace(",  }", " }"),
    /origin.*taken/,
  ],
  [
    "direct confirmation by the cable provider",
    CABLE,
    `  - ${CABLE}, origin: "https://cable4.cable.invalid", direct: yes }`,
    /direct: found "yes", expected no/,
  ],
  [
    "a cable site that could be reached",
    CABLE,
    `  - ${CABLE}, origin: "https://127.0.0.1:9000" }`,
    /origin.*cable\.invalid/,
  ],
  [
    "a clear confirmation that is direct",
    "IDMER: MER00005",
    internet("direct: yes, confirmation: clear"),
    /expected sealed/,
  ],
  [
    "direct confirmation under the layer",
    "IDMER: MER00005",
    internet("direct: yes, encryption: AES-128-GCM"),
    /own form/,
  ],
  [
    "a clear confirmation of nobody",
    "IDMER: MER00005",
    internet("comparison: merchant, confirmation: clear"),
    /confirms nothing/,
  ],
  [
    "one address for two servers",
    "headEndPaymentServer:",
    "headEndPaymentServer: { host: payment.test, port: 7236 }",
    /another address/,
  ],
  [
    "a port beyond all",
    "headEndPaymentServer:",
    "headEndPaymentServer: { host: payment.test, port: 70000 }",
    /0 to 65535/,
  ],
  ["a kind of terminal", DUMB, DUMB.replace("dumb", "clever"), /smart or dumb/],
])("%s is named with file, line and what was expected", (_name, marker, line, message) => {
  const { path, number } = withLine(marker, line);
  const complaint = complaintAbout(() => loadBench(path));
  expect(complaint.message).toMatch(message);
  expect(complaint.message.startsWith(`${path}:${number}: `)).toBe(true);
});

describe("what depends on another line", () => {
  test("S3 compared by a head end, or a confirmation it can read, needs one that is trusted", () => {
    const { path } = withLine("headEnd: {", "headEnd: { trusted: no }");
    expect(complaintAbout(() => loadBench(path)).message).toMatch(/sites\.\d+\.comparison.*trusted agent/);
  });

  test("a cable site needs a terminal of the head end payment server", () => {
    const { path } = withLine("id: 00000005", "  - { id: 00000005 }");
    expect(complaintAbout(() => loadBench(path)).message).toMatch(
      /sites\.\d+\.kind.*"server: head-end-payment-server"/,
    );
  });

  test("without a concentrator no terminal can be reached through one", () => {
    const { path } = withLine("concentrator: true", "concentrator: no");
    expect(loadBench(path).bench.concentrator).toBe(false);
    const text = readFileSync(path, "utf8").replace(DUMB, DUMB.replace(" }", ", reach: concentrator }"));
    writeFileSync(path, text);
    expect(complaintAbout(() => loadBench(path)).message).toMatch(/terminals\.2\.reach.*expected direct/);
  });

  test("the virtual reader has room for three security cards", () => {
    const { path } = withLine(DUMB, [6, 7, 8].map((id) => `  - { id: 0000000${id}, psam: reader }`).join("\n"));
    const text = readFileSync(path, "utf8").replace("[00000003]", "[00000006]");
    writeFileSync(path, text);
    expect(complaintAbout(() => loadBench(path)).message).toMatch(/psam: .*room for 3/);
  });

  test("a program over vpcd plays one PSAM", () => {
    const path = join(mkdtempSync(join(tmpdir(), "pursebench-")), "bench.yaml");
    const lab = readFileSync(join(packageRoot(), "fixtures", "benches", "virtual-lab.yaml"), "utf8");
    writeFileSync(path, lab.replace("psam: sim", "psam: vpcd:4001").replace("psam: reader", "psam: vpcd:4002"));
    expect(complaintAbout(() => loadBench(path)).message).toMatch(/terminals\.3\.psam: .*one PSAM/);
  });
});

test("terminals that a site names serve that site alone", () => {
  const { bench } = loadBench("inproc");
  const of = (name: string) => {
    const site = bench.sites.find(({ SITE }) => SITE === name);
    return site && servingTerminals(site, bench);
  };
  expect(of("shop")).toEqual(["00000001", "00000002"]);
  expect(of("fig7-des")).toEqual(["00000001", "00000002"]);
  expect(of("dumb")).toEqual(["00000003"]);
  expect(of("straight")).toEqual(["00000004"]);
  expect(of("cable6-aes")).toEqual(["00000005"]);
});

function complaintAbout(work: () => unknown): PursebenchError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof PursebenchError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}
