/** What a line reports when an exchange fails. In all cases the far end may have acted on the request. */
import { PursebenchError } from "../core/errors.ts";

export function lineSilent(name: string, reason: string): PursebenchError {
  return new PursebenchError("DEVICE_SILENT", `terminal on ${name}: ${reason}`, {
    owner: "terminal",
    mend: "check the line, the terminal's power and the baud rate",
  });
}

export function lineGarbled(name: string, reason: string): PursebenchError {
  return new PursebenchError("DEVICE_GARBLED", `characters on ${name} that make no block: ${reason}`, {
    owner: "terminal",
    mend: "check baud rate and parity",
  });
}

export function lineLost(name: string, cause: unknown): PursebenchError {
  return new PursebenchError(
    "DEVICE_LOST",
    `${name} is gone: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      owner: "terminal",
      mend: "check the cable and the adapter, then open the line again",
      cause,
    },
  );
}

export function brokenRules(name: string, reason: string): PursebenchError {
  return new PursebenchError("PROTOCOL", `terminal on ${name}: ${reason}`, { owner: "terminal" });
}
