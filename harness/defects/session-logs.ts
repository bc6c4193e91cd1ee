/** Behaviours of roles that log only some things, or mix up their sessions. */
import type { TraceEvent, TraceSink } from "../core/trace.ts";
import { type Behaviour, type Parameters, textOf } from "./behaviour.ts";

type LogEvent = Extract<TraceEvent, { kind: "log" }>;

/** `role`, `entry`, `field`, `value` (as text): not written where the field has that value. */
const dropLogWhere: Behaviour = (parameters) => {
  const field = textOf(parameters, "field");
  const value = textOf(parameters, "value");
  return {
    trace: (inner: TraceSink) => (event) => {
      if (!isEntry(event, parameters) || String(event.fields[field]) !== value) inner(event);
    },
  };
};

/** `role`, `entry`: with the transaction identifier of the entry before. */
const previousLogId: Behaviour = (parameters) => ({
  trace: (inner: TraceSink) => {
    let previous: string | undefined;
    return (event) => {
      if (!isEntry(event, parameters)) return inner(event);
      inner({ ...event, IDTRX: previous ?? event.IDTRX });
      previous = event.IDTRX;
    };
  },
});

export const SESSION_LOG_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "drop-log-where": dropLogWhere,
  "previous-log-id": previousLogId,
};

function isEntry(event: TraceEvent, parameters: Parameters): event is LogEvent {
  return (
    event.kind === "log" && event.role === textOf(parameters, "role") && event.entry === textOf(parameters, "entry")
  );
}
