import { toHex } from "../../core/bytes.ts";
import { PursebenchError } from "../../core/errors.ts";
import { type Random, systemRandom } from "../../core/random.ts";
import { PUBLIC_KEY } from "../../crypto/algorithm.ts";
import { caName, psamName } from "../../crypto/certificate.ts";
import { certifyOnce } from "../../crypto/certify-once.ts";
import { deriveCollectionKey } from "../../crypto/collection.ts";
import { modulusOf, type RsaKey } from "../../crypto/rsa.ts";
import { afterReset } from "./model.ts";
import { checkPsamData, type PsamData } from "./psam-data.ts";
import { NO_IDS } from "./remembered-ids.ts";
import type { Authority, MasterKey, PsamMemory, PsamState } from "./state.ts";

/** Where keys come from; `TestKeySet` is one. */
export interface PsamKeys {
  masterPurchaseKey(PPIEP: string, ALGIEP: number, VKIEP: number): Uint8Array | undefined;
  caPrivateKey(PPIEP: string, VKIEP: number): string | undefined;
  psamKey(IDPSAM: string): RsaKey | undefined;
  masterCollectionKey(): Uint8Array | undefined;
}

/**
 * A personalised PSAM before its first SELECT. `random` gives the seed of the session keys that it makes for public key
 * cards. Throws `USAGE` for data that are not valid or a key that is not there.
 */
export function createPsam(data: PsamData, keys: PsamKeys, random: Random = systemRandom): PsamState {
  checkPsamData(data);
  const isPublic = ({ ALGIEP }: KeyName) => ALGIEP === PUBLIC_KEY;
  const authorities = data.keys.filter(isPublic).map((name) => authority(name, data, keys));
  const signingKey = authorities.length === 0 ? null : requirePsamKey(data, keys).privateKey;
  const masterKeys = data.keys.filter((name) => !isPublic(name)).map((name) => masterKey(name, keys));
  const kept = { totals: [], open: null, suspended: [], issued: [], confirmed: NO_IDS };
  const clearing = { KDC: toHex(collectionKey(data, keys)), NTCOL: data.NTCOL ?? 0, collection: null, NTUPD: 0 };
  return {
    memory: { ...data, keys: masterKeys, authorities, signingKey, ...kept, ...clearing },
    session: { kind: "unselected" },
    entropy: toHex(random(32)),
    undo: null,
  };
}

/** A PSAM after power has come back, from the memory that `servePsam` handed out for keeping. */
export function restorePsam(memory: PsamMemory, random: Random = systemRandom): PsamState {
  const entropy = toHex(random(32));
  return afterReset({ memory, session: { kind: "unselected" }, entropy, undo: null }).state;
}

type KeyName = PsamData["keys"][number];

/** The CA with the PSAM's certificate under it. */
function authority({ PPIEP, VKIEP }: KeyName, data: PsamData, keys: PsamKeys): Authority {
  const key = keys.caPrivateKey(PPIEP, VKIEP);
  if (key === undefined) throw missing(`no CA key for PPIEP ${PPIEP}, VKIEP ${VKIEP}`);
  const certificate = certifyOnce(key, {
    type: "psam",
    authority: caName(PPIEP, VKIEP),
    subject: psamName(data.PPPSAM, data.IDPSAM),
    lastDay: data.certificateLastDay ?? "",
    modulus: requirePsamKey(data, keys).modulus,
  });
  return { PPIEP, VKIEP, modulus: toHex(modulusOf(key)), certificate: toHex(certificate) };
}

function requirePsamKey({ IDPSAM }: PsamData, keys: PsamKeys): RsaKey {
  const key = keys.psamKey(IDPSAM);
  if (key === undefined) throw missing(`no key pair for the PSAM ${IDPSAM}`);
  return key;
}

/** KDC, 16 bytes. */
function collectionKey({ PPPSAM, IDPSAM }: PsamData, keys: PsamKeys): Uint8Array {
  const MKC = keys.masterCollectionKey();
  if (!MKC) throw new PursebenchError("USAGE", "no master collection key", { mend: "add it to the test key set" });
  return deriveCollectionKey(MKC, { PPPSAM, IDPSAM });
}

function masterKey(name: KeyName, keys: PsamKeys): MasterKey {
  const { PPIEP, ALGIEP, VKIEP } = name;
  const MKP = keys.masterPurchaseKey(PPIEP, ALGIEP, VKIEP);
  if (!MKP) throw missing(`no master purchase key for PPIEP ${PPIEP}, ALGIEP ${ALGIEP}, VKIEP ${VKIEP}`);
  return { ...name, MKP: toHex(MKP) };
}

function missing(what: string): PursebenchError {
  return new PursebenchError("USAGE", what, {
    mend: "add it to the test key set or take it out of the PSAM's list",
  });
}
