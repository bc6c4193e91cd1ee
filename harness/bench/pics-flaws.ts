/** Where a PICS contradicts itself: claims, each of which a device of its kind may make, that no device can keep together. */
import type { CardClaims, PsamClaims, ReaderClaims, TerminalClaims } from "./claims.ts";

export interface PicsFlaw {
  readonly path: PropertyKey[];
  /** What contradicts what, with the proforma's item, and how to mend it. */
  readonly message: string;
}

/** As much of a PICS as flaws are looked for in. */
export type Claiming =
  | { readonly role: "card"; readonly claims: CardClaims }
  | { readonly role: "psam"; readonly claims: PsamClaims }
  | { readonly role: "reader"; readonly claims: ReaderClaims }
  | { readonly role: "terminal"; readonly claims: TerminalClaims };

/** Lines of READ TOTALS, one for each provider and currency (`psam-edge.md` 4.6). */
const TOTALS_LINES = 15;
/** Records that a data store keeps at least (`messages.md` 5). */
const STORE_RECORDS = 1_000;

export function picsFlaws(pics: Claiming): readonly PicsFlaw[] {
  switch (pics.role) {
    case "card":
      return cardFlaws(pics.claims);
    case "psam":
      return psamFlaws(pics.claims);
    case "reader":
      return readerFlaws(pics.claims);
    case "terminal":
      return terminalFlaws(pics.claims);
  }
}

function cardFlaws({ ALGIEP, AMIEP, protocols, IFSC, BWI, CURR, personalise }: CardClaims): PicsFlaw[] {
  const hasSecretKey = ALGIEP?.some((each) => each !== "10") ?? true;
  const hasPublicKey = ALGIEP?.includes("10") ?? true;
  const flaws = [
    ...twice("ALGIEP", ALGIEP),
    ...twice("AMIEP", AMIEP),
    ...twice("protocols", protocols),
    ...twice("CURR", CURR),
    ...blockItems(protocols, { IFSC, BWI }),
  ];
  if (AMIEP?.includes("02") && !hasPublicKey) {
    flaws.push(
      flaw("AMIEP", "C.2: mode 02 (public key) goes with ALGIEP 10, which C.1 does not claim: add 10, or drop 02"),
    );
  }
  if (AMIEP?.includes("01") && !hasSecretKey) {
    flaws.push(flaw("AMIEP", "C.2: mode 01 (secret key) goes with ALGIEP 04 or 05, which C.1 does not claim: drop 01"));
  }
  if (AMIEP && ALGIEP && hasPublicKey && !AMIEP.includes("02")) {
    flaws.push(flaw("ALGIEP", "C.1: ALGIEP 10 goes with mode 02, which C.2 does not claim: drop 10, or add 02 to C.2"));
  }
  if (AMIEP && ALGIEP && hasSecretKey && !AMIEP.includes("01")) {
    flaws.push(flaw("ALGIEP", "C.1: ALGIEP 04 and 05 go with mode 01, which C.2 does not claim: add 01 to C.2"));
  }
  if (personalise && (!hasSecretKey || (AMIEP && !AMIEP.includes("01")))) {
    flaws.push(flaw("personalise", "C.8: PERSONALISE issues secret key cards only, and none is claimed: say no"));
  }
  return flaws;
}

function psamFlaws({ ALGIEP, protocols, PPIEP, CURR, keyGenerations }: PsamClaims): PicsFlaw[] {
  const flaws = [
    ...twice("ALGIEP", ALGIEP),
    ...twice("protocols", protocols),
    ...twice("PPIEP", PPIEP),
    ...twice("CURR", CURR),
  ];
  const lines = (PPIEP?.length ?? 1) * (CURR?.length ?? 1);
  if (lines > TOTALS_LINES) {
    const path = PPIEP ? "PPIEP" : "CURR";
    flaws.push(
      flaw(path, `${PPIEP ? "P.3" : "P.4"}: providers times currencies are ${lines}, and READ TOTALS has 15 lines`),
    );
  }
  const isPublicKeyOnly = ALGIEP?.every((each) => each === "10") ?? false;
  if (keyGenerations !== undefined && isPublicKeyOnly) {
    flaws.push(
      flaw("keyGenerations", "P.5: key generations are of ALGIEP 04 and 05, and P.1 claims neither: leave it out"),
    );
  }
  if (keyGenerations !== undefined && PPIEP && keyGenerations < PPIEP.length) {
    flaws.push(flaw("keyGenerations", `P.5: fewer key generations than the ${PPIEP.length} providers of P.3`));
  }
  return flaws;
}

function readerFlaws({ protocols, IFSD, exchange }: ReaderClaims): PicsFlaw[] {
  const flaws = [...twice("protocols", protocols), ...blockItems(protocols, { IFSD })];
  if (IFSD !== undefined && exchange === "character") {
    flaws.push(flaw("IFSD", "R.3: a reader that passes characters on (R.4) makes no blocks: leave IFSD out"));
  }
  return flaws;
}

function terminalFlaws({ kind, bauds, storeRecords, reversal, exchangeablePsam, psamProtocols }: TerminalClaims) {
  const flaws = [...twice("bauds", bauds), ...twice("psamProtocols", psamProtocols)];
  if (bauds && !bauds.includes("9600")) {
    flaws.push(flaw("bauds", "T.2: 9600 bit/s is missing, which every terminal has (serial-line.md): add it"));
  }
  const keeps = storeRecords !== undefined && storeRecords > 0;
  if (kind === "dumb" && keeps) {
    flaws.push(
      flaw("storeRecords", "T.3: the payment server keeps the data store of a dumb terminal (T.1): leave it out"),
    );
  }
  if (kind === "dumb" && reversal) {
    flaws.push(flaw("reversal", "T.4: a dumb terminal (T.1) knows no T-cancel; its payment server reverses: say no"));
  }
  if (kind !== "dumb" && storeRecords !== undefined && storeRecords < STORE_RECORDS) {
    const what =
      reversal && storeRecords === 0 ? "T.4 claims reversal, which is told in the data store alone, and " : "";
    const message = `T.3: ${what}a smart terminal keeps at least 1,000 records: correct it, or say kind: dumb (T.1)`;
    flaws.push(flaw("storeRecords", message));
  }
  if (psamProtocols && exchangeablePsam === false) {
    flaws.push(flaw("psamProtocols", "T.6: T.5 says that the PSAM is built in: leave its protocols out"));
  }
  return flaws;
}

/** Items that only blocks of T=1 have. */
function blockItems(
  protocols: readonly string[] | undefined,
  items: Readonly<Record<string, number | undefined>>,
): PicsFlaw[] {
  if (!protocols || protocols.includes("T=1")) return [];
  return Object.entries(items)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => flaw(name, `${name} is of T=1, which is not claimed: leave it out, or add T=1 to the protocols`));
}

function twice(name: string, values: readonly string[] | undefined): PicsFlaw[] {
  const doubled = values?.findIndex((value, index) => values.indexOf(value) < index) ?? -1;
  return doubled < 0 ? [] : [{ path: ["claims", name, doubled], message: "expected each only once" }];
}

function flaw(name: string, message: string): PicsFlaw {
  return { path: ["claims", name], message };
}
