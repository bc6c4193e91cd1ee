import type { Pics } from "../../harness/bench/pics.ts";
import type { Owner } from "../../harness/core/errors.ts";
import type { LinkName, RoleName } from "../../harness/core/trace.ts";
import type { CaseHeader } from "../../harness/evidence/event.ts";
import type { CardKind, PurseSystem, ServerRole, SystemFacts, TestKeys } from "../../harness/flows/system.ts";
import type { Expect } from "./expect.ts";

/** What a bench has to offer for a case; a bench that does not makes the case not applicable, with the reason. */
export interface Needs {
  readonly cards?: readonly CardKind[];
  /** The card is pulled by the bench. */
  readonly removal?: boolean;
  readonly links?: readonly LinkName[];
  readonly logs?: readonly RoleName[];
  readonly database?: boolean;
  readonly restart?: readonly ServerRole[];
  readonly keys?: boolean;
}

/** What a case may look at to decide whether it applies. */
export interface Scope {
  readonly facts: SystemFacts;
  /** What the IUT claims to support; undefined when no PICS was given: then everything is claimed. */
  readonly pics: Pics | undefined;
}

/** What a case works with. */
export interface CaseContext {
  readonly system: PurseSystem;
  readonly expect: Expect;
  readonly facts: SystemFacts;
  /** Only for cases with `needs: { keys: true }`. */
  readonly keys: TestKeys;
  /** Leaves a sentence in the evidence. */
  note(text: string): void;
  /** Runs a part of the case under a heading in evidence and report. */
  step<T>(title: string, work: () => Promise<T> | T): Promise<T>;
}

/** Data and one function. `id` is permanent. */
export interface Case {
  /** `PAY-…`, upper case with hyphens. */
  readonly id: string;
  readonly suite: string;
  /** One sentence that says what is tested. */
  readonly purpose: string;
  /** Ids of `requirements.yaml`. */
  readonly requirements: readonly string[];
  /** Whose a failure is. */
  readonly owner: Owner;
  readonly needs?: Needs;
  /** True, or the reason why the case does not apply. */
  readonly applies?: (scope: Scope) => true | string;
  /** Uses the specimen up: run only on devices known to be test specimens. */
  readonly destructive?: boolean;
  /** Real time; 60 s when absent. */
  readonly timeoutMs?: number;
  readonly run: (t: CaseContext) => Promise<void>;
}

export function defineCase(definition: Case): Case {
  return Object.freeze({ ...definition });
}

export function headerOf({ id, suite, purpose, requirements, owner }: Case): CaseHeader {
  return { id, suite, purpose, requirements, owner };
}
