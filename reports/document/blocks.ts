/**
 * A report as content, before it is a page or a PDF: `reports/html` and `reports/pdf` render the same document. Text is plain
 * (no markup in it) and may hold anything that a device said; renderers escape and clean it.
 */
import type { Outcome } from "../../harness/evidence/verdict.ts";
import type { Elements, Exchange, Logo } from "../record/run-record.ts";
import type { Picture } from "../sequence/layout.ts";

export type { Logo } from "../record/run-record.ts";

/** A run of text. */
export type Inline =
  | string
  | { readonly kind: "strong" | "code"; readonly text: string }
  /** To the anchor of a section or row of the same document. */
  | { readonly kind: "link"; readonly text: string; readonly to: string }
  /** Word and mark of an outcome in its colour; it may lead somewhere, as a link does. */
  | { readonly kind: "status"; readonly outcome: Outcome; readonly to?: string | undefined }
  /** Of a requirement that no case of the run has tested: as a status, in words and colour of what was not run. */
  | { readonly kind: "untested" }
  /** Said beside something else, smaller and on a line of its own. */
  | { readonly kind: "aside"; readonly text: string }
  /** Upper-case hex, shown in groups. */
  | { readonly kind: "hex"; readonly bytes: string }
  | { readonly kind: "break" };

export type Text = Inline | readonly Inline[];

export interface Column {
  readonly title: string;
  /** "wide" holds ids, one to a line; "number" aligns right; "fixed" does not wrap. */
  readonly look?: "wide" | "number" | "fixed" | undefined;
  /** Share of the width in print; 1 when absent. */
  readonly weight?: number | undefined;
}

export interface Row {
  readonly cells: readonly Text[];
  readonly id?: string | undefined;
  /** What filters of the page sort it by: an outcome, usually. */
  readonly show?: string | undefined;
  /** The row that the text around is about. */
  readonly marked?: boolean | undefined;
}

/** One mark of a plot of times; all in milliseconds. */
export interface Spread {
  readonly name: string;
  readonly count: number;
  readonly minMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Counts in bins of equal width on a logarithmic axis from the least to the greatest time of the plot. */
  readonly bins: readonly number[];
}

export type Block =
  | { readonly kind: "paragraph"; readonly text: Text }
  | { readonly kind: "list"; readonly items: readonly Text[] }
  /** The large verdict of the first page; `waived` when every failure is accepted by somebody. */
  | { readonly kind: "verdict"; readonly outcome: Outcome; readonly text: Text }
  | { readonly kind: "reservations"; readonly items: readonly Text[] }
  /** Names and values. */
  | {
      readonly kind: "pairs";
      readonly caption: string;
      readonly rows: readonly (readonly [name: string, value: Text])[];
    }
  /** Lines for a hand to fill in. */
  | { readonly kind: "blanks"; readonly caption: string; readonly names: readonly string[] }
  /** `filter`: the page offers to show only rows of one kind. `scroll`: it may be wider than the page. */
  | {
      readonly kind: "table";
      readonly caption: string;
      readonly columns: readonly Column[];
      readonly rows: readonly Row[];
      readonly filter?: boolean | undefined;
      readonly scroll?: boolean | undefined;
    }
  /** Expected and actual exchange side by side, field by field; what differs is marked. */
  | {
      readonly kind: "comparison";
      readonly caption: string;
      readonly expectedFrom: string;
      readonly rows: readonly {
        readonly name: string;
        readonly expected: Text;
        readonly actual: Text;
        readonly differs: boolean;
        /** It differs from run to run, and says nothing. */
        readonly varies?: boolean | undefined;
      }[];
    }
  /** Recorded exchanges of a case; `at` is the line that the verdict is about. */
  | {
      readonly kind: "exchanges";
      readonly caption: string;
      readonly caseId: string;
      readonly exchanges: readonly Exchange[];
      /** Earlier ones that are not shown, and later ones. */
      readonly left: number;
      readonly after: number;
      readonly at?: number | undefined;
    }
  /** Who says what to whom; each picture fits a page. */
  | { readonly kind: "sequence"; readonly caption: string; readonly id: string; readonly pictures: readonly Picture[] }
  /** Distribution of times, one line for each name. */
  | { readonly kind: "spreads"; readonly caption: string; readonly id: string; readonly spreads: readonly Spread[] };

/** Numbered as ISO/IEC 9646-5 numbers its clauses: "1", "1.1". */
export interface Section {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly sections?: readonly Section[] | undefined;
  /** Begins on a new page in print. */
  readonly newPage?: boolean | undefined;
}

/** The whole report of one device. */
export interface ReportDocument {
  readonly title: string;
  readonly subject: string;
  /** Printed at the foot of every page: number of the report. */
  readonly number: string;
  /** ISO 8601 UTC: of the evidence, never of the rendering, so that rendering again gives the same bytes. */
  readonly dated: string;
  readonly laboratory?:
    | { readonly name: string; readonly lines: readonly string[]; readonly logo?: Logo | undefined }
    | undefined;
  readonly summary: Section;
  readonly sections: readonly Section[];
  /** For the document's own properties: title, author and the like are taken from the fields above. */
  readonly properties: Elements;
}
