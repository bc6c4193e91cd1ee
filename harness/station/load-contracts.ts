/** Who has agreed what for loading, and which keys who holds, from the test keys and the bench description. */

import { toHex } from "../core/bytes.ts";
import { PursebenchError } from "../core/errors.ts";
import { encipherMasterLoadKey } from "../crypto/key-cryptogram.ts";
import { requireLoadAlgorithm } from "../crypto/load-keys.ts";
import type { LoadKeyName } from "../crypto/load-test-keys.ts";
import type { TestKeySet } from "../crypto/test-keys.ts";
import type { LoadSiteFacts } from "../flows/loading.ts";
import type { AccountHolder } from "../roles/account-holder/contract.ts";
import type { HeardHolder } from "../roles/additional-server/model.ts";
import { type HsmKeys, servedKey } from "../roles/hsm/keys.ts";
import type { LoadContracts, LoadSettings } from "../roles/load-server/contract.ts";

/** The load server's contracts with account holders. */
export function loadContracts(keys: TestKeySet): LoadContracts {
  return (IDMER) => {
    const contract = keys.accountHolders.find((each) => each.IDMER === IDMER);
    const [KMER, KSH] = [keys.merchantKey(IDMER), keys.sharedKey(IDMER)];
    return contract && KMER && KSH ? { ...contract, KMER, KSH } : undefined;
  };
}

/** What the issuer's HSM holds: the keys that it was told to serve, and none of the others. */
export function hsmKeys(keys: TestKeySet, IDACQ: string): HsmKeys {
  return {
    LMK: keys.localMasterKey(),
    KLS: keys.loadServerKey(IDACQ),
    served: keys.loadKeyNames.filter(({ hsm }) => hsm).map((name) => served(keys, name)),
  };
}

function served(keys: TestKeySet, { PPIEP, ALGL, VKIEP }: LoadKeyName): HsmKeys["served"][number] {
  return servedKey({ PPIEP, ALGL: requireLoadAlgorithm(ALGL), VKIEP }, masterKey(keys, { PPIEP, ALGL, VKIEP }));
}

export function loadSettings(keys: TestKeySet, IDACQ: string, currencies: LoadSettings["currencies"]): LoadSettings {
  const LMK = keys.localMasterKey();
  const KLS = keys.loadServerKey(IDACQ);
  if (!LMK || !KLS) throw lacking(`the keys of load server ${IDACQ} and its HSM`);
  const cryptograms = keys.loadKeyNames
    .filter(({ hsm }) => hsm)
    .map(({ PPIEP, ALGL, VKIEP }) => {
      const MKL = masterKey(keys, { PPIEP, ALGL, VKIEP });
      return { PPIEP, ALGL, VKIEP, KML: toHex(encipherMasterLoadKey(LMK, MKL)) };
    });
  return { IDACQ, KLS, cryptograms, currencies };
}

/** A site's account holder; `additionalUrl` where its contract names another server. */
export function accountHolderOf(
  keys: TestKeySet,
  { IDMER, source, suite, limit, keeps }: LoadSiteFacts,
  at: Pick<AccountHolder, "origin" | "loadServer" | "IDACQ" | "additionalUrl">,
): AccountHolder {
  const [KMER, KSH] = [keys.merchantKey(IDMER), keys.sharedKey(IDMER)];
  if (!KMER || !KSH) throw lacking(`keys for the account holder ${IDMER}`);
  return { IDMER, source, suite, KMER, KSH, limit, funds: keeps ? "bank" : "issuer", ...at };
}

/** What another server of that site's contract holds, to open what it hears (1091). */
export function heardHolderOf(keys: TestKeySet, { IDMER, suite }: LoadSiteFacts): HeardHolder {
  const KSH = keys.sharedKey(IDMER);
  if (!KSH) throw lacking(`the shared key of ${IDMER}`);
  return { IDMER, suite, KSH };
}

function masterKey(keys: TestKeySet, { PPIEP, ALGL, VKIEP }: Omit<LoadKeyName, "hsm">): Uint8Array {
  const MKL = keys.masterLoadKey(PPIEP, ALGL, VKIEP);
  if (MKL) return MKL;
  throw lacking(`the master load key ${PPIEP}/${ALGL}/${VKIEP}`);
}

function lacking(what: string): PursebenchError {
  return new PursebenchError("USAGE", `the test key set has not ${what}`, {
    mend: "add it to the test key set or correct the bench description",
  });
}
