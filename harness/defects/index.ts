/** Every way to be wrong, by name. */
import { PursebenchError } from "../core/errors.ts";
import { ALTERNATIVE_BEHAVIOURS } from "./alternatives.ts";
import { APDU_BEHAVIOURS } from "./apdus.ts";
import type { Behaviour } from "./behaviour.ts";
import { CABLE_BEHAVIOURS } from "./cable.ts";
import { CARD_BEHAVIOURS } from "./card.ts";
import { CARD_CRYPTO_BEHAVIOURS } from "./card-crypto.ts";
import { CLEARING_SETTLEMENT_BEHAVIOURS } from "./clearing-settlement.ts";
import { CLEARING_WAY_BEHAVIOURS } from "./clearing-way.ts";
import { CONCENTRATOR_BEHAVIOURS } from "./concentrator.ts";
import { CONFIRMATION_BEHAVIOURS } from "./confirmation.ts";
import { DATABASE_BEHAVIOURS } from "./database.ts";
import type { Defect } from "./defect.ts";
import { DEVICE_CARD_BEHAVIOURS } from "./device-card.ts";
import { DEVICE_PSAM_BEHAVIOURS } from "./device-psam.ts";
import { DEVICE_READER_BEHAVIOURS } from "./device-reader.ts";
import { DEVICE_TERMINAL_BEHAVIOURS } from "./device-terminal.ts";
import { ELEMENT_BYTES_BEHAVIOURS } from "./element-bytes.ts";
import { FAULT_BEHAVIOURS } from "./faults.ts";
import { HEAD_END_BEHAVIOURS } from "./head-end.ts";
import { HEAD_END_BROWSER_BEHAVIOURS } from "./head-end-browser.ts";
import { HEAD_END_CHECK_BEHAVIOURS } from "./head-end-checks.ts";
import { ISSUING_BEHAVIOURS } from "./issuing.ts";
import { LAYER_BEHAVIOURS } from "./layer.ts";
import { LEAK_BEHAVIOURS } from "./leaks.ts";
import { LOAD_CARD_BEHAVIOURS } from "./load-card.ts";
import { LOAD_FAULT_BEHAVIOURS } from "./load-faults.ts";
import { LOAD_HOLDER_BEHAVIOURS } from "./load-holder.ts";
import { LOAD_HSM_BEHAVIOURS } from "./load-hsm.ts";
import { LOAD_KEEPING_BEHAVIOURS } from "./load-keeping.ts";
import { LOAD_NEGATIVE_BEHAVIOURS } from "./load-negative.ts";
import { LOAD_NEGATIVE_END_BEHAVIOURS } from "./load-negative-ends.ts";
import { LOAD_NEGATIVE_PARTY_BEHAVIOURS } from "./load-negative-parties.ts";
import { LOAD_PARTY_BEHAVIOURS } from "./load-parties.ts";
import { LOAD_PROCESSING_BEHAVIOURS } from "./load-processing.ts";
import { LOG_BEHAVIOURS } from "./logs.ts";
import { MANY_BEHAVIOURS } from "./many.ts";
import { MERCHANT_BEHAVIOURS } from "./merchant.ts";
import { MESSAGE_BEHAVIOURS } from "./messages.ts";
import { MONEY_BEHAVIOURS } from "./money.ts";
import { PAGE_INTEGRITY_BEHAVIOURS } from "./page-integrity.ts";
import { PAYMENT_SERVER_BEHAVIOURS } from "./payment-server.ts";
import { PSAM_BEHAVIOURS } from "./psam.ts";
import { PUBLIC_KEY_BEHAVIOURS } from "./public-key.ts";
import { READER_BEHAVIOURS } from "./reader.ts";
import { SESSION_LOG_BEHAVIOURS } from "./session-logs.ts";
import { SET_TOP_BOX_BEHAVIOURS } from "./set-top-box.ts";
import { CARD_READING_BEHAVIOURS } from "./set-top-box-reading.ts";
import { SILENCE_BEHAVIOURS } from "./silence.ts";
import { TEARING_BEHAVIOURS } from "./tearing.ts";
import { TERMINAL_BEHAVIOURS } from "./terminal.ts";
import { UNGUARDED_BEHAVIOURS } from "./unguarded.ts";
import { USER_VIEW_BEHAVIOURS } from "./user-view.ts";
import { VARIANT_COMPARING_BEHAVIOURS } from "./variants-comparing.ts";
import { VARIANT_PSAM_BEHAVIOURS } from "./variants-psam.ts";
import { VARIANT_TELLING_BEHAVIOURS } from "./variants-telling.ts";
import type { Variation } from "./variation.ts";
import { WIRING_BEHAVIOURS } from "./wiring.ts";

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...MESSAGE_BEHAVIOURS,
  ...LOG_BEHAVIOURS,
  ...LAYER_BEHAVIOURS,
  ...WIRING_BEHAVIOURS,
  ...USER_VIEW_BEHAVIOURS,
  ...ELEMENT_BYTES_BEHAVIOURS,
  ...HEAD_END_BEHAVIOURS,
  ...HEAD_END_CHECK_BEHAVIOURS,
  ...CARD_READING_BEHAVIOURS,
  ...SESSION_LOG_BEHAVIOURS,
  ...PAGE_INTEGRITY_BEHAVIOURS,
  ...HEAD_END_BROWSER_BEHAVIOURS,
  ...PAYMENT_SERVER_BEHAVIOURS,
  ...DATABASE_BEHAVIOURS,
  ...CONFIRMATION_BEHAVIOURS,
  ...APDU_BEHAVIOURS,
  ...CABLE_BEHAVIOURS,
  ...ALTERNATIVE_BEHAVIOURS,
  ...CARD_BEHAVIOURS,
  ...DEVICE_CARD_BEHAVIOURS,
  ...DEVICE_PSAM_BEHAVIOURS,
  ...DEVICE_READER_BEHAVIOURS,
  ...ISSUING_BEHAVIOURS,
  ...CARD_CRYPTO_BEHAVIOURS,
  ...READER_BEHAVIOURS,
  ...SET_TOP_BOX_BEHAVIOURS,
  ...MERCHANT_BEHAVIOURS,
  ...MANY_BEHAVIOURS,
  ...CONCENTRATOR_BEHAVIOURS,
  ...PSAM_BEHAVIOURS,
  ...TEARING_BEHAVIOURS,
  ...TERMINAL_BEHAVIOURS,
  ...DEVICE_TERMINAL_BEHAVIOURS,
  ...UNGUARDED_BEHAVIOURS,
  ...SILENCE_BEHAVIOURS,
  ...FAULT_BEHAVIOURS,
  ...LOAD_FAULT_BEHAVIOURS,
  ...LOAD_CARD_BEHAVIOURS,
  ...LOAD_HSM_BEHAVIOURS,
  ...LOAD_PROCESSING_BEHAVIOURS,
  ...LOAD_KEEPING_BEHAVIOURS,
  ...LEAK_BEHAVIOURS,
  ...LOAD_HOLDER_BEHAVIOURS,
  ...LOAD_PARTY_BEHAVIOURS,
  ...PUBLIC_KEY_BEHAVIOURS,
  ...VARIANT_PSAM_BEHAVIOURS,
  ...VARIANT_COMPARING_BEHAVIOURS,
  ...VARIANT_TELLING_BEHAVIOURS,
  ...LOAD_NEGATIVE_BEHAVIOURS,
  ...LOAD_NEGATIVE_END_BEHAVIOURS,
  ...LOAD_NEGATIVE_PARTY_BEHAVIOURS,
  ...MONEY_BEHAVIOURS,
  ...CLEARING_SETTLEMENT_BEHAVIOURS,
  ...CLEARING_WAY_BEHAVIOURS,
};

/** The reference system with this defect in it. Throws `USAGE` when the behaviour or a parameter of it is unknown. */
export function variationOf(defect: Defect): Variation {
  const { name, ...parameters } = defect.behaviour;
  const behaviour = BEHAVIOURS[name];
  if (!behaviour) throw new PursebenchError("USAGE", `${defect.id}: no behaviour is called "${name}"`);
  const variation = behaviour(parameters);
  return defect.role === "head-end-payment-server" ? atHeadEnd(variation) : variation;
}

/** What is wrong with a payment server, with that of the cable provider instead. */
function atHeadEnd({ paymentServer, ...rest }: Variation): Variation {
  return paymentServer === undefined ? rest : { ...rest, headEndPaymentServer: paymentServer };
}
