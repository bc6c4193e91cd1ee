import type { PurchaseObservation } from "../../../harness/flows/system.ts";
import type { Books } from "../support/conservation.ts";
import type { Column } from "./columns.ts";
import type { Blow } from "./disturbances.ts";
import type { Scheme } from "./schemes.ts";
import type { Word } from "./words.ts";

/** A place of the fault matrix. */
export interface Place {
  readonly scheme: Scheme;
  readonly word: Word;
  readonly column: Column;
}

/** A disturbed purchase that is over, and what it is judged by. */
export interface Ended {
  readonly place: Place;
  readonly blow: Blow;
  readonly start: Books;
  readonly seen: PurchaseObservation;
  readonly after: Books;
}
