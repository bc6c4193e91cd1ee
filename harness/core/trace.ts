/** What low layers report as it happens. The evidence code stores it; nothing below it knows how. */

/** The parties of the system (design: roles). */
export type RoleName =
  | "card"
  | "psam"
  | "reader"
  | "set-top-box"
  | "head-end"
  | "merchant"
  | "payment-server"
  /** The cable provider's own payment server (FIG 2, 229). */
  | "head-end-payment-server"
  | "concentrator"
  | "terminal"
  | "bank-server"
  /** FIG 3, 862; FIG 17, 1062. */
  | "load-server"
  /** Where the contract of a pre-funded account sends confirmations too (FIG 17, 1091). */
  | "additional-server"
  /** The card issuer's host security module. */
  | "hsm"
  /** FIG 1, 68. */
  | "concentration-point"
  /** The clearing and administration system (FIG 1, 60). */
  | "clearing-system"
  | "user"
  | "bench";

/**
 * The links between them (design: links). 237: head end and its own payment server; 238: payment server and merchant
 * directly; `HSM`: load server and HSM; `batch`: payment server, concentration point and clearing system; `ui` is what the user sees and does.
 */
export type LinkName =
  | "235"
  | "cable"
  | "234"
  | "236"
  | "237"
  | "238"
  | "LAN"
  | "line"
  | "SAM"
  | "HSM"
  | "batch"
  | "ui";

export type TraceEvent =
  | {
      readonly kind: "message";
      readonly link: LinkName;
      readonly from: RoleName;
      readonly to: RoleName;
      /** Step of the seed document that this message is, e.g. "612". */
      readonly step?: string | undefined;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: "log";
      readonly role: RoleName;
      readonly step?: string | undefined;
      /** What was logged, in the vocabulary of `suites/specification/messages.md`, e.g. "draw-request-sent". */
      readonly entry: string;
      /** Transaction identifier, hex, where there is one. */
      readonly IDTRX?: string | undefined;
      readonly fields: Readonly<Record<string, string | number | boolean | null>>;
    }
  | {
      /** The bench changed what passes on a link (fault injection) or did something to a device (pulled a card). */
      readonly kind: "fault";
      readonly link?: LinkName | undefined;
      readonly what: string;
      readonly before?: Uint8Array | undefined;
      readonly after?: Uint8Array | undefined;
    }
  | { readonly kind: "note"; readonly text: string };

export type TraceSink = (event: TraceEvent) => void;

export const nowhere: TraceSink = () => undefined;
