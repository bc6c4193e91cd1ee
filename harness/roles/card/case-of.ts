import { findCommands } from "./commands.ts";
import type { CardState } from "./state.ts";

interface Header {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
}

/**
 * What a command of the purse is over T=0, where its header alone tells: 1 nothing, 2 answer, 3 data, 4 both. 1 where the card answers the
 * header with a status word: of a command that it does not know, or with wrong P1 P2 (card-edge.md 1 and 4).
 */
export function caseOf(state: CardState, { cla, ins, p1, p2 }: Header): 1 | 2 | 3 | 4 {
  const found = findCommands(cla, ins);
  const command = typeof found === "number" ? undefined : found.find((each) => each.hasRightParameters(p1, p2, state));
  if (!command) return 1;
  const answers = command.answerLength(state, p2) > 0;
  if (command.hasRightData(0)) return answers ? 2 : 1;
  return answers ? 4 : 3;
}
