import type { HttpRequest, HttpResponse } from "../../link/exchange.ts";
import type { EndOutput, LogOutput } from "../role.ts";
import type { Claim } from "./claim.ts";
import type { LayerRandomness } from "./layer.ts";
import type { Sale, SaleEnd } from "./sale.ts";
import type { MerchantSite } from "./site.ts";

/** What one request's handling is told. */
export type MerchantInput =
  | {
      readonly kind: "request";
      readonly request: HttpRequest;
      /** A fresh random identifier, 32 hex digits, for the sale that the request may open. */
      readonly IDTRX: string;
      /** Fresh randomness for its keys; of sites with the encryption layer only. */
      readonly layer?: LayerRandomness | undefined;
    }
  | { readonly kind: "sale"; readonly sale: Sale | undefined }
  /** False: the sale had ended before. */
  | { readonly kind: "concluded"; readonly isFirst: boolean };

export type MerchantOutput =
  | LogOutput
  | EndOutput
  | { readonly kind: "add-sale"; readonly sale: Sale }
  | { readonly kind: "find-sale"; readonly IDTRX: string }
  | { readonly kind: "conclude-sale"; readonly IDTRX: string; readonly status: SaleEnd }
  | { readonly kind: "respond"; readonly response: HttpResponse };

export type MerchantPhase =
  | { readonly at: "request" }
  | {
      readonly at: "sale";
      readonly claim: Claim;
      /** Of the user for whom the status URL was called; undefined when nobody's. */
      readonly SESSION: string | undefined;
      /** It came from the payment server itself (link 238). */
      readonly isDirect: boolean;
    }
  | { readonly at: "conclusion"; readonly sale: Sale; readonly status: SaleEnd }
  | { readonly at: "answered" };

export interface MerchantState {
  readonly site: MerchantSite;
  readonly phase: MerchantPhase;
}
