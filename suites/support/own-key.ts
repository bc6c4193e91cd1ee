/**
 * RSA keys of the harness's own that are the same whenever they are made: what a case says by them is then the same when evidence is
 * judged again, and no private key has to be kept there. Not for real keys.
 */
import { checkPrimeSync, createPrivateKey } from "node:crypto";
import { fromHex, toHex } from "../../harness/core/bytes.ts";
import { type Random, seededRandom } from "../../harness/core/random.ts";

/** Bytes of a prime; a modulus has twice as many. */
const PRIME = 56;
const EXPONENT = 65537n;

export interface OwnKey {
  /** 112 bytes. */
  readonly modulus: Uint8Array;
  /** PKCS#8 in base64. */
  readonly privateKey: string;
}

/** The key of that name. */
export function ownKey(name: string): OwnKey {
  const random = seededRandom(`own key: ${name}`);
  const [p, q] = [prime(random), prime(random)];
  const order = (p - 1n) * (q - 1n);
  const d = inverse(EXPONENT, order);
  const numbers = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const texts = Object.entries(numbers).map(([part, value]) => [
    part,
    Buffer.from(bytesOf(value)).toString("base64url"),
  ]);
  const key = createPrivateKey({ key: { kty: "RSA", ...Object.fromEntries(texts) }, format: "jwk" });
  return {
    modulus: bytesOf(numbers.n),
    privateKey: key.export({ format: "der", type: "pkcs8" }).toString("base64"),
  };
}

/** With both upper bits set, so that two of them make a modulus of full length, and fit for the exponent. */
function prime(random: Random): bigint {
  const bytes = random(PRIME);
  bytes[0] = (bytes[0] ?? 0) | 0xc0;
  let candidate = BigInt(`0x${toHex(bytes)}`) | 1n;
  while (!isFit(candidate)) candidate += 2n;
  return candidate;
}

/** Most candidates have a small divisor, which is found sooner than by a test for primes. */
function isFit(candidate: bigint): boolean {
  if ((candidate - 1n) % EXPONENT === 0n) return false;
  return SMALL.every((divisor) => candidate % divisor !== 0n) && checkPrimeSync(candidate);
}

/** Odd primes below 1000. */
const SMALL = Array.from({ length: 997 }, (_, index) => index + 3)
  .filter((number) => ![2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31].some((prime) => prime < number && number % prime === 0))
  .map(BigInt);

/** Of `value` modulo `modulus`, which have no divisor in common. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, value % modulus];
  let [factor, nextFactor] = [0n, 1n];
  while (next !== 0n) {
    const times = rest / next;
    [rest, next] = [next, rest - times * next];
    [factor, nextFactor] = [nextFactor, factor - times * nextFactor];
  }
  return ((factor % modulus) + modulus) % modulus;
}

function bytesOf(value: bigint): Uint8Array {
  const digits = value.toString(16);
  return fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
}
