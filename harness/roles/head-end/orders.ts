/** How many sales are remembered; the oldest are forgotten first. */
const MOST_ORDERS = 1_000;

/** Which session ordered which sale: what the merchant gives out only there, a recovery can ask for there (messages.md 3c). */
export class Orders {
  readonly #sessions = new Map<string, string>();

  remember(IDTRX: string, session: string): void {
    this.#sessions.delete(IDTRX);
    this.#sessions.set(IDTRX, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MOST_ORDERS && oldest !== undefined) this.#sessions.delete(oldest);
  }

  /** 16 hex digits. */
  sessionOf(IDTRX: string): string | undefined {
    return this.#sessions.get(IDTRX);
  }
}
