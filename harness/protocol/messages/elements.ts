/**
 * THE table of data elements: tag where one exists, length in bytes, coding, meaning (`messages.md` 1, `card-edge.md` 2 and 5,
 * `psam-edge.md` 1). Names are those that the standard prints; nothing above renames them.
 *
 * kind      value in code                 on the wire
 * bytes     Uint8Array                    as it is
 * integer   number                        big-endian, unsigned
 * hex       upper-case hex text           the bytes of the text (identifiers, codes)
 * bcd       decimal digits as text        two digits a byte
 * ascii     text                          printable ASCII, 20 to 7E
 * utf8      text                          UTF-8
 */
export type ElementKind = "bytes" | "integer" | "hex" | "bcd" | "ascii" | "utf8";

export interface ElementSpec {
  /** Two-byte tag; absent where the element only stands inside another one. */
  readonly tag?: number;
  readonly kind: ElementKind;
  /** Shortest and longest value in bytes. */
  readonly min: number;
  readonly max: number;
  /** The length is `min` plus a multiple of this. */
  readonly step?: number;
  /** Only these lengths, where they are not evenly spaced. */
  readonly lengths?: readonly number[];
  /** Only these numbers are values of the element. */
  readonly from?: number;
  readonly to?: number;
  /** Letters A to Z and digits only. */
  readonly alphanumeric?: true;
  readonly meaning: string;
}

const fixed = <K extends ElementKind>(kind: K, length: number, meaning: string) => ({
  kind,
  min: length,
  max: length,
  meaning,
});

const between = <K extends ElementKind>(kind: K, min: number, max: number, meaning: string) => ({
  kind,
  min,
  max,
  meaning,
});

