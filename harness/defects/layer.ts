/** Every way to be wrong about the encryption layer and the forms of the confirmation. */
import type { Behaviour } from "./behaviour.ts";
import { LAYER_HEAD_END_BEHAVIOURS } from "./layer-head-end.ts";
import { LAYER_LOOSE_BEHAVIOURS } from "./layer-loose.ts";
import { LAYER_MERCHANT_BEHAVIOURS } from "./layer-merchant.ts";
import { LAYER_OTHER_KEY_BEHAVIOURS } from "./layer-other-key.ts";
import { LAYER_PAYMENT_SERVER_BEHAVIOURS } from "./layer-payment-server.ts";
import { LAYER_SAYS_BEHAVIOURS } from "./layer-says.ts";
import { LAYER_SET_TOP_BOX_BEHAVIOURS } from "./layer-set-top-box.ts";

export const LAYER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...LAYER_OTHER_KEY_BEHAVIOURS,
  ...LAYER_LOOSE_BEHAVIOURS,
  ...LAYER_SAYS_BEHAVIOURS,
  ...LAYER_MERCHANT_BEHAVIOURS,
  ...LAYER_HEAD_END_BEHAVIOURS,
  ...LAYER_SET_TOP_BOX_BEHAVIOURS,
  ...LAYER_PAYMENT_SERVER_BEHAVIOURS,
};
