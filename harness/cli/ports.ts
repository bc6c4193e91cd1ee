/** What the command needs from the house. `house.ts` fills it with the real thing. */

import type { Case } from "../../suites/define/case.ts";
import type { Rejudgement, RejudgeOptions } from "../../suites/define/observation/rejudge.ts";
import type { SimulatedCardKind } from "../bench/card-kinds.ts";
import type { CardProfile } from "../bench/card-profile.ts";
import type { Bench } from "../bench/schema.ts";
import type { RoleName } from "../core/trace.ts";
import type { TestKeys } from "../flows/system.ts";
import type { Finding, RunHouse } from "../run/house.ts";
import type { CardPlace, PersonaliseOptions } from "../station/card-commands.ts";
import type { InstallOptions } from "../station/install-applet.ts";
import type { CardLook } from "../station/look-at-card.ts";
import type { Personalised } from "../station/personalise-card.ts";

export interface KillMatrix {
  readonly mutants: number;
  readonly killed: number;
  readonly survived: readonly string[];
  /** Cases that fail the reference implementation. */
  readonly falseAlarms: readonly string[];
  /** Cases that no defect proves able to fail. */
  readonly unproven: readonly string[];
}

/** What came of a look at the lab or of a hand laid on it: for programs, and in words. */
export interface LabAnswer {
  readonly data: object;
  readonly lines: readonly string[];
}

export interface LabPort {
  up(name: string | undefined): Promise<LabAnswer>;
  down(name: string | undefined): Promise<LabAnswer>;
  status(name: string | undefined): Promise<LabAnswer>;
  insert(name: string | undefined, slot: number, card: Readonly<Record<string, string | number>>): Promise<LabAnswer>;
  remove(name: string | undefined, slot: number): Promise<LabAnswer>;
}

/** Something that serves until it is told to stop. */
export interface Serving extends AsyncDisposable {
  /** One line for people: what runs where. */
  readonly description: string;
  /** Settles when it ends by itself. */
  readonly ended?: Promise<void> | undefined;
}

export interface House extends RunHouse {
  doctor(bench: Bench | undefined): Promise<readonly Finding[]>;
  /** `onProgress` hears of every defect judged. */
  runMutants(options: {
    readonly role?: RoleName | undefined;
    readonly cases: readonly Case[];
    readonly onProgress?: ((done: number, total: number) => void) | undefined;
  }): Promise<KillMatrix>;
  /** Today's suites on the evidence of a run. */
  rejudge(options: Omit<RejudgeOptions, "cases">): Promise<Rejudgement>;
  /** The key set of a bench. Throws `USAGE` where it is not there. */
  testKeysOf(bench: Bench): Promise<TestKeys>;
  readonly lab: LabPort;
  /** The terminal emulator on a line. */
  serveTerminal(options: {
    readonly port: string;
    readonly psam: string;
    readonly IDTERM: string;
    readonly store?: string | undefined;
  }): Promise<Serving>;
  /** The station page. */
  serveStation(options: {
    readonly host: string;
    readonly port: number;
    readonly bench?: string | undefined;
    readonly runs: string;
    readonly lab?: string | undefined;
    readonly token?: string | undefined;
    /** Compiled script of the process of a run. */
    readonly startScript: string;
  }): Promise<Serving>;
  /** The simulated card to any reader that speaks vpcd. */
  serveCard(options: {
    readonly host: string;
    readonly port: number;
    readonly kind: SimulatedCardKind;
  }): Promise<Serving>;
  /** What the card at that place is. */
  lookAtCard(place: CardPlace): Promise<CardLook & { readonly place: string }>;
  /** Throws `USAGE` where the key set, a file, lacks what the profile needs, or is not one of test keys. */
  checkProfile(profile: CardProfile, keys: string): Promise<void>;
  /** Issues a supplied card by a profile. */
  personaliseCard(place: CardPlace, options: PersonaliseOptions): Promise<Personalised>;
  /** Puts a test applet onto a blank Java Card. */
  installApplet(options: InstallOptions): Promise<void>;
}
