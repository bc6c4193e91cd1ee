import type { ElementName } from "./elements.ts";

/** Elements that stand side by side without tags, for descriptions and fixed records; lengths are those of `elements.ts`. */
export const STRUCTURES = {
  /** Answer to INITIALIZE IEP, 27 bytes (`card-edge.md` 5.2). */
  INITRSP: ["PPIEP", "IDIEP", "ALGIEP", "DEXPIEP", "BALIEP", "CURRIEP", "CEXPIEP", "AMIEP", "NTIEP", "VKIEP", "R"],
  /** Data of DEBIT IEP, 53 bytes (`card-edge.md` 5.3). */
  DEBITDATA: ["PPPSAM", "IDPSAM", "NTPSAM", "MPDA", "CURRPDA", "CEXPPDA", "DTHR", "LOC", "IDTRX", "S2"],
  /** Data of INITIALIZE IEP for load, 34 bytes (`card-edge.md` 5.2a). */
  LOADINIT: ["MLDA", "CURRLDA", "CEXPLDA", "IDACQ", "DTHR", "IDTRX"],
  /** Answer to INITIALIZE IEP for load, 35 bytes: INITRSP and S1 (`card-edge.md` 5.2a). */
  LOADRSP: [
    "PPIEP",
    "IDIEP",
    "ALGIEP",
    "DEXPIEP",
    "BALIEP",
    "CURRIEP",
    "CEXPIEP",
    "AMIEP",
    "NTIEP",
    "VKIEP",
    "R",
    "S1",
  ],
  /** Data of CREDIT IEP, 15 bytes (`card-edge.md` 5.2b). */
  LOADDATA: ["MLDA", "CURRLDA", "CEXPLDA", "S2"],
  /** Answer to DEBIT IEP and CREDIT IEP, 16 bytes (`card-edge.md` 5.3). */
  CARDRSP: ["CC", "NTIEP", "BALIEP", "S3"],
  /** Message result, 39 bytes (`psam-edge.md` 4.4). */
  MSGRESULT: ["IDTRX", "CC", "NTPSAM", "PPIEP", "IDIEP", "NTIEP", "MPDA", "CURRPDA", "CEXPPDA"],
  /** Answer to PACKAGE: INITIALIZE IEP, 11 bytes (`psam-edge.md` 4.2). */
  PSAMID: ["PPPSAM", "IDPSAM", "NTPSAM"],
  /** Data of PACKAGE: DEBIT, 34 bytes (`psam-edge.md` 4.3). */
  PACKAGE: ["MPDA", "CURRPDA", "CEXPPDA", "DTHR", "LOC", "IDTRX"],
  /** Answer to GET BALANCE, 13 bytes (`card-edge.md` 5.5). */
  BALANCE: ["BALIEP", "BALmaxIEP", "CURRIEP", "CEXPIEP", "NTIEP"],
  /** Record 1 of the card information file, 21 bytes (`card-edge.md` 5.6). */
  CARDINFO: ["PPIEP", "IDIEP", "SNIEP", "DEXPIEP", "ALGIEP", "VKIEP"],
} as const satisfies Readonly<Record<string, readonly ElementName[]>>;

export type StructureName = keyof typeof STRUCTURES;
