/**
 * A bench that is up: what `station/` opens and campaigns run on. Nobody above needs to know what is real behind it.
 */
import type { Clock } from "../core/clock.ts";
import type { Owner } from "../core/errors.ts";
import type { LinkName, RoleName, TraceEvent } from "../core/trace.ts";
import type { DeviceSystem } from "./devices.ts";
import type { PurseSystem, RecordedEvent, SystemFacts, TestKeys } from "./system.ts";

/** What is under test, as far as it could be identified without changing anything. */
export interface IutIdentity {
  readonly role: RoleName;
  /** One line for people, e.g. "vpcd card on port 35963". */
  readonly description: string;
  /** Names and values read from the device: PPIEP, IDIEP, SNIEP, firmware … Nothing secret. */
  readonly specimen?: Readonly<Record<string, string>> | undefined;
}

export interface StationIdentity {
  /** Name of the bench description. */
  readonly bench: string;
  readonly iut: IutIdentity;
  readonly devices: readonly { readonly name: string; readonly version: string }[];
}

export type Preflight =
  | { readonly ok: true; readonly specimen?: Readonly<Record<string, string>> | undefined }
  | { readonly ok: false; readonly owner: Owner; readonly reason: string; readonly mend: string };

/** What the cases of a run need to be there. */
export interface PreflightNeeds {
  readonly card: boolean;
  readonly psam: boolean;
  readonly reader: boolean;
  readonly terminals: boolean;
}

/** What a device that is not the harness's own says of itself. */
export interface SpecimenIdentity {
  /** "card", "PSAM", "terminal 00000001". */
  readonly what: string;
  readonly owner: Owner;
  /** Names and values as read: PPIEP, IDIEP, SNIEP, ATR … */
  readonly values: Readonly<Record<string, string>>;
}

/** How long one exchange takes that asks next to nothing of the device: what the bench itself adds to every time that it measures. */
export interface Latency {
  readonly link: LinkName;
  /** What was exchanged with what, e.g. "SELECT of the card". */
  readonly what: string;
  readonly samples: number;
  /** All in milliseconds. */
  readonly minMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Least step of the clock that it was measured with. */
  readonly resolutionMs: number;
}

/** Devices that a diagnosis can put its own in place of. Servers are the harness's own on every bench. */
export type ReplacedDevice = "card" | "reader" | "psam" | "terminal";

/** The same bench with one device less that is not the harness's own reference. */
export interface Replacement {
  /** One; two where the one cannot be had without the other. */
  readonly devices: readonly ReplacedDevice[];
  /** What stands there instead, e.g. "the harness's own card". */
  readonly by: string;
  /** To be opened when the bench itself is down: it uses the same devices. */
  readonly open: (record: RecordEvent) => Promise<Station>;
}

export interface Station extends AsyncDisposable {
  readonly facts: SystemFacts;
  readonly identity: StationIdentity;
  readonly keys?: TestKeys | undefined;
  /** Is everything there that is needed (all of it when `needs` is absent), switched on, and a test specimen? Changes nothing of value. Never rejects. */
  preflight(needs?: PreflightNeeds): Promise<Preflight>;
  /** A system in its start state for one case. What happens in it belongs to that case, however late it is recorded. */
  systemFor(caseId: string): Promise<PurseSystem>;
  /** The devices alone in their start state for one case of a device suite. */
  devicesFor(caseId: string): Promise<DeviceSystem>;
  /** The devices that are not the harness's own; absent where there are none, since what is played cannot be swapped. */
  readonly identify?: (() => Promise<readonly SpecimenIdentity[]>) | undefined;
  /** Measures readers and lines; absent where time is virtual. */
  readonly measure?: (() => Promise<readonly Latency[]>) | undefined;
  /** For each device that can be the reason of a failure: the bench without it. */
  readonly replacements?: readonly Replacement[] | undefined;
  /** Takes the system down; also when its case failed or did not end. */
  release(system: PurseSystem | DeviceSystem): Promise<void>;
}

/** When something happened, on the bench's own clock (virtual on `inproc`). */
export interface Moment {
  readonly atMs: number;
  readonly wall: Date;
}

/**
 * Where a station reports what it sees. Gives the event back with its place in the run. Never throws: a full disk is
 * noticed before the next verdict. Without `caseId` the event belongs to the case that runs now.
 */
export type RecordEvent = (event: TraceEvent, moment: Moment, caseId?: string) => RecordedEvent;

/** Opens a bench. Rejects with a `PursebenchError`; `Options` are the station's business. */
export type OpenStation<Options> = (options: Options, record: RecordEvent) => Promise<Station>;

/** The moment that `clock` shows. */
export function momentOf(clock: Clock): Moment {
  return { atMs: clock.monotonicMs(), wall: clock.wall() };
}
