/**
 * Errors that carry a stable code beside their words. Tests assert the code, people read the message.
 * A message names the device or file, what was found, what was expected, and how to mend it.
 */
export type Owner = "card" | "psam" | "reader" | "terminal" | "server" | "bench";

export type ErrorCode =
  | "USAGE" // the user's command line or file is wrong: exit 64
  | "DEVICE_ABSENT" // no such reader, card or port
  | "DEVICE_LOST" // it was there and went away
  | "DEVICE_SILENT" // a deadline passed without an answer
  | "DEVICE_GARBLED" // bytes that the protocol does not allow
  | "DEVICE_BUSY" // someone else holds it
  | "SERVICE_ABSENT" // pcscd or a server is not running or died
  | "PROTOCOL" // a peer sent a message that the specification does not allow
  | "STORAGE" // evidence or database cannot be written
  | "INTERNAL"; // our own defect

export class PursebenchError extends Error {
  readonly code: ErrorCode;
  /** Who has to mend it; `bench` when unsure. */
  readonly owner: Owner;
  /** One sentence that says how to mend it. */
  readonly mend: string | undefined;

  constructor(code: ErrorCode, message: string, options: { owner?: Owner; mend?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "PursebenchError";
    this.code = code;
    this.owner = options.owner ?? "bench";
    this.mend = options.mend;
  }
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** There is no file of that name, says the system. */
export function isAbsent(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}

/** For the `default` arm of an exhaustive `switch`. */
export function unreachable(value: never): never {
  throw new PursebenchError("INTERNAL", `unexpected variant ${JSON.stringify(value)}`);
}
