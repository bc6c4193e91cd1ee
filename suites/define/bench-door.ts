/** A bench is opened for a campaign and taken down after it, whatever goes wrong there. */
import { messageOf } from "../../harness/core/errors.ts";
import type { CaseEnd } from "../../harness/evidence/event.ts";
import type { Station } from "../../harness/flows/station.ts";
import { benchEnd, INTERRUPTED } from "./bench-look.ts";
import type { CampaignOptions } from "./campaign-options.ts";
import { orAborted } from "./or-aborted.ts";

type Opened = { readonly station: Station } | CaseEnd;

/** Opens a bench, or says how cases end that need it. Never rejects. */
export async function openStation(
  open: () => Promise<Station>,
  signal: AbortSignal | undefined,
  what = "the bench could not be opened",
): Promise<Opened> {
  try {
    const opening = open();
    const station = await orAborted(opening, signal);
    if (station !== undefined) return { station };
    opening.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined); // nobody waits for it any more
    return INTERRUPTED;
  } catch (thrown) {
    return benchEnd(thrown, what);
  }
}

/** Takes the bench down; what goes wrong there is noted and changes no verdict. */
export async function closeStation(
  station: Station,
  { evidence, clock, signal }: Pick<CampaignOptions, "evidence" | "clock" | "signal">,
): Promise<void> {
  const timer = clock.timer(signal?.aborted ? 500 : 15_000);
  const stuck = timer.elapsed.then(() => "the bench was not taken down in time");
  const closing = station[Symbol.asyncDispose]().then(
    () => undefined,
    (thrown: unknown) => `the bench was not taken down: ${messageOf(thrown)}`,
  );
  const trouble = await Promise.race([closing, stuck]);
  timer.cancel();
  if (trouble !== undefined) evidence.write({ kind: "note", text: trouble });
}
