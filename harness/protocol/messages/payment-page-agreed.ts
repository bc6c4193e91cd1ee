/** Parameters of the payment page that only some merchants give: who compares S3, and the encryption layer (messages.md 4). */
import { fromHex } from "../../core/bytes.ts";
import { COMPARISONS, compareCode } from "../../core/sale-profile.ts";
import { type LayerElements, layerFlaw } from "./encryption-layer.ts";

/** What the parameters say, as elements of the page message E2. */
export interface AgreedParameters {
  /** 1 to 3; absent where the PSAM compares. */
  readonly COMPARE?: number;
  /** 16 hex digits, upper case. */
  readonly RND?: string;
  /** 16 bytes. A key: in no log and no error text. */
  readonly TSK?: Uint8Array;
  /** 40 or 44 bytes. */
  readonly ETSK?: Uint8Array;
}

export type AgreedResult =
  | { readonly ok: true; readonly value: AgreedParameters }
  | { readonly ok: false; readonly reason: string };

const HEX_FORMS = {
  random: /^[0-9a-fA-F]{16}$/,
  "session-key": /^[0-9a-fA-F]{32}$/,
  "encrypted-session-key": /^(?:[0-9a-fA-F]{80}|[0-9a-fA-F]{88})$/,
} as const;

const NAMES: ReadonlySet<string> = new Set(["comparison", ...Object.keys(HEX_FORMS)]);

/** Whether it is one of them, which may not be given twice either. */
export function isAgreedParameter(name: string): boolean {
  return NAMES.has(name);
}

/** Reads them out of all parameters of the page. A reason never has a value in it: one of them is a key. */
export function readAgreedParameters(values: ReadonlyMap<string, string>, ENCRYPTION: string): AgreedResult {
  for (const [name, form] of Object.entries(HEX_FORMS)) {
    const value = values.get(name);
    if (value !== undefined && !form.test(value)) return refused(`parameter ${name} is not in its form`);
  }
  const COMPARE = compareOf(values.get("comparison"));
  if (COMPARE === null) return refused("parameter comparison is not in its range");
  const layer = layerElements(values);
  const flaw = layerFlaw({ ENCRYPTION, ...layer });
  if (flaw !== undefined) return refused(`the encryption layer is not in order: ${flaw}`);
  return { ok: true, value: { ...(COMPARE === undefined ? {} : { COMPARE }), ...layer } };
}

/** `null`: the word stands for nobody. The PSAM is named by the absence of the parameter. */
function compareOf(word: string | undefined): number | undefined | null {
  if (word === undefined) return undefined;
  const comparison = COMPARISONS.find((each) => each === word);
  return (comparison && compareCode(comparison)) ?? null;
}

function layerElements(values: ReadonlyMap<string, string>): Pick<AgreedParameters, "RND" | "TSK" | "ETSK"> {
  const RND = values.get("random");
  const TSK = values.get("session-key");
  const ETSK = values.get("encrypted-session-key");
  return {
    ...(RND === undefined ? {} : { RND: RND.toUpperCase() }),
    ...(TSK === undefined ? {} : { TSK: fromHex(TSK) }),
    ...(ETSK === undefined ? {} : { ETSK: fromHex(ETSK) }),
  } satisfies LayerElements;
}

function refused(reason: string): AgreedResult {
  return { ok: false, reason };
}
