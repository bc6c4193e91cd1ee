/**
 * The whole purse system as a flow or a case sees it: what can be done, what can be looked at, what can be disturbed.
 * `station/` builds it from a bench description; nobody here knows which parts are real.
 */
import type { SaleProfile } from "../core/sale-profile.ts";
import type { LinkName, RoleName } from "../core/trace.ts";
import type { ClearingFlows } from "./clearing.ts";
import type { LoadingFlows, LoadOrder, LoadOutcome, LoadSiteFacts } from "./loading.ts";
import type { MoneyBooks } from "./money.ts";
import type { Disturbance, NextMessage, PaymentServerName, RecordedEvent } from "./observed.ts";
import type { CardLogRecord, SaleRecord, TransactionRow } from "./records.ts";

export type {
  Disturbance,
  LogEntry,
  MessageEvent,
  NextMessage,
  PaymentServerName,
  RecordedEvent,
} from "./observed.ts";
export type { CardLogRecord, SaleRecord, TransactionRow } from "./records.ts";

/** What the user asks for at the set-top box. */
export interface Order {
  /** Merchant site; the bench's first one when absent. */
  readonly SITE?: string;
  /** Item of the catalogue; the bench's standard item when absent. */
  readonly ITEM?: string;
  readonly QUANTITY?: number;
  /** What the user presses when the total is shown. Accepts when absent. */
  readonly decide?: (shown: { MPDA: number; CURRPDA: string; CEXPPDA: number; TEXT: string }) => "accept" | "cancel";
}

/** How a purchase ended for the user. */
export interface PurchaseOutcome {
  /** "0000" success, else the reason code of `messages.md` section 6. */
  readonly CC: string;
  /** Transaction identifier, hex, once there was one. */
  readonly IDTRX: string | undefined;
  /** Purchased information or receipt. */
  readonly CONTENT: string | undefined;
  /** Everything that was shown to the user, in order. */
  readonly shown: readonly string[];
}

export interface PurchaseObservation {
  readonly outcome: PurchaseOutcome;
  /** What passed on the links and was logged, from the user's choice until every role had finished with it. */
  readonly events: readonly RecordedEvent[];
  /** Trouble with a device that the bench did not cause on purpose; a case with such trouble is inconclusive. */
  readonly trouble: readonly { readonly owner: string; readonly text: string }[];
}

/** What the card itself says; amounts in minor units, identifiers and BCD as hex text. */
export interface PurseReading {
  readonly ATR: Uint8Array;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly SNIEP: string;
  readonly ALGIEP: number;
  readonly DEXPIEP: string;
  readonly BALIEP: number;
  readonly BALmaxIEP: number;
  readonly CURRIEP: string;
  readonly CEXPIEP: number;
  readonly AMIEP: number;
  readonly NTIEP: number;
  readonly VKIEP: number;
  readonly log: readonly CardLogRecord[];
}

export interface StoreRecord {
  readonly COUNT: number;
  readonly IDTRX: string;
  readonly PPIEP: string;
  readonly IDIEP: string;
  readonly MPDA: number;
  readonly CURRPDA: string;
  readonly CEXPPDA: number;
  readonly CC: string;
  readonly NTIEP: number;
  readonly NTPSAM: number;
  readonly IDMER: string;
  readonly DTHR: string;
}

export interface PsamTotals {
  readonly PPPSAM: string;
  readonly IDPSAM: string;
  readonly NTPSAM: number;
  readonly updated: string;
  readonly suspended: number;
  readonly totals: readonly { PPIEP: string; CURR: string; CEXP: number; MTOT: number; NTOT: number }[];
}

