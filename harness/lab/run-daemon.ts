/** The virtual lab itself: what the background process does from its start to its end. */
import { rm } from "node:fs/promises";
import { systemClock } from "../core/clock.ts";
import { DisposalStack } from "../core/disposal.ts";
import { PursebenchError } from "../core/errors.ts";
import { identify } from "../core/process-identity.ts";
import type { CardRegistry } from "./cards/card-kind.ts";
import { type ControlServer, serveControl } from "./control/server.ts";
import { type LabPaths, labPaths } from "./paths.ts";
import { isRoot, startPcscd, UNPRIVILEGED_USER } from "./pcscd.ts";
import type { Child } from "./process/child.ts";
import { openPseudoTerminal, type PseudoTerminal } from "./pseudo-terminal.ts";
import { CcidReader, SLOT_COUNT } from "./reader/ccid-reader.ts";
import { askForReaders } from "./readers.ts";
import { LabSlots } from "./slots.ts";
import { type LabState, writeState } from "./state-file.ts";
import { deafTerminal, type TerminalEmulator } from "./terminal-emulator.ts";
import { serveTerminalPlug } from "./terminal-plug.ts";

export interface DaemonParts {
  readonly name: string | undefined;
  readonly cards: CardRegistry;
  readonly terminal: TerminalEmulator;
}

export interface RunningLab extends AsyncDisposable {
  readonly state: LabState;
  /** Resolves when the lab shall end: somebody asked for it, or a helper program died; with the reason. */
  readonly finished: Promise<string>;
}

/** Starts everything, in the state directory that `labUp` has made. Disposing ends everything and removes the directory. */
export async function startLab(parts: DaemonParts): Promise<RunningLab> {
  const paths = labPaths(parts.name);
  const started = new DisposalStack();
  started.defer(() => rm(paths.directory, { recursive: true, force: true }));
  try {
    return await startParts(parts, paths, started);
  } catch (thrown) {
    await started[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function startParts(parts: DaemonParts, paths: LabPaths, started: DisposalStack): Promise<RunningLab> {
  const [readerLine, ...terminalLines] = await openLines(paths, started);
  const reader = new CcidReader((bytes) => readerLine.stream.send(bytes), systemClock);
  readerLine.stream.onBytes((bytes) => reader.hear(bytes));
  for (const [index, { stream }] of terminalLines.entries()) {
    const resident = index === 0 ? parts.terminal : deafTerminal;
    started.use(await serveTerminalPlug(paths.terminalLines[index]?.plug ?? "", stream, resident));
  }

  const pcscd = started.use(await startPcscd(paths));
  const children = [readerLine.child, ...terminalLines.map(({ child }) => child), pcscd];
  await writeState(paths.state, describe(parts.name, paths, children, []));
  const readers = await askForReaders(paths, pcscd);
  if (readers.length !== SLOT_COUNT) {
    throw new PursebenchError("DEVICE_ABSENT", `pcscd lists ${readers.length} readers instead of ${SLOT_COUNT}`, {
      mend: `read ${paths.pcscdLog}`,
    });
  }

  let finish: (reason: string) => void = () => undefined;
  const finished = new Promise<string>((resolve) => {
    finish = resolve;
  });
  for (const child of children) void child.ended.then(finish);
  let control: ControlServer | undefined;
  const slots = started.use(new LabSlots(reader, parts.cards, (event) => control?.tell(event)));
  slots.readerNames = readers;
  control = await serveControl(paths.control, {
    slots: () => slots.report(),
    insert: (slot, card) => slots.insert(slot, card),
    exchange: (slot, card) => slots.exchange(slot, card),
    remove: (slot) => slots.remove(slot),
    pull: (slot) => slots.pull(slot),
    push: (slot) => slots.push(slot),
    noticed: (slot) => slots.noticed(slot),
    tear: (slot, tear) => slots.tear(slot, tear),
    readerDefect: (defect) => reader.become(defect),
    shutdown: () => finish("somebody asked for it"),
  });
  started.defer(control.stop);
  const state = describe(parts.name, paths, children, readers);
  await writeState(paths.state, state);
  return { state, finished, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

/** The reader's line, and those of the terminals. */
async function openLines(paths: LabPaths, started: DisposalStack): Promise<[PseudoTerminal, ...PseudoTerminal[]]> {
  const owner = isRoot() ? UNPRIVILEGED_USER : undefined;
  const open = async (path: string, user: string | undefined): Promise<PseudoTerminal> =>
    started.use(await openPseudoTerminal(path, user));
  const terminals = paths.terminalLines.map(({ line }) => open(line, undefined));
  return await Promise.all([open(paths.readerLine, owner), ...terminals]);
}

function describe(
  name: string | undefined,
  paths: LabPaths,
  children: readonly Child[],
  readers: readonly string[],
): LabState {
  const daemon = identify(process.pid);
  if (!daemon) throw new PursebenchError("INTERNAL", "this process is not to be found in /proc");
  return {
    version: 1,
    ...(name === undefined ? {} : { name }),
    daemon,
    children: children.map(({ what, identity }) => ({ what, process: identity })),
    pcscSocket: paths.pcscSocket,
    control: paths.control,
    terminal: paths.terminalLines[0]?.line ?? "",
    lines: [...paths.terminalLines],
    readers: [...readers],
    startedAt: new Date().toISOString(),
  };
}
