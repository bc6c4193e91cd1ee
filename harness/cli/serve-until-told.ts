import type { CliContext } from "./context.ts";
import type { Serving } from "./ports.ts";

/** Says what serves, and serves until Ctrl-C or until it ends by itself. */
export async function serveUntilTold({ io }: CliContext, opening: Promise<Serving>): Promise<void> {
  await using serving = await opening;
  io.out(`${serving.description}\nCtrl-C ends it.\n`);
  let undo = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    undo = io.onInterrupt(resolve);
  });
  await Promise.race(serving.ended ? [told, serving.ended] : [told]);
  undo();
}