/** Cards that a bench may hold besides the specimen. A bench that cannot put one in says so through `offers`. */
export type CardKind =
  | "specimen" // the card under test, or the standard card
  | "second" // another good card of the same issuer
  | "expired"
  | "other-currency"
  | "poor" // good, but with a balance below every price in the catalogue
  | "blocked-list" // good, but on the PSAM's list of blocked cards
  | "blocked" // blocked itself
  | "unknown-provider"
  | "unknown-key-version"
  | "exhausted" // transaction number at its end
  | "mute"
  | "malformed-atr"
  | "no-purse" // answers 6A82 to everything
  | "aes" // good, AES-128
  | "rsa" // good, public key
  | "rsa-expired-certificate"
  | "rsa-other-issuer" // its certificate names another issuer
  | "rsa-other-ca" // its issuer is certified by a CA that the PSAM does not know
  | "rsa-other-key" // its private key is not that of its certificate
  | "rsa-malformed-certificate"
  | "second-key-version" // good, key generation 2
  | "issuer-b" // good, of another issuer
  | "yen" // good, exponent 0
  | "dinar" // good, exponent 3
  | "points" // good, value that is no money
  | "virtual" // a good card that is a program of the set-top box: no reader between
  | "empty" // good, without value
  | "at-maximum" // good, and as full as it can be
  | "low-maximum" // good, and takes little more
  | "supplied" // not personalised yet
  | "almost-exhausted" // good, with two transaction numbers left, the second of which is none
  | "at-carry" // good, and its next purchase changes every byte of balance and number
  | "whole-range" // good, with the highest balance that four bytes can say
  | "t0"; // good, and speaks T=0 alone

/** One disturbance of a link. It stays until `clear` or until `times` messages were hit. */
export interface LinkFault {
  readonly link: LinkName;
  /** Sender of the messages to disturb. */
  readonly from: RoleName;
  /** Message template tag (or APDU instruction byte on 235 and SAM; "METHOD /path" prefix or "response" on 234). All when absent. */
  readonly message?: number | string;
  /** Hit only so many messages; every one when absent. */
  readonly times?: number;
  /** Let so many matching messages pass first. */
  readonly skip?: number;
  /**
   * What becomes of the message: other bytes, the same again, several, or none (`[]`).
   * On 234 the bytes are the UTF-8 text of the HTTP body. "lose-link" closes the channel instead. "late": as it is, but past
   * the deadline of whoever waits for it or for its answer; at the latest before the sender's next message and the end of its channel.
   */
  readonly act: (message: Uint8Array) => Uint8Array | readonly Uint8Array[] | "lose-link" | "late";
  /** For the evidence: what is done and why. */
  readonly what: string;
}

export type ServerRole =
  | "bank-server"
  | "load-server"
  | "hsm"
  | "concentration-point"
  | "clearing-system"
  | "merchant"
  | "payment-server"
  | "head-end-payment-server"
  | "head-end"
  | "concentrator"
  /** Every terminal of the bench: power off and on. */
  | "terminal";

/** One more set-top box with its own card, for many purchases at once. */
export interface Box {
  /** Never rejects for a failed purchase; does not wait for the servers to become idle. */
  purchase(order?: Order): Promise<PurchaseOutcome>;
  load(order?: LoadOrder): Promise<LoadOutcome>;
  /** Settles what it left open. */
  recover(): Promise<void>;
  readPurse(): Promise<PurseReading>;
}

