import { createHmac, randomBytes } from "node:crypto";
import { constantTimeEqual } from "../../crypto/constant-time.ts";

/** Wrong tokens that one address, and all together, may send within the time. */
const MOST_BY_ADDRESS = 5;
const MOST_BY_ALL = 50;
const WITHIN_MS = 60_000;

/** A token for people to type or paste: 128 bits. */
export function newToken(): string {
  return randomBytes(16).toString("base64url");
}

export type Entrance = "granted" | "wrong" | "too-many";

/** Lets in who knows the token. What a browser keeps is derived from the token, so that it is good after a restart with the same one. */
export class TokenGate {
  readonly #token: Uint8Array;
  readonly #pass: string;
  readonly #now: () => number;
  #wrong: { readonly address: string; readonly atMs: number }[] = [];

  constructor(token: string, now: () => number = () => performance.now()) {
    this.#token = digest(token, "token");
    this.#pass = createHmac("sha256", token).update("pursebench station pass").digest("base64url");
    this.#now = now;
  }

  /** For the cookie of a browser that was let in. */
  get pass(): string {
    return this.#pass;
  }

  /** Whether a cookie is that of a browser that was let in. */
  knows(pass: string | undefined): boolean {
    return constantTimeEqual(digest(pass ?? "", "pass"), digest(this.#pass, "pass"));
  }

  /** Judges a token that somebody at `address` sent. */
  enter(token: string, address: string): Entrance {
    const since = this.#now() - WITHIN_MS;
    this.#wrong = this.#wrong.filter(({ atMs }) => atMs > since);
    const own = this.#wrong.filter((each) => each.address === address);
    if (own.length >= MOST_BY_ADDRESS || this.#wrong.length >= MOST_BY_ALL) return "too-many";
    if (constantTimeEqual(digest(token, "token"), this.#token)) return "granted";
    this.#wrong.push({ address, atMs: this.#now() });
    return "wrong";
  }
}

/** Equal lengths for the comparison, which depends on length alone. */
function digest(text: string, use: string): Uint8Array {
  return createHmac("sha256", `pursebench station ${use}`).update(text).digest();
}

/** The cookie `name` of a request. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
