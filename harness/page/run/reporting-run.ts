/** A run that tells all it does in messages, in whatever process it is. */
import { dirname, join } from "node:path";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import type { RunHouse } from "../../run/house.ts";
import { performRun } from "../../run/perform.ts";
import { prepareRun } from "../../run/prepare.ts";
import type { RunRequest } from "../../run/request.ts";
import { exchangeTeller } from "./exchange-teller.ts";
import type { RunCommandMessage, RunMessage } from "./messages.ts";
import { PageOperator } from "./page-operator.ts";

export interface ReportingRun {
  /** Takes a command; `start` begins the one run that there is. */
  hear(command: RunCommandMessage): void;
  /** Resolves when the run has ended and said so. */
  readonly ended: Promise<void>;
}

export function reportingRun(house: RunHouse, send: (message: RunMessage) => void): ReportingRun {
  const stop = new AbortController();
  const operator = new PageOperator(send);
  let begun = false;
  let finish = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    ended,
    hear(command) {
      if (command.kind === "stop") stop.abort();
      else if (command.kind === "answer") operator.answer(command.id, command.answer);
      else if (!begun) {
        begun = true;
        void run(command.request, { house, send, operator, signal: stop.signal }).finally(finish);
      }
    },
  };
}

interface Parts {
  readonly house: RunHouse;
  readonly send: (message: RunMessage) => void;
  readonly operator: PageOperator;
  readonly signal: AbortSignal;
}

async function run(request: RunRequest, { house, send, operator, signal }: Parts): Promise<void> {
  const teller = exchangeTeller((exchange) => send({ kind: "exchange", exchange }));
  try {
    const asked = await prepareRun(request, house);
    // The directory beside the one that was asked for that has the run's own name.
    const prepared = { ...asked, dir: join(dirname(asked.dir), asked.run.run) };
    send({ kind: "begun", dir: prepared.dir, total: prepared.cases.length });
    const { exitCode } = await performRun(prepared, {
      signal,
      operator,
      tell: (text) => send({ kind: "told", text }),
      onLine: teller.hear,
      onProgress: ({ index, total, definition: { id, purpose }, finished }) => {
        const { outcome, reason, owner, durationMs } = finished ?? {};
        const end =
          outcome && owner ? { outcome, reason: reason ?? "", owner, durationMs: durationMs ?? 0 } : undefined;
        send({ kind: "case", index, total, id, purpose, finished: end });
      },
    });
    teller.close();
    send({ kind: "ended", exitCode });
  } catch (thrown) {
    teller.close();
    const mend = thrown instanceof PursebenchError ? thrown.mend : undefined;
    send({ kind: "failed", message: messageOf(thrown), mend });
  }
}
