import { loadBench } from "../bench/load.ts";
import { messageOf } from "../core/errors.ts";
import type { ProcessIdentity } from "../core/process-identity.ts";
import {
  type DeviceLocks,
  LOCKS_VARIABLE,
  lockNames,
  newHolder,
  specsOf,
  TOKEN_VARIABLE,
  takeDeviceLocks,
} from "../device/locks/index.ts";
import type { NightContext } from "./context.ts";
import type { Specs } from "./doctor.ts";

/** Names of the locks of a bench with these devices; `named` stands in their place where somebody has said them. */
export async function locksOf(bench: string, specs: Specs, named?: readonly string[]): Promise<readonly string[]> {
  return named ?? (await lockNames(specsOf(loadBench(bench, specs).bench)));
}

/** The devices of a job, as long as it works with them. */
export interface LentDevices extends Disposable {
  /** For the programs that work with them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly lend: (user: ProcessIdentity) => void;
}

/** Takes the locks, or returns in one sentence who has one of them. */
export async function takeDevices(
  names: readonly string[],
  job: string,
  context: NightContext,
): Promise<LentDevices | string> {
  const { config, clock, signal, tell } = context;
  const holder = newHolder(`nightly ${config.name}, ${job}`);
  let taken: DeviceLocks;
  try {
    taken = await takeDeviceLocks(names, {
      clock,
      signal,
      holder,
      folder: config.locks.folder,
      expiryMs: config.locks.expiryMinutes * 60_000,
      waitMs: config.locks.waitMinutes * 60_000,
      tell: (text) => tell(`${job}: ${text}`),
    });
  } catch (thrown) {
    return messageOf(thrown);
  }
  return {
    environment: {
      [TOKEN_VARIABLE]: holder.token,
      ...(config.locks.folder === undefined ? {} : { [LOCKS_VARIABLE]: config.locks.folder }),
    },
    lend: (user) => {
      for (const lock of taken.locks) lock.lend(user);
    },
    [Symbol.dispose]: () => taken[Symbol.dispose](),
  };
}