export const ELEMENTS = {
  // Identity of cards and security cards
  PPIEP: { tag: 0xdf01, ...fixed("bcd", 3, "purse provider") },
  IDIEP: { tag: 0xdf02, ...fixed("bcd", 5, "purse number") },
  PPPSAM: { tag: 0xdf10, ...fixed("bcd", 3, "provider of the security card") },
  IDPSAM: { tag: 0xdf11, ...fixed("hex", 4, "number of the security card") },
  NTPSAM: { tag: 0xdf12, ...fixed("integer", 4, "transaction number of the security card") },
  SNIEP: { tag: 0xdf1e, ...fixed("hex", 8, "serial number written by the card supplier") },
  profile: { tag: 0xdf1f, ...between("ascii", 5, 6, "profile of the application") },

  // The sale
  MPDA: { tag: 0xdf13, ...fixed("integer", 4, "purchase amount in minor units"), from: 1, to: 0xffff_ffff },
  CURRPDA: { tag: 0xdf14, ...fixed("bcd", 2, "currency of the purchase, ISO 4217 numeric") },
  CEXPPDA: { tag: 0xdf15, ...fixed("integer", 1, "decimals of the purchase amount"), from: 0, to: 3 },
  DTHR: { tag: 0xdf16, ...fixed("bcd", 7, "date and time YYYYMMDDhhmmss, UTC") },
  LOC: { tag: 0xdf17, ...fixed("bcd", 4, "location code of the terminal") },
  IDMER: { tag: 0xdf20, ...fixed("ascii", 8, "merchant, as the acquirer names it"), alphanumeric: true },
  IDTRX: { tag: 0xdf21, ...fixed("hex", 16, "transaction, as the merchant names it") },
  IDTERM: { tag: 0xdf22, ...fixed("hex", 4, "terminal") },
  ITEM: { tag: 0xdf34, ...between("ascii", 1, 64, "item of the merchant's catalogue") },
  QUANTITY: { tag: 0xdf35, ...fixed("integer", 1, "how many of the item"), from: 1, to: 255 },
  PAYMENT: { tag: 0xdf36, ...fixed("integer", 1, "way of payment, 01 smart card"), from: 1, to: 1 },
  SESSION: { tag: 0xdf37, ...fixed("hex", 8, "session of the user at the head end") },
  SITE: { tag: 0xdf3d, ...between("ascii", 1, 64, "merchant site that the user visits") },

  // What passes between the cards
  ATR: { tag: 0xdf23, ...between("bytes", 2, 33, "answer to reset of the card") },
  INITRSP: { tag: 0xdf24, ...fixed("bytes", 27, "answer of the card to INITIALIZE IEP") },
  DEBITDATA: { tag: 0xdf25, ...fixed("bytes", 53, "data of DEBIT IEP") },
  CARDRSP: { tag: 0xdf26, ...between("bytes", 0, 16, "answer of the card to DEBIT IEP"), step: 16 },
  SW: { tag: 0xdf27, ...fixed("hex", 2, "status word of that answer, 0000 when there was none") },
  RECOVERED: { tag: 0xdf28, ...fixed("integer", 1, "01: read with GET PREVIOUS IEP SIGNATURE"), from: 0, to: 1 },
  MSGRESULT: { tag: 0xdf29, ...fixed("bytes", 39, "message result of the security card") },
  CC: { tag: 0xdf1b, ...fixed("hex", 2, "completion or reason code") },

  // The page and what follows from it
  HOST: { tag: 0xdf2a, ...between("ascii", 1, 253, "host of the payment server") },
  PORT: { tag: 0xdf2b, ...fixed("integer", 2, "port of the payment server"), from: 1, to: 65_535 },
  URL: { tag: 0xdf2c, ...between("ascii", 1, 1024, "status address at the merchant") },
  RELEASE: { tag: 0xdf2d, ...between("ascii", 1, 16, "release level of the code module") },
  ENCRYPTION: { tag: 0xdf2e, ...between("ascii", 1, 16, "encryption method") },
  SECINFO: { tag: 0xdf2f, ...fixed("bytes", 8, "security information of the merchant") },
  TOKEN: { tag: 0xdf30, ...fixed("integer", 1, "draw request token, D1"), from: 0xd1, to: 0xd1 },
  STATE: { tag: 0xdf31, ...fixed("integer", 1, "state of the card, 01 waits for the debit command"), from: 1, to: 1 },
  CONF: {
    tag: 0xdf32,
    ...between("bytes", 72, 79, "confirmation, sealed for merchant or account holder"),
    lengths: [72, 77, 79],
  },
  TEXT: { tag: 0xdf33, ...between("utf8", 0, 1024, "text for the user") },
  CONTENT: { tag: 0xdf38, ...between("utf8", 0, 32_768, "purchased information or receipt") },

  // Who compares S3, and the encryption layer
  COMPARE: {
    tag: 0xdf3e,
    ...fixed("integer", 1, "who compares S3: 01 payment server, 02 head end, 03 merchant"),
    from: 1,
    to: 3,
  },
  EXPECTED: { tag: 0xdf43, ...fixed("bytes", 16, "CARDRSP that the security card expects") },
  SEXP: { tag: 0xdf44, ...between("bytes", 56, 67, "EXPECTED, sealed for the merchant"), step: 11 },
  CLEARCONF: { tag: 0xdf45, ...fixed("bytes", 65, "confirmation in clear, with a MAC") },
  RND: { tag: 0xdf46, ...fixed("hex", 8, "random number of the transaction under the encryption layer") },
  TSK: { tag: 0xdf47, ...fixed("bytes", 16, "transaction session key") },
  ETSK: { tag: 0xdf48, ...between("bytes", 40, 44, "TSK, sealed under the derived key"), step: 4 },
  SEALED: { tag: 0xdf49, ...between("bytes", 24, 4_096, "a message, sealed under the TSK") },

  // Loading (`load.md` 1, `card-edge.md` 5.2a, 5.2b)
  ACCOUNT: { tag: 0xdf50, ...between("ascii", 1, 34, "the user's account at the account holder") },
  BALANCE: { tag: 0xdf51, ...fixed("bytes", 13, "answer of the card to GET BALANCE") },
  CARDINFO: { tag: 0xdf52, ...fixed("bytes", 21, "record 1 of the card information file") },
  MLDAmax: { tag: 0xdf53, ...fixed("integer", 4, "maximum load value") },
  MLDA: { tag: 0xdf54, ...fixed("integer", 4, "load amount, zero in a zero value load request") },
  CURRLDA: { tag: 0xdf55, ...fixed("bcd", 2, "currency of the load, ISO 4217 numeric") },
  CEXPLDA: { tag: 0xdf56, ...fixed("integer", 1, "decimals of the load amount"), from: 0, to: 3 },
  IDACQ: { tag: 0xdf57, ...fixed("bcd", 4, "number of the load server") },
  LOADINIT: { tag: 0xdf58, ...fixed("bytes", 34, "data of INITIALIZE IEP for load") },
  LOADRSP: { tag: 0xdf59, ...fixed("bytes", 35, "answer of the card to INITIALIZE IEP for load") },
  LOADDATA: { tag: 0xdf5a, ...fixed("bytes", 15, "data of CREDIT IEP") },
  SECLOAD: { tag: 0xdf5b, ...between("bytes", 0, 8, "security information of the account holder"), step: 8 },
  SOURCE: { tag: 0xdf5c, ...fixed("integer", 1, "source of funds: 01 bank, 02 pre-funded"), from: 1, to: 2 },

  // Clearing (`clearing.md` 1)
  NTCOL: { tag: 0xdf60, ...fixed("integer", 4, "number of a collection of one security card") },
  DIGEST: { tag: 0xdf61, ...fixed("hex", 32, "SHA-256 over the members of a batch") },
  LINES: { tag: 0xdf62, ...between("bytes", 16, 13 * 16, "totals of a batch by issuer and currency"), step: 16 },
  S4: { tag: 0xdf63, ...fixed("bytes", 8, "signature of the security card over a collection") },
  MEMBERS: { tag: 0xdf64, ...between("bytes", 60, 500 * 60, "data store records of a batch"), step: 60 },
  S5: { tag: 0xdf65, ...fixed("bytes", 8, "signature of the clearing system over an acknowledgement") },
  REFUSED: { tag: 0xdf66, ...between("bytes", 6, 500 * 6, "members that are not settled, and why"), step: 6 },
  UPDATE: { tag: 0xdf67, ...between("bytes", 22, 38, "update of a security card, signed") },
  IDCP: { tag: 0xdf68, ...between("ascii", 1, 32, "sender of batches") },
  IDACQUIRER: { tag: 0xdf69, ...fixed("bcd", 4, "acquirer") },
  BATCHNO: { tag: 0xdf6a, ...fixed("hex", 8, "security card of a batch: PPPSAM, 00, IDPSAM") },
  NTUPD: { tag: 0xdf6b, ...fixed("integer", 4, "number of an update of one security card") },

  // Public key cards
  CERTS: { tag: 0xdf40, ...fixed("bytes", 488, "certificates of issuer and card") },
  PSAMCERT: { tag: 0xdf41, ...fixed("bytes", 244, "certificate of the security card") },
  SESSKEY: { tag: 0xdf42, ...fixed("bytes", 224, "session key, enciphered for the card and signed") },

  // Terminals
  APDU: { tag: 0xdf4a, ...between("bytes", 4, 261, "command for the security card of a dumb terminal") },
  RAPDU: { tag: 0xdf4b, ...between("bytes", 2, 258, "answer of the security card of a dumb terminal") },
  MODE: { tag: 0xdf39, ...fixed("integer", 1, "cancellation: 00 withdraw, 01 suspend"), from: 0, to: 1 },
  INDEX: { tag: 0xdf3a, ...fixed("integer", 2, "place in the data store, or how many records it keeps") },
  STORE: { tag: 0xdf3b, ...between("bytes", 0, 32 * 60, "records of the data store"), step: 60 },
  TOTALS: { tag: 0xdf3c, ...between("bytes", 16, 256, "answer of READ TOTALS"), step: 16 },

  // Only inside INITRSP, CARDRSP, records and answers of the card edge
  ALGIEP: fixed("integer", 1, "signature algorithm, 04 triple DES, 05 AES, 10 RSA"),
  DEXPIEP: fixed("bcd", 3, "last day of use YYMMDD"),
  BALIEP: fixed("integer", 4, "balance in minor units"),
  BALmaxIEP: fixed("integer", 4, "highest balance in minor units"),
  CURRIEP: fixed("bcd", 2, "currency of the purse, ISO 4217 numeric"),
  CEXPIEP: { ...fixed("integer", 1, "decimals of the purse's amounts"), from: 0, to: 3 },
  AMIEP: fixed("integer", 1, "authentication mode, 01 secret key, 02 public key"),
  NTIEP: fixed("integer", 2, "transaction number of the purse"),
  VKIEP: fixed("integer", 1, "version of the key set"),
  R: fixed("hex", 4, "challenge of the card"),
  S1: fixed("hex", 8, "signature of the card over its load request"),
  S2: fixed("hex", 8, "signature of the security card, in a load of the issuer's HSM"),
  S3: fixed("hex", 8, "signature of the card"),
  MTOT: fixed("integer", 6, "sum of confirmed amounts"),
  NTOT: fixed("integer", 4, "number of confirmed transactions"),
  COUNT: fixed("integer", 4, "running number of a data store record"),
} as const satisfies Readonly<Record<string, ElementSpec>>;

export type ElementName = keyof typeof ELEMENTS;

/** What the value of an element of that kind is in code. */
export interface KindValue {
  bytes: Uint8Array;
  integer: number;
  hex: string;
  bcd: string;
  ascii: string;
  utf8: string;
}

/** The type of the value of that element. */
export type ElementValue<Name extends ElementName> = KindValue[(typeof ELEMENTS)[Name]["kind"]];

/** The row of an element, for code that walks the table. */
export function elementSpec(name: ElementName): ElementSpec {
  return ELEMENTS[name];
}

export function isElementName(text: string): text is ElementName {
  return Object.hasOwn(ELEMENTS, text);
}

const NAMES_BY_TAG: ReadonlyMap<number, ElementName> = new Map(
  Object.keys(ELEMENTS).flatMap((name) => {
    if (!isElementName(name)) return [];
    const { tag } = elementSpec(name);
    return tag === undefined ? [] : [[tag, name] as const];
  }),
);

/** The element with that tag, or undefined. */
export function elementByTag(tag: number): ElementName | undefined {
  return NAMES_BY_TAG.get(tag);
}
