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
  readonly status: "open" | "released" | "failed";
  /** Session of the user who ordered, 16 hex digits. */
  readonly SESSION: string;
}

/** Where sales are kept; it outlives a merchant server that is started again. */
export interface SaleStore {
  add(sale: Sale): Promise<void>;
  find(IDTRX: string): Promise<Sale | undefined>;
  /** Ends an open sale; false when it had ended before. Exactly one of several at once gets true. */
  conclude(IDTRX: string, status: "released" | "failed"): Promise<boolean>;
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
      if (sale?.status !== "open") return false;
      sales.set(IDTRX, { ...sale, status });
      return true;
    },
    all: async () => [...sales.values()],
  };
}
