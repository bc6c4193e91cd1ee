import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { PursebenchError } from "../../core/errors.ts";
import { DEFAULT_RUNS } from "../../evidence/run-directory.ts";
import type { CliContext } from "../context.ts";
import { serveUntilTold } from "../serve-until-told.ts";

interface StationPageOptions {
  readonly port: string;
  readonly host: string;
  readonly bench?: string;
  readonly runs: string;
  readonly lab?: string;
  readonly token?: string;
}

export function addStation(root: Command, context: CliContext): void {
  root
    .command("station")
    .description("Serve the station page: certify from a browser, live, without a manual.")
    .option("--port <port>", "TCP port; 0 takes any free one", "8080")
    .option("--host <host>", "address to listen at; anything but loopback needs a token", "127.0.0.1")
    .option("--bench <bench>", "bench that is chosen at first: a file, or one that comes along")
    .option("--runs <dir>", "where runs are kept, and last results read from", DEFAULT_RUNS)
    .option("--lab <file>", "the laboratory's own file: name, address and logo for reports")
    .option("--token <token>", "what who opens the page has to enter; 8 characters or more")
    .addHelpText("after", HELP)
    .action(async (options: StationPageOptions) => {
      const port = portOf(options.port);
      if (options.token !== undefined && options.token.length < 8) {
        throw new PursebenchError("USAGE", "--token: found fewer than 8 characters", {
          mend: "leave it away, and a good one is made where one is needed",
        });
      }
      await serveUntilTold(context, context.house.serveStation({ ...options, port, startScript: runScript() }));
    });
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 65_536;
  if (port <= 65_535) return port;
  throw new PursebenchError("USAGE", `--port: found "${text}", expected a number from 0 to 65535`, {
    mend: "for example: --port 8080",
  });
}

/** The process of a run needs JavaScript, also when tests run the source. */
function runScript(): string {
  const folder = import.meta.url.endsWith(".ts") ? "../../../.build/harness/cli" : "..";
  return fileURLToPath(new URL(`${folder}/station-run-main.js`, import.meta.url));
}

const HELP = `
Examples:
  pursebench station                                        then open http://127.0.0.1:8080/ on this machine
  pursebench station --bench my-lab.yaml --lab our-lab.yaml
                      the bench of this station, reports in the lab's name
  pursebench station --runs /srv/purse/runs --port 9000
  pursebench station --host 192.168.7.20                    for tablets in the lab: prints a token, which is asked for once
  pursebench station --host :: --token "$(cat station.token)"

The page offers the benches, PICS and PIXIT files of the folder where it is started, and those that come along. What is plugged in or
out shows at once. One run goes on at a time, each in a process of its own; every browser sees the same. Runs are kept in --runs as by
\`pursebench certify\`, and Ctrl-C here ends a run in good order first.
On loopback (127.0.0.1, ::1, localhost) whoever works on this machine may use the page. Elsewhere a token is needed. The page speaks plain
HTTP: in a network that is not the lab's own, put a proxy with TLS before it.`;
