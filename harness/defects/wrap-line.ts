/** Small wrappers around a terminal's end of its line. */
import type { TerminalLine } from "../link/terminal-line.ts";
import type { T1Block, ValidBlock } from "../protocol/t1/block.ts";
import type { IccAction, IccEvent, IccState } from "../protocol/t1/icc-machine.ts";
import type { Behaviour } from "./behaviour.ts";

type Step = TerminalLine["step"];

/** A line whose machine is another one, made of the reference. */
export function onStep(vary: (step: Step) => Step): Behaviour {
  return () => ({ terminalLine: (line) => ({ ...line, step: vary(line.step) }) });
}

/** A block that came is taken for another one before it is looked at; `undefined`: as if it had not come. */
export function onBlock(map: (block: T1Block, state: IccState) => T1Block | undefined): Behaviour {
  return onStep((step) => (state, event) => {
    if (event.kind !== "block") return step(state, event);
    const block = map(event.block, state);
    return block === undefined ? { state, actions: [] } : step(state, { kind: "block", block });
  });
}

/** Something else is done in place of an action. */
export function onAction(
  map: (action: IccAction, at: { before: IccState; after: IccState; event: IccEvent }) => readonly IccAction[],
): Behaviour {
  return onStep((step) => (before, event) => {
    const { state, actions } = step(before, event);
    return { state, actions: actions.flatMap((action) => map(action, { before, after: state, event })) };
  });
}

/** A block that it sends leaves as another one. */
export function onSent(map: (block: ValidBlock, event: IccEvent) => ValidBlock | undefined): Behaviour {
  return onAction((action, { event }) => {
    if (action.kind !== "transmit") return [action];
    const block = map(action.block, event);
    return block === undefined ? [] : [{ ...action, block }];
  });
}

/** An S-block that asks for something of that type. */
export function isRequest(event: IccEvent, type: string): boolean {
  return (
    event.kind === "block" &&
    event.block.kind === "S" &&
    event.block.direction === "request" &&
    event.block.type === type
  );
}
