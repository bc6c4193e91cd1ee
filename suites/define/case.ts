import type { Pics } from "../../harness/bench/pics.ts";
import type { Owner } from "../../harness/core/errors.ts";
import type { LinkName, RoleName } from "../../harness/core/trace.ts";
import type { CaseHeader, Cell } from "../../harness/evidence/event.ts";
import type { DeviceSystem } from "../../harness/flows/devices.ts";
import type { LoadSiteFacts } from "../../harness/flows/loading.ts";
import type {
  CardKind,
  PurseSystem,
  ServerRole,
  SiteFacts,
  SlotCardKind,
  SystemFacts,
  TerminalFacts,
  TestKeys,
} from "../../harness/flows/system.ts";
import type { LeftName } from "../support/money/left.ts";
import type { Expect } from "./expect.ts";
import type { LoadSiteNeed, SiteNeed } from "./site-need.ts";
import type { BenchFacts, Timing } from "./timing.ts";

/** What cases are grouped and selected by: one device or flow each, a folder of the same name. */
export const SUITES = [
  "card",
  "psam",
  "reader",
  "terminal",
  "payment",
  "encryption",
  "cable",
  "load",
  "load-negative",
  "clearing",
  "tearing",
] as const;
export type Suite = (typeof SUITES)[number];

/** What a bench has to offer for a case; a bench that does not makes the case not applicable, with the reason. */
export interface Needs {
  readonly cards?: readonly CardKind[];
  /** The card is pulled by the bench, or by a person. */
  readonly removal?: boolean;
  /** Cards come and go while messages are under way: no person is as quick as that. */
  readonly swiftHand?: true;
  readonly links?: readonly LinkName[];
  readonly logs?: readonly RoleName[];
  readonly database?: boolean;
  readonly restart?: readonly ServerRole[];
  readonly keys?: boolean;
  /** For each, the bench has a site like that. */
  readonly sites?: readonly SiteNeed[];
  /** For each, the bench has a site like that where value can be loaded. */
  readonly loadSites?: readonly LoadSiteNeed[];
  /** The bench can cut the power of the card at a chosen moment. */
  readonly tear?: true;
  /** The bench has a concentration point and a clearing system. */
  readonly clearing?: true;
  /** APDUs of the harness's own to a security card. */
  readonly psam?: true;
  /** A security card of that kind (`fixtures/psams/`). */
  readonly psamKinds?: readonly string[];
  /** So many slots of the reader, for cards of the bench. */
  readonly slots?: number;
  /** All that is put into those slots: plain cards of these kinds, one slot at a time. A person can do that too. */
  readonly slotCards?: readonly SlotCardKind[];
  /** Cards of the bench that go wrong in T=1. */
  readonly mischief?: true;
  /** The terminal waits longer than that for its security card, ms. */
  readonly psamPatienceMs?: number;
  /** The bench can switch its terminals off and on. */
  readonly terminalPower?: true;
  /** The card speaks that protocol (`offers` do not say it: the card does). */
  readonly protocol?: "T=0" | "T=1";
  /** The bench has a terminal like that. */
  readonly terminals?: Partial<TerminalFacts>;
  /** The head end is declared a trusted agent. */
  readonly trustedHeadEnd?: true;
  /** So many more set-top boxes, each with a card of its own. */
  readonly boxes?: number;
  /** One of a product of cases, outside of the selection that stands for it where time is dear (`product.ts`). */
  readonly exhaustive?: true;
  /**
   * The specimen has a secret key (triple DES, AES). The case signs its debits itself under the master key, or draws without
   * certificates; `suites/payment/algorithms` holds what a public key card owes.
   */
  readonly secretKeyCard?: true;
}

/** What a case may look at to decide whether it applies. */
export interface Scope {
  readonly facts: SystemFacts;
  /** What the IUT claims to support; undefined when no PICS was given: then everything is claimed. */
  readonly pics: Pics | undefined;
  /** What the look at the bench read from the specimen; undefined, also in parts, when it could not be read. */
  readonly specimen?: Readonly<Record<string, string>> | undefined;
}

