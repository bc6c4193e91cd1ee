/** The items of the PICS proforma (`fixtures/pics/README.md`): one table for whoever numbers, reviews or reports them. */

export type ProformaRole = "card" | "psam" | "reader" | "terminal";

export interface ProformaItem {
  /** "C.1". */
  readonly item: string;
  /** Name in the PICS, under `claims`. */
  readonly field: string;
  /** m mandatory, o optional, o.n at least one value, c conditional as said. */
  readonly status: string;
  readonly asks: string;
  /** Clause of the edge of the role, or of the document that is named. */
  readonly reference: string;
  /** Of a conditional item: what of the other claims it needs. A claim that is absent is not limited. */
  readonly needs?: (claims: Claims) => boolean;
}

/** As a PICS has them. */
export type Claims = Readonly<Record<string, unknown>>;

/** Whether `field` is not limited, or one of its values is one of `values`. */
function allows(field: string, ...values: readonly string[]): (claims: Claims) => boolean {
  return (claims) => {
    const claimed = claims[field];
    return !Array.isArray(claimed) || claimed.some((each) => values.includes(String(each)));
  };
}

const hasBlocks = allows("protocols", "T=1");
const isSmart = ({ kind }: Claims) => kind !== "dumb";

export const PROFORMA: Readonly<Record<ProformaRole, readonly ProformaItem[]>> = {
  card: [
    item("C.1", "ALGIEP", "o.1", "signature algorithms: 04 two-key triple DES, 05 AES-128, 10 RSA", "2"),
    item("C.2", "AMIEP", "c", "01 if C.1 has 04 or 05, 02 if it has 10, and not else", "2"),
    item("C.3", "protocols", "o.2", "T=0, T=1", "1"),
    item("C.4", "IFSC", "c: T=1", "bytes of information that it takes in a block, 32 to 254", "1", hasBlocks),
    item("C.5", "BWI", "c: T=1", "0 to 4", "1", hasBlocks),
    item("C.6", "CURR", "o", "currencies that it is issued in, four digits", "2"),
    item("C.7", "logRecords", "m", "transactions in the log, 10 to 254", "5.6"),
    item(
      "C.8",
      "personalise",
      "c: mode 01",
      "comes supplied as well and takes PERSONALISE",
      "5.7",
      allows("AMIEP", "01"),
    ),
  ],
  psam: [
    item("P.1", "ALGIEP", "o.1", "algorithms of cards that it takes, as C.1", "1"),
    item("P.2", "protocols", "o.2", "T=0, T=1", "card-edge.md 1"),
    item("P.3", "PPIEP", "o", "providers whose cards it takes, six digits; times P.4 at most 15", "1, 4.6"),
    item("P.4", "CURR", "o", "currencies served, four digits", "1"),
    item(
      "P.5",
      "keyGenerations",
      "c: 04 or 05",
      "room for master keys, over all providers",
      "4.10",
      allows("ALGIEP", "04", "05"),
    ),
    item("P.6", "blockedCards", "o", "room in the list of blocked cards, at most 10,000", "4.10"),
    item("P.7", "confirmedRecords", "m", "confirmed transactions that it remembers, 1,000 at least", "2"),
  ],
  reader: [
    item("R.1", "slots", "m", "places for cards", "ISO/IEC 7816-3"),
    item("R.2", "protocols", "o.1", "T=0, T=1", "card-edge.md 1"),
    item(
      "R.3",
      "IFSD",
      "c: T=1",
      "bytes of information that it takes in a block, 32 to 254; not with exchange: character",
      "ISO/IEC 7816-3, 11.4",
      (claims) => hasBlocks(claims) && claims.exchange !== "character",
    ),
    item("R.4", "exchange", "m", "character, TPDU, short APDU, extended APDU", "CCID dwFeatures"),
    item("R.5", "tellsRemoval", "m", "insertion and removal are told without being asked", "PC/SC 2"),
    item("R.6", "warmReset", "o", "resets a card that keeps its power", "ISO/IEC 7816-3, 6.2.3"),
    item("R.7", "cardBaud", "o", "highest rate of the card's line, bit/s", "ISO/IEC 7816-3, 9"),
  ],
  terminal: [
    item("T.1", "kind", "m", "smart, dumb", "messages.md 5, dumb terminals"),
    item("T.2", "bauds", "m", "rates of the line, bit/s; 9600 among them", "serial-line.md"),
    item(
      "T.3",
      "storeRecords",
      "c: smart",
      "records of the data store, 1,000 at least; none of a dumb terminal",
      "messages.md 5, data store",
      isSmart,
    ),
    item("T.4", "reversal", "c: smart", "takes issued transactions back (T-cancel)", "messages.md 5", isSmart),
    item("T.5", "exchangeablePsam", "m", "the PSAM is a card in a slot that can be exchanged", ""),
    item(
      "T.6",
      "psamProtocols",
      "c: T.5 yes",
      "protocols of that slot",
      "card-edge.md 1",
      ({ exchangeablePsam }) => exchangeablePsam !== false,
    ),
  ],
};

function item(
  number: string,
  field: string,
  status: string,
  asks: string,
  reference: string,
  needs?: ProformaItem["needs"],
): ProformaItem {
  return { item: number, field, status, asks, reference, ...(needs ? { needs } : {}) };
}
