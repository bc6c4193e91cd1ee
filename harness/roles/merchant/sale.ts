/** The merchant's own record of a sale. */
export interface Sale {
  /** 32 hex digits, upper case. */
  readonly IDTRX: string;
  readonly ITEM: string;
  readonly QUANTITY: number;
  /** Total, minor units. */
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
  /** `paid`: confirmed directly by the payment server, not delivered yet. */
  readonly status: "open" | SaleEnd;
  /** Session of the user who ordered, 16 hex digits. */
  readonly SESSION: string;
  /** Random number under the encryption layer, 16 hex digits: with it the derived key is made again. The TSK is not kept. */
  readonly RND?: string;
}

/** What a sale becomes; `paid` may still become `released`, the others are for good. */
export type SaleEnd = "paid" | "released" | "failed";

/** Where sales are kept; it outlives a merchant server that is started again. */
export interface SaleStore {
  add(sale: Sale): Promise<void>;
  find(IDTRX: string): Promise<Sale | undefined>;
  /** Ends an open sale, or releases a paid one; false when it had ended before. Exactly one of several at once gets true. */
  conclude(IDTRX: string, status: SaleEnd): Promise<boolean>;
  all(): Promise<readonly Sale[]>;
}

export function memorySaleStore(): SaleStore {
  const sales = new Map<string, Sale>();
  return {
    async add(sale) {
      sales.set(sale.IDTRX, sale);
    },
    find: async (IDTRX) => sales.get(IDTRX),
    async conclude(IDTRX, status) {
      const sale = sales.get(IDTRX);
      if (sale === undefined || !mayBecome(sale, status)) return false;
      sales.set(IDTRX, { ...sale, status });
      return true;
    },
    all: async () => [...sales.values()],
  };
}

function mayBecome({ status }: Sale, next: SaleEnd): boolean {
  return status === "open" || (status === "paid" && next === "released");
}
