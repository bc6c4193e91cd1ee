/** Fields inside INITRSP, DEBITDATA, CARDRSP and MSGRESULT, by the offsets of the specification, with what must follow. */
import { at, type Change } from "../support/alter.ts";
import { type Fate, PAID, RETRIED, refused, unresolved } from "./fate.ts";
import { type Alteration, row } from "./walk.ts";

type Place = readonly [offset: number, length: number];

/** `card-edge.md` 5.2. */
const INITRSP = {
  PPIEP: [0, 3],
  IDIEP: [3, 5],
  ALGIEP: [8, 1],
  DEXPIEP: [9, 3],
  BALIEP: [12, 4],
  CURRIEP: [16, 2],
  CEXPIEP: [18, 1],
  AMIEP: [19, 1],
  NTIEP: [20, 2],
  VKIEP: [22, 1],
  R: [23, 4],
} as const satisfies Readonly<Record<string, Place>>;

/** `card-edge.md` 5.3. */
const DEBITDATA = {
  PPPSAM: [0, 3],
  IDPSAM: [3, 4],
  NTPSAM: [7, 4],
  MPDA: [11, 4],
  CURRPDA: [15, 2],
  CEXPPDA: [17, 1],
  DTHR: [18, 7],
  LOC: [25, 4],
  IDTRX: [29, 16],
  S2: [45, 8],
} as const satisfies Readonly<Record<string, Place>>;

/** `card-edge.md` 5.3. */
const CARDRSP = { CC: [0, 2], NTIEP: [2, 2], BALIEP: [4, 4], S3: [8, 8] } as const satisfies Readonly<
  Record<string, Place>
>;

/** `psam-edge.md` 4.4. */
const MSGRESULT = {
  IDTRX: [0, 16],
  CC: [16, 2],
  NTPSAM: [18, 4],
  PPIEP: [22, 3],
  IDIEP: [25, 5],
  NTIEP: [30, 2],
  MPDA: [32, 4],
  CURRPDA: [36, 2],
  CEXPPDA: [38, 1],
} as const satisfies Readonly<Record<string, Place>>;

/** Puts a change of the structure to its place in the message. */
export type Within = (change: Change) => Change;

/** S2 covers it: the card answers 9302 and is not debited, the transaction ends with 9404 (S2 wrong; `messages.md` 5). */
const S2_WRONG = "9404";

/** The certificate of a public key card is of another one (`psam-edge.md` 4.2a). */
const OTHER_CARDS_CERTIFICATE = "9421";

/** The draw request holds certificates, and its AMIEP is not that of a public key card (`messages.md`). */
const CERTIFICATES_ASTRAY = "A001";

/**
 * Whoever judges the card first may refuse it; what nobody else looks at makes S2 wrong. `checked`: the head end still
 * compares it with the sale.
 */
export function initResponseRows(within: Within, checked: boolean): readonly Alteration[] {
  const currency = checked ? "A013" : "9414";
  const ends: Readonly<Record<keyof typeof INITRSP, readonly string[]>> = {
    PPIEP: ["9410", S2_WRONG],
    IDIEP: ["9412", OTHER_CARDS_CERTIFICATE, S2_WRONG],
    ALGIEP: ["9411", "9403", S2_WRONG],
    DEXPIEP: ["A012", "9413", S2_WRONG],
    BALIEP: ["A014", "9401", S2_WRONG],
    CURRIEP: [currency],
    CEXPIEP: [currency],
    AMIEP: ["9411", CERTIFICATES_ASTRAY],
    NTIEP: [S2_WRONG],
    VKIEP: ["9403", S2_WRONG],
    R: [S2_WRONG],
  };
  return rows("INITRSP", INITRSP, within, (field) => [refused(...ends[field])]);
}

/** S2 covers all of it. Where the set-top box still comes, it puts the page's amount back (618). */
export function debitDataRows(within: Within, restoresMPDA: boolean): readonly Alteration[] {
  return rows("DEBITDATA", DEBITDATA, within, (field) =>
    field === "MPDA" && restoresMPDA ? [PAID] : [refused(S2_WRONG)],
  );
}

/** As the terminal's answer on its way to the payment server, which compares sale and command before anything leaves. */
export function issuedCommandRows(within: Within): readonly Alteration[] {
  const compared: readonly string[] = ["MPDA", "CURRPDA", "CEXPPDA", "IDTRX"];
  return rows("DEBITDATA", DEBITDATA, within, (field) => [
    compared.includes(field) ? refused("A008") : refused(S2_WRONG),
  ]);
}

/** S3 covers all of it: once wrong the card is asked again. */
export function cardResponseRows(within: Within): readonly Alteration[] {
  return rows("CARDRSP", CARDRSP, within, () => [RETRIED]);
}

/** Wrong again and again: nobody can decide, and nothing is lost. */
export function persistentCardResponseRow(within: Within): Alteration {
  return { ...row("CARDRSP.S3, every time", within(at(...CARDRSP.S3)), unresolved()), every: true };
}

/** Not about this very debit: no confirmation before the security card has said it right (9416 in the recovery). */
export function messageResultRows(within: Within): readonly Alteration[] {
  return rows("MSGRESULT", MSGRESULT, within, () => [unresolved()]);
}

function rows<Name extends string>(
  structure: string,
  places: Readonly<Record<Name, Place>>,
  within: Within,
  fatesOf: (field: Name) => readonly Fate[],
): readonly Alteration[] {
  const names = Object.keys(places) as Name[];
  return names.map((name) => {
    const [offset, length] = places[name];
    return row(`${structure}.${name}`, within(at(offset, length)), ...fatesOf(name));
  });
}
