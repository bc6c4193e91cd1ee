/** The station page as a whole: devices watched, runs kept, pages served. */
import { randomBytes } from "node:crypto";
import { mkdirSync, watch } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { resolve } from "node:path";
import { DisposalStack } from "../../core/disposal.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { RunHouse } from "../../run/house.ts";
import type { AttachedDevices } from "../../station/attached/index.ts";
import type { StartRun } from "../run/run-process.ts";
import { compiledAssets, loadAssets } from "./assets.ts";
import { lookForChoices } from "./choices.ts";
import { History } from "./history.ts";
import { LiveState } from "./live-state.ts";
import { isLoopback } from "./own-name.ts";
import { RunKeeper } from "./run-keeper.ts";
import { stationServer } from "./server.ts";
import { newToken, TokenGate } from "./token-gate.ts";

/** A run that is told to stop has that long; then it is killed, and its directory can still be read. */
const STOP_MS = 20_000;
const SETTLE_MS = 500;

export interface PageOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Folder of run directories. */
  readonly runs: string;
  readonly bench?: string | undefined;
  /** File of the laboratory. */
  readonly lab?: string | undefined;
  readonly token?: string | undefined;
  /** Where people keep their own PICS, PIXIT and benches. */
  readonly folder: string;
  readonly house: RunHouse;
  readonly start: StartRun;
  readonly watchDevices: (tell: (devices: AttachedDevices) => void) => Disposable;
  /** Folder of the compiled browser code. */
  readonly assets?: string | undefined;
}

export interface StationPage extends AsyncDisposable {
  readonly url: string;
  /** Who wants in has to know it; absent on loopback without `--token`. */
  readonly token?: string | undefined;
}

/** Opens the page. `USAGE` when the port cannot be had. Disposing it ends a run that is under way in good order. */
export async function openStationPage(options: PageOptions): Promise<StationPage> {
  const { host, port, house, start, folder, bench } = options;
  const runs = resolve(options.runs);
  mkdirSync(runs, { recursive: true });
  const assets = loadAssets(options.assets ?? compiledAssets());
  const token = options.token ?? (isLoopback(host) ? undefined : newToken());
  const choices = await lookForChoices({ bench, folder, house });
  const state = new LiveState(randomBytes(6).toString("hex"), {
    devices: { pcsc: { kind: "asking" }, ports: [], lab: { kind: "down" } },
    choices,
    run: null,
    exchange: null,
    prompt: null,
    result: null,
    history: [],
  });
  const stack = new DisposalStack();
  const history = new History(runs, (past) => state.set("history", past));
  stack.defer(() => history[Symbol.dispose]());
  const watched = options.watchDevices((devices) => state.set("devices", devices));
  stack.defer(() => watched[Symbol.dispose]());
  stack.defer(watchFolder(folder, async () => state.set("choices", await lookForChoices({ bench, folder, house }))));
  const keeper = new RunKeeper({ state, start, runs, ended: () => history.refresh() });
  const context = () => ({
    house,
    choices: state.get("choices"),
    devices: state.get("devices"),
    runs,
    lab: options.lab,
  });
  const gate = token === undefined ? undefined : new TokenGate(token);
  const app = stationServer({ host, assets, state, keeper, context, gate });
  stack.defer(async () => await app.close());
  stack.defer(async () => await keeper.close(STOP_MS));
  try {
    const url = await listen(app, host, port);
    return { url, token, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function listen(app: ReturnType<typeof stationServer>, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (thrown) {
    throw new PursebenchError(
      "USAGE",
      `the station page cannot listen at ${host}, port ${port}: ${messageOf(thrown)}`,
      {
        mend: "another station may be up there: choose another one with --port",
        cause: thrown,
      },
    );
  }
  const address = app.server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  const name = reachable(host);
  return `http://${name.includes(":") ? `[${name}]` : name}:${bound}/`;
}

/** Who listens at every address is reached at one of them: the first that is not loopback. */
function reachable(host: string): string {
  if (host !== "0.0.0.0" && host !== "::") return host;
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? hostname();
}

/** Calls `act` when files of the folder have changed. Returns the undo. */
function watchFolder(folder: string, act: () => Promise<void>): () => void {
  let settle: NodeJS.Timeout | undefined;
  const watcher = watch(folder, () => {
    clearTimeout(settle);
    settle = setTimeout(() => void act().catch(() => undefined), SETTLE_MS); // a file that is half written is read again
  });
  watcher.on("error", () => watcher.close());
  return () => {
    clearTimeout(settle);
    watcher.close();
  };
}
