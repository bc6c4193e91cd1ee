/** What an HSM that is there already says of itself. */
import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { PursebenchError } from "../core/errors.ts";
import { connectTcp } from "../device/network/connect.ts";
import { isGood, parseHsmAnswer } from "../protocol/hsm/answers.ts";
import { hsmOver } from "../roles/load-server/hsm-client.ts";

/** `hsm-edge.md` 1. */
const LENGTH_BYTES = 2;

/** "release PB03-0001, LMK 08D7B4". Rejects with a `PursebenchError` that says what to mend. */
export async function askDiagnostics(host: string, port: number, timeoutMs: number): Promise<string> {
  await using hsm = hsmOver(connectTcp({ host, port, lengthBytes: LENGTH_BYTES }, systemClock), systemClock);
  const answer = parseHsmAnswer("NC", await hsm.ask({ code: "NC" }, deadlineIn(systemClock, timeoutMs)));
  if (answer === undefined) {
    const mend = "an HSM of hsm-edge.md is needed: NC is answered with ND, 00, check value and release";
    throw new PursebenchError("PROTOCOL", "its answer to NC is none of hsm-edge.md", { owner: "server", mend });
  }
  if (!isGood<"NC">(answer)) {
    const mend = "load its local master key: that of the test key set";
    throw new PursebenchError("DEVICE_ABSENT", `it answers NC with error ${answer.error}`, { owner: "server", mend });
  }
  return `release ${answer.release}, LMK ${answer.LMK}`;
}
