/** BATCHNO (`clearing.md` 1): PPPSAM 3, 00, IDPSAM 4: the PSAM whose collection a batch is. */
export interface BatchPsam {
  /** 6 digits. */
  readonly PPPSAM: string;
  /** 8 hex digits. */
  readonly IDPSAM: string;
}

/** 16 hex digits. */
export function batchNumber({ PPPSAM, IDPSAM }: BatchPsam): string {
  return `${PPPSAM}00${IDPSAM}`;
}

/** The PSAM of that batch; undefined when BATCHNO is not made as it must be. */
export function psamOfBatch(BATCHNO: string): BatchPsam | undefined {
  const [, PPPSAM, IDPSAM] = /^(\d{6})00([0-9A-F]{8})$/.exec(BATCHNO) ?? [];
  return PPPSAM === undefined || IDPSAM === undefined ? undefined : { PPPSAM, IDPSAM };
}
