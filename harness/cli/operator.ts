/** Who lends a run a hand: `--operator`. */
import type { Bench } from "../bench/schema.ts";
import { PursebenchError } from "../core/errors.ts";
import type { Operator } from "../flows/operator.ts";
import type { CliContext } from "./context.ts";
import { type RobotPlace, robotOperator } from "./operator-robot.ts";
import { terminalOperator } from "./operator-terminal.ts";

export type OperatorChoice = "terminal" | "none" | RobotPlace;

/** Reads `--operator`. Throws `USAGE`. */
export function parseOperator(text: string): OperatorChoice {
  if (text === "terminal" || text === "none") return text;
  const [, host = "", digits = ""] = /^tcp:(.+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host !== "" && port >= 1 && port <= 65_535) return { host: host.replace(/^\[(.*)\]$/, "$1"), port };
  throw new PursebenchError("USAGE", `--operator: found "${text}", expected terminal, none or tcp:HOST:PORT`, {
    mend: "for example: --operator tcp:127.0.0.1:7070",
  });
}

/**
 * The operator of a run; undefined where nobody is there. Who says nothing is asked at the terminal, where there is one. Rejects
 * with `SERVICE_ABSENT` where a robot does not answer.
 */
export async function operatorOf(
  choice: OperatorChoice | undefined,
  { io, house }: CliContext,
  bench: Bench,
): Promise<(Operator & Partial<Disposable>) | undefined> {
  if (choice === "none") return undefined;
  if (typeof choice === "object") return await robotOperator(choice);
  if (io.keyboard) return terminalOperator(io, io.keyboard, house.clock, bench);
  if (choice === undefined) return undefined;
  throw new PursebenchError("USAGE", "--operator terminal: nobody sits at a terminal here", {
    mend: "leave it away, or name a robot: --operator tcp:HOST:PORT",
  });
}