/** What a case of a device suite works with. */
export interface DeviceContext {
  readonly devices: DeviceSystem;
  readonly expect: Expect;
  readonly facts: SystemFacts;
  /** Only for cases with `needs: { keys: true }`. */
  readonly keys: TestKeys;
  /** What was measured at the bench before the first case. */
  readonly bench: BenchFacts;
  /** Verdicts on times, which know how exactly the bench measures. */
  readonly timing: Timing;
  /** The machine's calendar, ms since 1970. What it said is in the evidence: a case has no other clock. */
  now(): number;
  /** Leaves a sentence in the evidence. */
  note(text: string): void;
  /** Says in a word or two how that ended which the case brought about: for its place in a matrix. */
  ending(text: string): void;
  /** Runs a part of the case under a heading in evidence and report. */
  step<T>(title: string, work: () => Promise<T> | T): Promise<T>;
}

/** What a case works with. */
export interface CaseContext extends DeviceContext {
  readonly system: PurseSystem;
  /** The bench's first site like that; the case has it in its needs. */
  siteFor(need: SiteNeed): SiteFacts;
  /** The bench's first site like that where value can be loaded; the case has it in its needs. */
  loadSiteFor(need: LoadSiteNeed): LoadSiteFacts;
}

/** What a case uses of its specimen at most. */
export interface Consumption {
  /** Steps of the card's transaction number. */
  readonly NTIEP?: number;
  /** Steps of the security card's transaction number. */
  readonly NTPSAM?: number;
  /** Value that leaves the card for good, minor units. */
  readonly value?: number;
  /** Writes of non-volatile memory, counted in commands that write. */
  readonly writes?: number;
}

/** Data and one function. `id` is permanent. */
export interface Case {
  /** `CARD-…`, `PSAM-…`, `IFD-…`, `TERM-…`, `PAY-…`, `ENC-…`, `CAB-…`, `LOAD-…`, `NEG-…`, `CLR-…` or `TEAR-…`, upper case with hyphens. */
  readonly id: string;
  readonly suite: Suite;
  /** One sentence that says what is tested. */
  readonly purpose: string;
  /** Ids of `requirements.yaml`. */
  readonly requirements: readonly string[];
  /** Whose a failure is. */
  readonly owner: Owner;
  readonly needs?: Needs;
  /** Its place in a matrix of the report. */
  readonly cell?: Cell;
  /** True, or the reason why the case does not apply. */
  readonly applies?: (scope: Scope) => true | string;
  /** Uses the specimen up: run only on devices known to be test specimens. */
  readonly destructive?: boolean;
  /**
   * What it leaves in the books by its name, all of it, where the bench can look into its devices. Absent: what is left is noted
   * only. `value moved by hand`: the case uses a key of an issuer itself, and no party knows of the value that it moves.
   */
  readonly leaves?: readonly (LeftName | "value moved by hand")[];
  /** Real time; 60 s when absent. */
  readonly timeoutMs?: number;
  /** What it uses of the specimen; a run that would use one up is refused before it starts. */
  readonly consumes?: Consumption;
  /** "devices": it works on the devices alone, and `t.system` is not there. */
  readonly on?: "devices";
  readonly run: (t: CaseContext) => Promise<void>;
}

export function defineCase(definition: Case): Case {
  return Object.freeze({ ...definition });
}

/** A case of a device suite. */
export type DeviceCase = Omit<Case, "run" | "on" | "leaves"> & { readonly run: (t: DeviceContext) => Promise<void> };

export function defineDeviceCase(definition: DeviceCase): Case {
  return Object.freeze({ ...definition, on: "devices" });
}

export function headerOf({ id, suite, purpose, requirements, owner, cell }: Case): CaseHeader {
  return { id, suite, purpose, requirements, owner, ...(cell === undefined ? {} : { cell }) };
}
