/**
 * What the page shows, in parts that are sent whole whenever they change. Server and browser share this file: it imports
 * nothing.
 */
export type Word = "pass" | "fail" | "inconc" | "error" | "none";
export type CaseWord = Exclude<Word, "none"> | "notApplicable" | "notRun";
export type Counts = Readonly<Record<CaseWord, number>>;

/** A PC/SC reader. */
export interface ReaderView {
  readonly name: string;
  readonly slot: "empty" | "card" | "mute" | "unknown";
  /** Upper-case hex; empty when there is none. */
  readonly atr: string;
  readonly inUse: boolean;
}

export interface DevicesView {
  readonly pcsc:
    | { readonly kind: "asking" }
    | { readonly kind: "readers"; readonly readers: readonly ReaderView[] }
    | { readonly kind: "absent"; readonly reason: string; readonly mend: string };
  readonly ports: readonly { readonly path: string; readonly name: string }[];
  readonly lab:
    | { readonly kind: "down" }
    | { readonly kind: "crashed" }
    | {
        readonly kind: "up";
        readonly since: string;
        readonly slots: readonly { readonly slot: number; readonly reader: string; readonly card: string }[];
      };
}

/** A file to choose from. */
export interface FileChoice {
  readonly file: string;
  /** One line for people. */
  readonly label: string;
  /** Role that it is for, where it says so. */
  readonly role?: string | undefined;
}

export interface ChoicesView {
  readonly benches: readonly (FileChoice & { readonly kind: string })[];
  /** The bench that is chosen at first. */
  readonly bench: string;
  readonly pics: readonly FileChoice[];
  readonly pixit: readonly FileChoice[];
  /** `cases` counts them by whose a failure is: "card", "server" … */
  readonly suites: readonly { readonly name: string; readonly cases: Readonly<Record<string, number>> }[];
  readonly cardKinds: readonly string[];
  /** Roles that can be under test beside the four devices. */
  readonly otherRoles: readonly string[];
  readonly version: string;
}

/** A PICS or PIXIT: none, one of the files that are offered, or text that somebody typed or uploaded. */
export type Claims =
  | { readonly kind: "none" }
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "text"; readonly text: string };

/** What somebody filled in. Empty SPECs mean: as the bench description says. */
export interface RunForm {
  readonly bench: string;
  /** Role under test; empty: the whole system. */
  readonly iut: string;
  readonly card: string;
  readonly psam: string;
  readonly terminal: string;
  readonly pics: Claims;
  readonly pixit: Claims;
  readonly mode: "certification" | "engineering";
  /** Only for engineering; empty: all. */
  readonly suites: readonly string[];
}

export type Field = keyof RunForm | "form";

/** What is wrong, beside its field. */
export interface FieldError {
  readonly field: Field;
  readonly message: string;
  readonly mend?: string | undefined;
}

export interface Preview {
  readonly errors: readonly FieldError[];
  /** Cases that would be selected; absent when something is wrong. */
  readonly cases?: number | undefined;
  /** About how long they take, ms, where that is known. */
  readonly aboutMs?: number | undefined;
}

export interface CaseView {
  readonly id: string;
  readonly purpose: string;
  readonly word: CaseWord;
  readonly reason: string;
  readonly owner: string;
}

/** The run that is under way. */
export interface RunView {
  readonly id: string;
  /** "Card · virtual-lab · certification". */
  readonly title: string;
  readonly phase: "starting" | "running" | "closing";
  readonly stopping: boolean;
  readonly total: number;
  readonly done: number;
  readonly counts: Counts;
  /** Runs now. */
  readonly current?: { readonly id: string; readonly purpose: string } | undefined;
  /** About how long it still takes, ms, where that can be told. */
  readonly leftMs?: number | undefined;
  /** Wall time of the start, ms since 1970. */
  readonly startedMs: number;
  /** The last ones that ended, newest first. */
  readonly recent: readonly CaseView[];
  /** Those without a pass so far, oldest first; only the first ones. */
  readonly troubles: readonly CaseView[];
  /** What the bench said last. */
  readonly said: string;
}

/** The last message that passed. */
export interface ExchangeView {
  readonly link: string;
  readonly from: string;
  readonly to: string;
  /** Name of the message where it is known. */
  readonly name: string;
  readonly step: string;
  /** Element name and readable value, the first ones. */
  readonly elements: readonly (readonly [name: string, value: string])[];
  /** Upper-case hex, the first bytes. */
  readonly hex: string;
  /** Bytes in all. */
  readonly length: number;
  /** Messages so far. */
  readonly count: number;
}

/** A thing on the picture of the bench. */
export interface BoxView {
  readonly kind: string;
  readonly place: string;
  readonly label: string;
  readonly wire?: string | undefined;
  readonly holds: readonly BoxView[];
}

export interface PromptView {
  readonly id: number;
  readonly kind: string;
  readonly text: string;
  readonly place: string;
  readonly withinMs: number;
  /** Wall time of the server by which it is too late, ms since 1970. */
  readonly untilMs: number;
  readonly picture: { readonly name: string; readonly pc: readonly string[]; readonly boxes: readonly BoxView[] };
}

export interface LinkView {
  readonly label: string;
  readonly href: string;
}

/** The run that ended last while this station was up. */
export interface ResultView {
  readonly id: string;
  readonly title: string;
  readonly word: Word;
  readonly interrupted: boolean;
  /** Every failure is accepted by somebody. */
  readonly waived: boolean;
  readonly counts: Counts;
  readonly durationMs: number;
  /** Cases without a pass, the first ones. */
  readonly troubles: readonly CaseView[];
  /** How many there are in all. */
  readonly troubleCount: number;
  /** Why there are no results, where there are none. */
  readonly broken?: { readonly message: string; readonly mend?: string | undefined } | undefined;
  readonly links: readonly LinkView[];
  readonly form: RunForm;
}

export interface PastRun {
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly started: string;
  readonly device: string;
  readonly bench: string;
  readonly mode: string;
  readonly word: Word;
  /** It broke off, or was stopped. */
  readonly incomplete: boolean;
  readonly counts?: Counts | undefined;
  readonly links: readonly LinkView[];
}

/** What came of a look at the evidence of a run. */
export interface VerifyView {
  readonly id: string;
  readonly ok: boolean;
  readonly text: string;
}

/** Everything that the stream carries, by its name. */
export interface Parts {
  readonly devices: DevicesView;
  readonly choices: ChoicesView;
  readonly run: RunView | null;
  readonly exchange: ExchangeView | null;
  readonly prompt: PromptView | null;
  readonly result: ResultView | null;
  readonly history: readonly PastRun[];
}
export type PartName = keyof Parts;

export const PART_NAMES = [
  "devices",
  "choices",
  "run",
  "exchange",
  "prompt",
  "result",
  "history",
] as const satisfies readonly PartName[];

export const NO_COUNTS: Counts = { pass: 0, fail: 0, inconc: 0, error: 0, notApplicable: 0, notRun: 0 };
