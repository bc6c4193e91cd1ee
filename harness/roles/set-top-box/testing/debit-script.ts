/** Head ends up to the debit command, for the tests of the set-top box. */
import { EB, type Far, PAGE, RESULT, type Script } from "../test-bench.ts";

/** The head end up to and with the debit command, then `rest`. */
export function upToDebit(rest: Script): Script {
  return async (far) => {
    if ((await far.hear())?.kind === "recovery") return await far.say(RESULT);
    await far.say(PAGE);
    await far.hear();
    await far.say(EB);
    await rest(far);
  };
}

export async function hang(far: Far): Promise<void> {
  while (await far.hear());
}
