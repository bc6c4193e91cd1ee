/** Behaviours of roles that log wrongly (`messages.md`, section 7). */
import type { RoleName, TraceEvent, TraceSink } from "../core/trace.ts";
import { type Behaviour, optionalText, type Parameters, textOf } from "./behaviour.ts";

type LogEvent = Extract<TraceEvent, { kind: "log" }>;

/** `role`, `entry`: never written. */
const dropLog: Behaviour = (parameters) => ({ trace: onEntry(parameters, () => []) });

/** `role`, `entry`, `field`, and `value` (text; numbers and true/false become such), or the field is left out. */
const changeLogField: Behaviour = (parameters) => {
  const field = textOf(parameters, "field");
  const value = optionalText(parameters, "value");
  return { trace: onEntry(parameters, (event) => [withField(event, field, value)]) };
};

/** `role`, `entry`: the transaction identifier is missing. */
const dropLogId: Behaviour = (parameters) => ({
  trace: onEntry(parameters, ({ IDTRX: _, ...event }) => [event]),
});

/** `role`, `entry`: under the identifier `IDTRX`, or under that of the last such entry when there is none given. */
const ownLogId: Behaviour = (parameters) => {
  const given = optionalText(parameters, "IDTRX");
  return {
    trace: (inner: TraceSink) => {
      let previous: string | undefined;
      return onEntry(parameters, (event) => {
        const IDTRX = given ?? previous ?? event.IDTRX;
        previous = event.IDTRX;
        return [{ ...event, IDTRX }];
      })(inner);
    },
  };
};

/** `role`, `entry`: written only when the same role writes `until`. */
const lateLog: Behaviour = (parameters) => ({
  trace: (inner: TraceSink) => {
    const held: LogEvent[] = [];
    return (event) => {
      if (matches(event, parameters, "entry")) {
        held.push(event);
        return;
      }
      inner(event);
      if (matches(event, parameters, "until")) for (const late of held.splice(0)) inner(late);
    };
  },
});

export const LOG_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "drop-log": dropLog,
  "change-log-field": changeLogField,
  "drop-log-id": dropLogId,
  "own-log-id": ownLogId,
  "late-log": lateLog,
};

function onEntry(parameters: Parameters, map: (event: LogEvent) => readonly LogEvent[]) {
  return (inner: TraceSink): TraceSink =>
    (event) => {
      if (!matches(event, parameters, "entry")) return inner(event);
      for (const changed of map(event)) inner(changed);
    };
}

function matches(event: TraceEvent, parameters: Parameters, name: "entry" | "until"): event is LogEvent {
  const role = textOf(parameters, "role") as RoleName;
  return event.kind === "log" && event.role === role && event.entry === textOf(parameters, name);
}

function withField(event: LogEvent, field: string, value: string | undefined): LogEvent {
  const { [field]: _, ...rest } = event.fields;
  return { ...event, fields: value === undefined ? rest : { ...rest, [field]: scalar(value) } };
}

function scalar(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d{1,9}$/.test(text) && (text === "0" || !text.startsWith("0")) ? Number(text) : text;
}
