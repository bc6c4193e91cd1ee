import { randomUUID } from "node:crypto";
import type { Clock, Timer } from "../../core/clock.ts";
import type { ProcessIdentity } from "../../core/process-identity.ts";
import { LockFiles } from "./generations.ts";
import { isHeld, type LockRecord, ownIdentity, thisHost } from "./record.ts";

/** A lock that is not renewed for so long is anybody's. */
export const EXPIRY_MS = 5 * 60_000;

export interface LockHolder {
  /** For people who wait. */
  readonly holder: string;
  readonly token: string;
}

export interface DeviceLock extends Disposable {
  readonly name: string;
  /** Counts another process among its users: a program that was started to work with the device. */
  lend(user: ProcessIdentity): void;
  /** Resolves when somebody has taken it over, because this process did not renew it in time. */
  readonly lost: Promise<void>;
}

export interface LockPlace {
  readonly folder: string;
  readonly clock: Clock;
  readonly expiryMs?: number | undefined;
}

export function newHolder(holder: string): LockHolder {
  return { holder, token: randomUUID() };
}

/** Takes the lock, or returns who has it. A lock that was released, has expired or whose processes are gone is free. */
export function tryTakeLock(name: string, who: LockHolder, place: LockPlace): DeviceLock | LockRecord {
  const files = new LockFiles(place.folder, name);
  for (;;) {
    const { number, record } = files.latest();
    if (record && isHeld(record, place.clock.wall())) return record;
    const taken = newRecord(name, who, place);
    if (files.create(number + 1, taken)) return new HeldLock(files, number + 1, taken, place);
  }
}

export function isLock(found: DeviceLock | LockRecord): found is DeviceLock {
  return found instanceof HeldLock;
}

function newRecord(name: string, { holder, token }: LockHolder, place: LockPlace): LockRecord {
  const now = place.clock.wall();
  return {
    format: "pursebench-lock/1",
    name,
    holder,
    token,
    ...thisHost(),
    processes: [ownIdentity()],
    since: now.toISOString(),
    expires: expiry(now, place),
    released: false,
  };
}

function expiry(now: Date, { expiryMs = EXPIRY_MS }: LockPlace): string {
  return new Date(now.getTime() + expiryMs).toISOString();
}

class HeldLock implements DeviceLock {
  readonly name: string;
  readonly lost: Promise<void>;
  readonly #files: LockFiles;
  readonly #number: number;
  readonly #place: LockPlace;
  #record: LockRecord;
  #timer: Timer | undefined;
  #tellLost: () => void = () => undefined;

  constructor(files: LockFiles, number: number, record: LockRecord, place: LockPlace) {
    this.name = record.name;
    this.#files = files;
    this.#number = number;
    this.#record = record;
    this.#place = place;
    this.lost = new Promise((resolve) => {
      this.#tellLost = resolve;
    });
    this.#renewLater();
  }

  lend(user: ProcessIdentity): void {
    this.#write({ ...this.#record, processes: [...this.#record.processes.slice(0, 1), user] });
  }

  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#files.replace(this.#number, { ...this.#record, released: true });
  }

  #renewLater(): void {
    const timer = this.#place.clock.timer((this.#place.expiryMs ?? EXPIRY_MS) / 4);
    this.#timer = timer;
    void timer.elapsed.then(() => {
      if (this.#timer !== timer) return;
      if (this.#write({ ...this.#record, expires: expiry(this.#place.clock.wall(), this.#place) })) this.#renewLater();
      else this.#timer = undefined;
    });
  }

  /** What cannot be written now is tried again before it expires. */
  #write(record: LockRecord): boolean {
    this.#record = record;
    try {
      if (this.#files.replace(this.#number, record)) return true;
    } catch {
      return true;
    }
    this.#tellLost();
    return false;
  }
}
