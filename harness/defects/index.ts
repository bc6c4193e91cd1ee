/** Every way to be wrong, by name. */
import { PursebenchError } from "../core/errors.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Defect } from "./defect.ts";
import { ELEMENT_BYTES_BEHAVIOURS } from "./element-bytes.ts";
import { HEAD_END_BEHAVIOURS } from "./head-end.ts";
import { HEAD_END_BROWSER_BEHAVIOURS } from "./head-end-browser.ts";
import { LOG_BEHAVIOURS } from "./logs.ts";
import { MERCHANT_BEHAVIOURS } from "./merchant.ts";
import { MESSAGE_BEHAVIOURS } from "./messages.ts";
import { PAGE_INTEGRITY_BEHAVIOURS } from "./page-integrity.ts";
import { CARD_READING_BEHAVIOURS } from "./set-top-box-reading.ts";
import type { Variation } from "./variation.ts";

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...MESSAGE_BEHAVIOURS,
  ...LOG_BEHAVIOURS,
  ...ELEMENT_BYTES_BEHAVIOURS,
  ...HEAD_END_BEHAVIOURS,
  ...CARD_READING_BEHAVIOURS,
  ...PAGE_INTEGRITY_BEHAVIOURS,
  ...HEAD_END_BROWSER_BEHAVIOURS,
  ...MERCHANT_BEHAVIOURS,
};

/** The reference system with this defect in it. Throws `USAGE` when the behaviour or a parameter of it is unknown. */
export function variationOf(defect: Defect): Variation {
  const { name, ...parameters } = defect.behaviour;
  const behaviour = BEHAVIOURS[name];
  if (!behaviour) throw new PursebenchError("USAGE", `${defect.id}: no behaviour is called "${name}"`);
  return behaviour(parameters);
}
