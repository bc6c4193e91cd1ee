import { systemClock } from "../core/clock.ts";
import { deadlineIn } from "../core/deadline.ts";
import { labDown, labUp } from "../lab/lab.ts";
import type { LabState } from "../lab/state-file.ts";
import { labDaemonScript } from "../station/lab-script.ts";

const PATIENCE_MS = 60_000;

/** A virtual lab called `name`, with the harness's own cards, that ends with its disposal. */
export async function ownLab(name: string): Promise<AsyncDisposable & { readonly state: LabState }> {
  const patience = () => deadlineIn(systemClock, PATIENCE_MS);
  const { state } = await labUp(patience(), { name, daemonScript: labDaemonScript() });
  return {
    state,
    async [Symbol.asyncDispose]() {
      await labDown(patience(), { name });
    },
  };
}
