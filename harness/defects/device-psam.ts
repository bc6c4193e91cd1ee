/** Defects of the security card that its own suite is made for. */
import type { Behaviour } from "./behaviour.ts";
import { DEVICE_PSAM_CHECK_BEHAVIOURS } from "./device-psam-checks.ts";
import { DEVICE_PSAM_CRYPTO_BEHAVIOURS } from "./device-psam-crypto.ts";
import { DEVICE_PSAM_FORM_BEHAVIOURS } from "./device-psam-form.ts";
import { DEVICE_PSAM_KEEPING_BEHAVIOURS } from "./device-psam-keeping.ts";
import { DEVICE_PSAM_TIME_BEHAVIOURS } from "./device-psam-time.ts";

export const DEVICE_PSAM_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...DEVICE_PSAM_FORM_BEHAVIOURS,
  ...DEVICE_PSAM_CHECK_BEHAVIOURS,
  ...DEVICE_PSAM_KEEPING_BEHAVIOURS,
  ...DEVICE_PSAM_CRYPTO_BEHAVIOURS,
  ...DEVICE_PSAM_TIME_BEHAVIOURS,
};