export interface PurseSystem extends LoadingFlows, AsyncDisposable {
  readonly facts: SystemFacts;
  readonly clearing: ClearingFlows;
  /** One purchase by the user at the set-top box, seen to its end on every link. Never rejects for a failed purchase. */
  purchase(order?: Order): Promise<PurchaseObservation>;
  /** The set-top box settles what an earlier purchase or load left open, if anything. */
  recover(): Promise<PurchaseObservation | undefined>;
  /** Reads the card in the reader with commands that change nothing of value. */
  readPurse(): Promise<PurseReading>;
  /** Sends one APDU to the card as the harness itself; `insert` first where a case needs a fresh session. */
  apdu(command: Uint8Array): Promise<Uint8Array>;
  resetCard(kind: "warm" | "cold"): Promise<Uint8Array>;
  /** What the card and the reader speak. */
  cardProtocol(): Promise<"T=0" | "T=1">;
  terminals(): readonly string[];
  /** Through the terminal's own messages, as the payment server would. */
  readStore(IDTERM: string): Promise<readonly StoreRecord[]>;
  readTotals(IDTERM: string): Promise<PsamTotals>;
  /** A terminal message as the payment server would send it. */
  terminalMessage(IDTERM: string, message: Uint8Array): Promise<Uint8Array>;
  transaction(IDTRX: string): Promise<TransactionRow | undefined>;
  /** Of the merchants' payment server, or of the cable provider's. */
  transactions(server?: PaymentServerName): Promise<readonly TransactionRow[]>;
  sale(IDTRX: string): Promise<SaleRecord | undefined>;
  /** Every sale of every site. */
  sales(): Promise<readonly SaleRecord[]>;
  /** `count` more set-top boxes (at most `facts.offers.boxes`), the same ones on the next call; each with a card of its own. */
  boxes(count: number): Promise<readonly Box[]>;
  /** Waits until every server has finished with what it was at. */
  idle(): Promise<void>;
  /** Who has what, without a message; nothing is under way meanwhile. */
  money(): Promise<MoneyBooks>;
  /** As the head end's browser: one request to the merchant's site. */
  http(
    SITE: string,
    request: { method: "GET" | "POST"; path: string; body?: string; session?: string },
  ): Promise<{ status: number; body: string }>;
  /**
   * As a head end would: opens link 236, or 237 to the cable provider's payment server, sends messages one by one, returns the
   * answers (`null` = closed).
   */
  paymentSession(
    messages: readonly (Uint8Array | NextMessage)[],
    server?: PaymentServerName,
  ): Promise<readonly (Uint8Array | null)[]>;
  /** Everything recorded so far, oldest first; `since` is an `n`. */
  events(since?: number): readonly RecordedEvent[];
  disturb(fault: LinkFault): Disturbance;
  /** Takes the card out of the reader and puts this one in. */
  insertCard(kind: CardKind): Promise<void>;
  removeCard(): Promise<void>;
  /** Calls back at the moment a message passes, before it is delivered; for pulling cards and killing servers in time. */
  when(
    match: { link: LinkName; from: RoleName; message?: number | string },
    act: () => Promise<void> | void,
  ): Disturbance;
  /** Stops a server at once, as a crash would, and starts it again on what it had stored. */
  restart(role: ServerRole): Promise<void>;
}

export interface SiteFacts {
  readonly SITE: string;
  readonly IDMER: string;
  readonly origin: string;
  /** Over the Internet, or from the cable provider itself (FIG 16). */
  readonly kind: "internet" | "cable";
  readonly profile: SaleProfile;
  /** Only these terminals serve it; any of its payment server when absent. */
  readonly terminals?: readonly string[] | undefined;
}

export interface TerminalFacts {
  readonly IDTERM: string;
  readonly kind: "smart" | "dumb";
  readonly reach: "concentrator" | "direct";
  readonly psam: "software" | "reader" | "terminal";
  readonly server: PaymentServerName;
}

/** Work for a hand (`flows/operator.ts`): slow, and with the cards that lie on the table. */
export interface HandOffers {
  /** Somebody is there to be asked. */
  readonly isThere: boolean;
  /** Kinds that can be put into the reader, the card under test among them. */
  readonly cards: readonly CardKind[];
  readonly removal: boolean;
  /** Plain cards for the slot of a reader under test. */
  readonly slotCards: readonly SlotCardKind[];
  readonly terminalPower: boolean;
}

/** Cards that suite `reader` puts into a slot (`devices.ts`). */
export type SlotCardKind = "exerciser" | "mute" | "malformed-atr";

