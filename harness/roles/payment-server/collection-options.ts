import type { HttpClient } from "../../link/exchange.ts";
import type { CollectRole } from "./collect-model.ts";

/** Where a payment server's batches go, and as whom it sends them (`clearing.md` 3 and 4). */
export interface CollectionOptions {
  /** 1 to 32 printable ASCII characters. */
  readonly IDCP: string;
  /** 8 digits. */
  readonly IDACQUIRER: string;
  /** Link batch. */
  readonly http: HttpClient;
  /** Of the concentration point, or of the clearing system where batches go there directly. */
  readonly origin: string;
  readonly isDirect?: boolean;
  /** For an answer; 15,000 when absent. */
  readonly collectorMs?: number;
  /** Another model in place of the reference one, e.g. with a seeded defect. */
  readonly role?: CollectRole;
}
