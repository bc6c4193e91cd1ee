import type { LayerElements } from "../../protocol/messages/encryption-layer.ts";
import type { Balance } from "../../protocol/messages/get-balance.ts";
import type { LoadPage } from "../../protocol/messages/layouts.ts";
import type { LoadTerms } from "./pending-load.ts";

/** What the user asks for when the card is to be loaded (871). */
export interface LoadOrder {
  /** 16 hex digits. */
  readonly SESSION: string;
  /** Site of the account holder. */
  readonly SITE: string;
  /** 1 to 34 characters. */
  readonly ACCOUNT: string;
}

/** The load's part of a session; undefined where the session is none of a load. */
export interface LoadState {
  /** Undefined in a recovery. */
  readonly order: LoadOrder | undefined;
  /** 1 bank, 2 pre-funded, once the head end has asked for the card (872). */
  readonly SOURCE: number | undefined;
  /** The card of the balance, or of the load to recover. */
  readonly card: { readonly PPIEP: string; readonly IDIEP: string } | undefined;
  /** What the card answered to GET BALANCE (872). */
  readonly balance: Balance | undefined;
  readonly page: LoadPage | undefined;
  /** The page, or the load to recover. */
  readonly terms: (LoadTerms & LayerElements) | undefined;
  /** How often the user was asked for the amount. */
  readonly asked: number;
  /** The user's amount, minor units. */
  readonly MLDA: number | undefined;
  /** What the card is to be initialised with, 34 bytes: set while it is. */
  readonly LOADINIT: Uint8Array | undefined;
  /** How often the card was initialised. */
  readonly initialised: number;
}

export function newLoad(order?: LoadOrder): LoadState {
  return {
    order,
    SOURCE: undefined,
    card: undefined,
    balance: undefined,
    page: undefined,
    terms: undefined,
    asked: 0,
    MLDA: undefined,
    LOADINIT: undefined,
    initialised: 0,
  };
}