/** What a case may need to know of the bench, from its description and the PICS; amounts in minor units. */
export interface SystemFacts {
  readonly bench: string;
  /** What this bench can do: a case that needs more is not applicable, with the reason. */
  readonly offers: {
    readonly cards: readonly CardKind[];
    /** The bench itself can pull the card and put it back, also while a message is under way. */
    readonly removal: boolean;
    /** Links whose messages are seen and can be disturbed. */
    readonly links: readonly LinkName[];
    /** Roles whose log the harness can read. */
    readonly logs: readonly RoleName[];
    readonly database: boolean;
    readonly restart: readonly ServerRole[];
    /** Master keys are at hand, so that S2 and S3 can be computed. */
    readonly keys: boolean;
    /** How many more set-top boxes it can have. */
    readonly boxes: number;
    /** Time costs nothing here: whole products of cases are run. Elsewhere a pairwise selection stands for them. */
    readonly exhaustive: boolean;
    /** The bench can cut the power of the card inside of a command. */
    readonly tear: boolean;
    readonly clearing: boolean;
    /** The security card of a terminal is at hand for APDUs of the harness's own. */
    readonly psam: boolean;
    /** Kinds of security cards (`fixtures/psams/`) that the bench can play; none where it is a real one. */
    readonly psamKinds: readonly string[];
    /** Slots of the reader that the bench can put cards of its own into. */
    readonly slots: number;
    /** Cards of the bench can go wrong in T=1. */
    readonly mischief: boolean;
    /** How long a terminal that is played waits for its security card, ms. */
    readonly psamPatienceMs: number;
    /** A terminal that the bench can switch off and on. */
    readonly terminalPower: boolean;
    /** What a person at the bench can do that it cannot do itself; absent where there is nothing. */
    readonly byHand?: HandOffers | undefined;
  };
  readonly sites: readonly SiteFacts[];
  readonly loadSites: readonly LoadSiteFacts[];
  readonly loadServer: { readonly host: string; readonly port: number; readonly IDACQ: string };
  readonly terminals: readonly TerminalFacts[];
  /** Whether the head end is declared a trusted agent. */
  readonly trustedHeadEnd: boolean;
  readonly catalogue: readonly {
    SITE: string;
    ITEM: string;
    title: string;
    price: number;
    CURR: string;
    CEXP: number;
    kind: "information" | "goods";
  }[];
  readonly paymentServer: { readonly host: string; readonly port: number };
  readonly providers: readonly string[];
  /** Day of the bench's clock, YYMMDD. */
  readonly today: string;
}

/** Master keys of the test system for independent recomputation; only on benches with `offers.keys`. */
export interface TestKeys {
  masterPurchaseKey(PPIEP: string, ALGIEP: number, VKIEP: number): Uint8Array | undefined;
  /** KMER of a merchant, or of an account holder and its load server. */
  merchantKey(IDMER: string): Uint8Array | undefined;
  /** KSH of merchant and payment server, or of account holder and load server (`keys-and-signatures.md` 7). */
  sharedKey(IDMER: string): Uint8Array | undefined;
  /** KTA of merchant and trusted head end (`keys-and-signatures.md` 6). */
  agentKey(IDMER: string): Uint8Array | undefined;
  /** Modulus of the CA of (PPIEP, VKIEP), 112 bytes (`keys-and-signatures.md` 8). */
  caPublicKey(PPIEP: string, VKIEP: number): Uint8Array | undefined;
  /** Key of that CA, PKCS#8 in base64: for certificates that the harness makes itself. */
  caPrivateKey(PPIEP: string, VKIEP: number): string | undefined;
  /** Key of the test card with this modulus (112 bytes, as its certificate says), PKCS#8 in base64. */
  cardPrivateKey(modulus: Uint8Array): string | undefined;
  /** MKL by the card's load algorithm (`keys-and-signatures.md` 9). */
  masterLoadKey(PPIEP: string, ALGL: number, VKIEP: number): Uint8Array | undefined;
  /** KLS of load server and HSM. */
  loadServerKey(IDACQ: string): Uint8Array | undefined;
  /** LMK of the HSM. */
  localMasterKey(): Uint8Array | undefined;
  /** MKC of the clearing system (`keys-and-signatures.md` 10). */
  masterCollectionKey(): Uint8Array | undefined;
  /** MKU of an issuer (`keys-and-signatures.md` 11). */
  masterUpdateKey(PPIEP: string): Uint8Array | undefined;
}
