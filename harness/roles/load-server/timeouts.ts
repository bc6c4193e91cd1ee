/** How long a load server waits, in milliseconds (`load.md` 10). */
export interface LoadServerTimeouts {
  /** For an answer of the HSM. */
  readonly hsmMs: number;
  /** For load response and challenge response. */
  readonly loadResponseMs: number;
  /** For the first message of a channel: a channel that says nothing keeps a place from others. */
  readonly firstMessageMs: number;
}

export const LOAD_SERVER_TIMEOUTS: LoadServerTimeouts = {
  hsmMs: 5_000,
  loadResponseMs: 35_000,
  firstMessageMs: 20_000,
};
