import { access, constants } from "node:fs/promises";
import type { Bench } from "../bench/schema.ts";
import { type DeviceSpec, specText } from "../bench/spec.ts";
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";
import type { Finding } from "../run/house.ts";

/** Each single look ends by then. */
const LOOK_MS = 5_000;

/** What this machine has, and, for `bench`, whether what it names is there. Changes nothing; never rejects. */
export async function diagnose(bench: Bench | undefined): Promise<readonly Finding[]> {
  const readers = await lookForReaders();
  const general = [nodeVersion(), await labPackages(), readers.finding];
  if (!bench) return general;
  const devices = devicesOf(bench);
  const needsLab = bench.kind !== "inproc" && devices.some(({ spec }) => spec.kind === "reader");
  const needed = bench.kind === "virtual-lab" || needsLab ? [general[1]] : [];
  const found = [nodeVersion(), ...needed.flatMap((finding) => finding ?? [])];
  for (const { what, spec } of devices) found.push(await lookFor(what, spec, readers.names));
  if (bench.hsm.external) found.push(await lookForHsm(bench.hsm));
  return found;
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { what: "Node", ok, detail: process.version, mend: "install Node 20.19 or newer" };
}

/** Whether the virtual lab can run here. Asks no daemon: a process may talk to one pcscd only. */
export async function labPackages(): Promise<Finding> {
  const { assertPackages } = await import("../lab/packages.ts");
  return await finding("virtual lab", async () => {
    await assertPackages();
    const { loadPcsclite } = await import("../device/pcsc/session.ts");
    await loadPcsclite();
    return "everything it needs is installed";
  });
}

async function lookForReaders(): Promise<{ readonly names: readonly string[]; readonly finding: Finding }> {
  let names: readonly string[] = [];
  const found = await finding("PC/SC readers", async () => {
    const { listReaders } = await import("../device/pcsc/open-reader.ts");
    names = await listReaders(deadlineIn(systemClock, LOOK_MS));
    return names.length === 0 ? "pcscd runs and knows no reader" : names.join("; ");
  });
  return { names, finding: found };
}

function devicesOf(bench: Bench): { readonly what: string; readonly spec: DeviceSpec }[] {
  const terminals = bench.terminals.map((each) => ({ what: terminalName(each), spec: each.terminal }));
  const psams = bench.terminals.flatMap(({ id, psam }) => (psam ? [{ what: `PSAM of ${id}`, spec: psam }] : []));
  return [{ what: "card", spec: bench.card }, { what: "PSAM", spec: bench.psam }, ...psams, ...terminals];
}

/** "terminal 00000003 (dumb)". */
function terminalName({ id, kind, reach, server }: Bench["terminals"][number]): string {
  const more = [
    ...(kind === "dumb" ? ["dumb"] : []),
    ...(reach === "direct" ? ["without concentrator"] : []),
    ...(server === "head-end-payment-server" ? ["of the cable provider"] : []),
  ];
  return more.length === 0 ? `terminal ${id}` : `terminal ${id} (${more.join(", ")})`;
}

async function lookFor(what: string, spec: DeviceSpec, readers: readonly string[]): Promise<Finding> {
  return await finding(what, async () => {
    if (spec.kind === "serial") await assertPort(spec.path);
    if (spec.kind === "pcsc") assertReader(spec.reader, readers);
    if (spec.kind === "vpcd") return `vpcd:${spec.port}, whoever connects there`;
    if (spec.kind === "reader") return "played by the harness, as a card in the virtual reader";
    return spec.kind === "sim" ? "played by the harness" : `${specText(spec)} is there`;
  });
}

async function assertPort(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    const mend = "plug it in, and let your user into the group that owns the port (often dialout)";
    throw new PursebenchError("DEVICE_ABSENT", `the port cannot be opened: ${messageOf(cause)}`, { mend, cause });
  }
}

function assertReader(wanted: string, readers: readonly string[]): void {
  if (readers.some((name) => name.toLowerCase().includes(wanted.toLowerCase()))) return;
  const there = readers.length === 0 ? "there is no reader at all" : `there is: ${readers.join("; ")}`;
  throw new PursebenchError("DEVICE_ABSENT", `no reader "${wanted}": ${there}`, {
    mend: "plug it in, or correct its name",
  });
}

/** Its diagnostics (`hsm-edge.md` 2, NC) say which LMK it has, and neither use nor change a key. */
async function lookForHsm({ host, port }: Bench["hsm"]): Promise<Finding> {
  return await finding(`HSM at ${host}:${port}`, async () => {
    const { askDiagnostics } = await import("./hsm-diagnostics.ts");
    return await askDiagnostics(host, port, LOOK_MS);
  });
}

async function finding(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, detail: await look() };
  } catch (thrown) {
    const mend = thrown instanceof PursebenchError ? thrown.mend : undefined;
    return { what, ok: false, detail: messageOf(thrown), mend };
  }
}
