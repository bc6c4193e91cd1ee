import { webcrypto } from "node:crypto";
import type { ServerTls } from "./listen.ts";

/** A certification authority for one run of a test system; its key exists only in this process. */
export interface TestCa {
  /** PEM certificate that clients trust. */
  readonly certificate: string;
  /** A server certificate for these DNS names and IP addresses, with its key, both PEM. */
  issue(names?: readonly string[]): Promise<ServerTls>;
}

export interface TestCaOptions {
  /** Calendar time at which certificates begin to be valid (one hour earlier, for clocks that differ). */
  readonly now: Date;
  /** Days that certificates are valid; 7 when absent: long enough for a soak, too short to be kept. */
  readonly days?: number;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const LOCAL_NAMES = ["localhost", "127.0.0.1", "::1"] as const;

/** Makes a test CA: ECDSA P-256, a root that may sign end certificates only. */
export async function createTestCa({ now, days = 7 }: TestCaOptions): Promise<TestCa> {
  const x509 = await loadX509();
  const valid = {
    notBefore: new Date(now.getTime() - 3_600_000),
    notAfter: new Date(now.getTime() + days * 86_400_000),
    signingAlgorithm: ALGORITHM,
  };
  const caKeys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...valid,
    serialNumber: serialNumber(),
    name: "CN=pursebench test CA",
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  return {
    certificate: root.toString("pem"),
    async issue(names = LOCAL_NAMES) {
      const keys = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        ...valid,
        serialNumber: serialNumber(),
        subject: `CN=${names[0] ?? "pursebench"}`,
        issuer: root.subject,
        publicKey: keys.publicKey,
        signingKey: caKeys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIpAddress(value) ? ("ip" as const) : ("dns" as const), value })),
          ),
          await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
        ],
      });
      const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
      return { certificate: certificate.toString("pem"), key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") };
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** 16 random bytes, positive. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  return `01${Buffer.from(bytes).toString("hex").slice(2)}`;
}

function isIpAddress(name: string): boolean {
  return /^[0-9.]+$/.test(name) || name.includes(":");
}

/**
 * The library's container insists on a polyfill of decorator metadata when it is loaded, though nothing that we use
 * needs metadata. It gets one for just that moment, so that no global of the process stays changed.
 */
async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  if (Reflect.has(Reflect, "getMetadata")) return await import("@peculiar/x509");
  const metadata = { getMetadata: () => undefined, getOwnMetadata: () => undefined, defineMetadata: () => undefined };
  Object.assign(Reflect, metadata);
  try {
    return await import("@peculiar/x509");
  } finally {
    for (const name of Object.keys(metadata)) Reflect.deleteProperty(Reflect, name);
  }
}
