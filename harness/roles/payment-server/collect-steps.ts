import type { Message } from "../../protocol/messages/layouts.ts";
import { encodeMessage, parseMessage, type Unrecognised } from "../../protocol/messages/message.ts";
import type { LogOutput, Step } from "../role.ts";
import type { CollectInput, CollectOutput, CollectPhase } from "./collect-effects.ts";

export type CollectStep = Step<CollectPhase, CollectOutput>;

/** An entry of `clearing.md` 7. */
export function entry(name: string, fields: LogOutput["fields"], IDTRX?: string): CollectOutput {
  return { kind: "log", entry: name, fields, IDTRX };
}

export function done(outputs: readonly CollectOutput[] = []): CollectStep {
  return { state: { at: "over" }, outputs: [...outputs, { kind: "end" }] };
}

/** The collection stops where it is; the next one goes on there. */
export function interrupted(IDTERM: string, reason: string, before: readonly CollectOutput[] = []): CollectStep {
  return done([...before, entry("collection-interrupted", { IDTERM, reason })]);
}

export function askTerminal(IDTERM: string, message: Message): CollectOutput {
  return { kind: "ask-terminal", IDTERM, bytes: encodeMessage(message) };
}

/** What that terminal says; undefined when it is silent or another one speaks. */
export function heard(IDTERM: string, input: Extract<CollectInput, { kind: "terminal" }>): Message | undefined {
  if (input.bytes === undefined) return undefined;
  const message: Message | Unrecognised = parseMessage(input.bytes);
  if (message.kind === "unrecognised") return undefined;
  return "IDTERM" in message && message.IDTERM === IDTERM ? message : undefined;
}

/** In words, for the log. */
export function whatCame(message: Message | undefined): string {
  if (message === undefined) return "no answer";
  const CC = "CC" in message && message.CC !== undefined ? ` ${message.CC}` : "";
  return `${message.kind}${CC}`;
}
