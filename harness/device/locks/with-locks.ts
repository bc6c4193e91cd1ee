import type { Clock } from "../../core/clock.ts";
import { PursebenchError } from "../../core/errors.ts";
import { defaultLockFolder, openLockFolder } from "./folder.ts";
import { type DeviceLock, EXPIRY_MS, isLock, type LockHolder, newHolder, tryTakeLock } from "./lock.ts";
import { holderText } from "./record.ts";

/** Set for programs that a holder starts: what it holds is theirs to use. */
export const TOKEN_VARIABLE = "PURSEBENCH_LOCK_TOKEN";

const LOOK_AGAIN_MS = 250;

export interface LockOptions {
  readonly clock: Clock;
  /** For people who wait for it: "pursebench certify, process 4711". */
  readonly holder: string | LockHolder;
  readonly folder?: string | undefined;
  readonly expiryMs?: number | undefined;
  /** How long to wait for a device that somebody else has; 0 when absent: then it is refused at once. */
  readonly waitMs?: number | undefined;
  /** Hears for whom is waited, once for each holder. */
  readonly tell?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Token of whoever started this program; that of the environment when absent. */
  readonly token?: string | undefined;
}

export interface DeviceLocks extends Disposable {
  readonly locks: readonly DeviceLock[];
  /** Resolves with the name of a lock that somebody has taken over. */
  readonly lost: Promise<string>;
}

/**
 * Takes all of `names` (`lockNames`), one after the other in the order of the names, so that two who want the same ones never wait for
 * each other. `DEVICE_BUSY`, naming the holder, when the wait is over or `signal` ends it.
 */
export async function takeDeviceLocks(names: readonly string[], options: LockOptions): Promise<DeviceLocks> {
  const folder = names.length === 0 ? "" : openLockFolder(options.folder ?? defaultLockFolder());
  const locks: DeviceLock[] = [];
  const release = () => {
    for (const lock of locks) lock[Symbol.dispose]();
  };
  try {
    const untilMs = options.clock.monotonicMs() + (options.waitMs ?? 0);
    for (const name of [...new Set(names)].sort()) {
      const lock = await takeOne(name, folder, untilMs, options);
      if (lock) locks.push(lock);
    }
  } catch (thrown) {
    release();
    throw thrown;
  }
  const lost = Promise.race(locks.map((lock) => lock.lost.then(() => lock.name)));
  return { locks, lost, [Symbol.dispose]: release };
}

/** Does `work` while the devices are locked. */
export async function withDeviceLocks<T>(
  names: readonly string[],
  options: LockOptions,
  work: (locks: DeviceLocks) => Promise<T>,
): Promise<T> {
  using locks = await takeDeviceLocks(names, options);
  return await work(locks);
}

/** Undefined where whoever started this program holds it. */
async function takeOne(
  name: string,
  folder: string,
  untilMs: number,
  { clock, holder, expiryMs = EXPIRY_MS, tell, signal, token = process.env[TOKEN_VARIABLE] }: LockOptions,
): Promise<DeviceLock | undefined> {
  const who = typeof holder === "string" ? newHolder(holder) : holder;
  let told: string | undefined;
  for (;;) {
    const found = tryTakeLock(name, who, { folder, clock, expiryMs });
    if (isLock(found)) return found;
    if (token !== undefined && found.token === token) return undefined;
    const text = holderText(found);
    if (signal?.aborted || clock.monotonicMs() >= untilMs) {
      throw new PursebenchError("DEVICE_BUSY", `${name} is in use by ${text}`, {
        mend: "wait until that has ended, or end it; its lock ends with its process",
      });
    }
    if (told !== text) tell?.(`Waiting for ${name}: in use by ${text}.`);
    told = text;
    await clock.timer(LOOK_AGAIN_MS).elapsed; // nobody is told when a lock is released
  }
}
