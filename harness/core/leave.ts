/**
 * When everything is closed the process ends by itself, unless pcsclite has lost the farewell of one of its threads (seen
 * on a busy machine: its handle then stays open for ever) or a driver does not give a call back. Those are not waited for.
 */
const LINGER_MS = 1_000;

/** Ends the process with the exit code that is set, at once or after the time that lost threads are given. */
export function leave(): void {
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
