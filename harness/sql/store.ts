import type { Kysely } from "kysely";
import type { Clock } from "../core/clock.ts";
import { messageOf, PursebenchError } from "../core/errors.ts";

/** Work on the engine as the clock must see it: `clock.hold` where it happens outside of this process. */
export type Held = <T>(work: Promise<T>) => Promise<T>;

export interface StoreParts<Schema> {
  readonly db: Kysely<Schema>;
  readonly clock: Clock;
  readonly held: Held;
  /** In error texts: "the payment server's database". */
  readonly what: string;
}

/**
 * An open SQL database. A promise that resolves says that the engine has made the change durable, so that a message may
 * leave which speaks of it. Failures of the engine are `PursebenchError`s with code `STORAGE`.
 */
export class SqlStore<Schema> implements AsyncDisposable {
  readonly #parts: StoreParts<Schema>;

  constructor(parts: StoreParts<Schema>) {
    this.#parts = parts;
  }

  /** For building statements; `run` and `unit` execute them. */
  get db(): Kysely<Schema> {
    return this.#parts.db;
  }

  /** This very moment, ISO 8601, UTC. */
  now(): string {
    return this.#parts.clock.wall().toISOString();
  }

  /** Single statements, each a unit of work by itself. */
  async run<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    const { held, db, what } = this.#parts;
    try {
      return await held(work(db));
    } catch (cause) {
      if (cause instanceof PursebenchError) throw cause;
      throw new PursebenchError("STORAGE", `${what} failed: ${messageOf(cause)}`, {
        mend: "see that the database runs, is reachable and has room",
        cause,
      });
    }
  }

  /** One unit of work: all of it or, when it throws, nothing. */
  unit<T>(work: (unit: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.run((db) => db.transaction().execute(work));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.held(this.#parts.db.destroy());
  }
}
