/** Sites and terminals of a bench description: each field right by itself. */
import { z } from "zod";
import { hexBytes, wholeNumber } from "../core/checked-yaml.ts";
import { PursebenchError } from "../core/errors.ts";
import { CIPHER_SUITES, COMPARISONS, CONFIRMATION_FORMS } from "../core/sale-profile.ts";
import { type DeviceRole, type DeviceSpec, parseSpec } from "./spec.ts";
import { yesNo } from "./yaml-file.ts";

/** A device by its SPEC. */
export const spec = (role: DeviceRole) =>
  z.string().transform((text, context): DeviceSpec => {
    try {
      return parseSpec(text, role);
    } catch (thrown) {
      if (!(thrown instanceof PursebenchError)) throw thrown;
      context.addIssue({ code: "custom", message: `${thrown.message} (${thrown.mend})` });
      return z.NEVER;
    }
  });

export const text = (most: number) =>
  z.string().min(1, "expected some text").max(most, `expected at most ${most} characters`);

const IDMER = z.string().regex(/^[A-Z0-9]{8}$/, "expected 8 letters A-Z or digits");
const origin = z.string().regex(/^https:\/\/[A-Za-z0-9.:[\]-]+$/, 'expected an origin like "https://127.0.0.1:8443"');
const IDTERM = hexBytes(4);

export const Terminal = z.strictObject({
  id: IDTERM,
  terminal: spec("terminal").default({ kind: "sim" }),
  /** Security card of a simulated terminal. That of the bench, for the first terminal, or `sim` when absent. */
  psam: spec("psam").optional(),
  /** dumb: it only hands APDUs to its PSAM, and its payment server does the work (`messages.md`, section 5). */
  kind: z.enum(["smart", "dumb"]).default("smart"),
  /** As the bench has a concentrator or not when absent. */
  reach: z.enum(["concentrator", "direct"]).optional(),
  /** Whose terminal it is. */
  server: z.enum(["payment-server", "head-end-payment-server"]).default("payment-server"),
});

/** What was agreed with a merchant: `messages.md`, sections 3a to 3d. */
export const Site = z.strictObject({
  SITE: text(64),
  IDMER,
  origin,
  /** cable: the head end sells itself (FIG 16); its origin is a name that leaves the head end never. */
  kind: z.enum(["internet", "cable"]).default("internet"),
  comparison: z.enum(COMPARISONS).default("psam"),
  encryption: z.enum(["none", ...CIPHER_SUITES]).default("none"),
  confirmation: z.enum(CONFIRMATION_FORMS).default("sealed"),
  /** The payment server confirms to the merchant itself. */
  direct: yesNo.default(false),
  /** Only these serve it; when absent those that no site of the same payment server names. */
  terminals: z.array(IDTERM).min(1, "expected at least one terminal").optional(),
});

/** Where a server listens; port 0 takes a free one. */
export const Address = z.strictObject({ host: text(253), port: wholeNumber(0, 65_535) });

export type TerminalFields = z.output<typeof Terminal>;
export type SiteFields = z.output<typeof Site>;
