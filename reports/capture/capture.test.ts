import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { fromHex } from "../../harness/core/bytes.ts";
import { systemClock } from "../../harness/core/clock.ts";
import type { TraceEvent } from "../../harness/core/trace.ts";
import { Evidence } from "../../harness/evidence/evidence.ts";
import { readEvents } from "../../harness/evidence/reader.ts";
import { SAMPLE_RUN, temporaryDirectory } from "../../harness/evidence/testing/sample-run.ts";
import { describe as describeMessage } from "../../harness/protocol/messages/describe.ts";
import { Capture } from "./capture.ts";

/** What Wireshark reads in a capture, a packet a line: the fields by their names, tab between them. */
function read(path: string, fields: readonly string[], ...more: readonly string[]): readonly (readonly string[])[] {
  const args = ["-r", path, "-T", "fields", ...fields.flatMap((field) => ["-e", field]), ...more];
  const { status, stdout, stderr, error } = spawnSync("tshark", args, { encoding: "utf8" });
  if (error) throw new Error(`tshark is missing (node harness/setup/setup.mjs --tests installs it): ${error.message}`);
  expect(status, stderr).toBe(0);
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t"));
}

const message = (link: string, from: string, to: string, hex: string, step?: string) =>
  ({ kind: "message", link, from, to, step, bytes: fromHex(hex) }) as TraceEvent;

const SENT: readonly TraceEvent[] = [
  message("235", "set-top-box", "card", "00A4040008F050422D4945503100", "608"),
  message("235", "card", "set-top-box", "6A82", "608"),
  message("SAM", "terminal", "psam", "00B2010C00"),
  message("SAM", "psam", "terminal", "A1B2C39000"),
  message("236", "head-end", "payment-server", "0102030405", "612"),
  message("235", "card", "set-top-box", "90"), // torn: no status word
  message("ui", "user", "set-top-box", "00".repeat(70_000)),
];

let path = "";

beforeAll(async () => {
  const dir = temporaryDirectory();
  const evidence = new Evidence({ dir, run: SAMPLE_RUN, clock: systemClock, describe: describeMessage });
  evidence.enter("PAY-CARD-001");
  evidence.write({ kind: "note", text: "is no packet" });
  for (const event of SENT) evidence.record(event, { atMs: 0, wall: new Date(0) });
  await evidence.close();
  path = join(dir, "exchanges.pcapng");
  using capture = new Capture(path, SAMPLE_RUN);
  for await (const line of readEvents(dir)) capture.take(line);
});

describe("the capture, as Wireshark reads it", () => {
  test("has every message, on the interface of its link", () => {
    const found = read(path, ["frame.number", "frame.interface_name"]);
    expect(found.map(([, name]) => name?.split(" ")[0])).toEqual(["235", "235", "SAM", "SAM", "236", "235", "ui"]);
  });

  test("has APDUs that Wireshark takes apart itself, answers with their commands", () => {
    const fields = ["cla", "ins", "p1", "p2", "lc", "body", "le", "sw1", "sw2"].map((name) => `iso7816.apdu.${name}`);
    const found = read(path, [...fields, "iso7816.resp_to"], "-Y", "iso7816");
    expect(found).toEqual([
      ["0x00", "0xa4", "0x04", "0x00", "0x08", "f050422d49455031", "0x00", "", "", ""],
      ["", "", "", "", "", "", "", "0x6a", "0x82", "1"],
      ["0x00", "0xb2", "0x01", "0x0c", "", "", "0x00", "", "", ""],
      ["", "", "", "", "", "a1b2c3", "", "0x90", "0x00", "3"],
    ]);
  });

  test("says of every packet which line of the evidence it is, of which case and step", () => {
    const comments = read(path, ["frame.comment"]).map(([comment]) => comment ?? "");
    expect(comments[0]).toContain("set-top-box > card: SELECT");
    expect(comments[0]).toMatch(/evidence line \d+, case PAY-CARD-001, step 608/);
    expect(comments.every((comment) => /evidence line \d+/.test(comment))).toBe(true);
  });

  test("names what Wireshark does not know by link and message, and what is torn is no APDU", () => {
    const found = read(path, ["_ws.col.Protocol", "data.data"], "-Y", "!iso7816");
    expect(found[0]?.[0]).toMatch(/^purse 236/);
    expect(found[0]?.[1]).toBe("0102030405");
    expect(found[1]?.[0]).toMatch(/^purse 235/);
  });

  test("tells the true length of what the evidence has cut", () => {
    const [caplen, length] = read(path, ["frame.cap_len", "frame.len"]).at(-1) ?? [];
    expect(Number(length) - Number(caplen)).toBe(70_000 - 65_536);
  });
});
