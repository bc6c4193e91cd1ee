/** Which accounts a session has selected. Logging in is the holder's own affair: who selects an account of it, has it. */
export interface SessionAccounts {
  bind(SESSION: string, ACCOUNT: string): void;
  has(SESSION: string, ACCOUNT: string): boolean;
}

/** Most selections that are remembered; the oldest one is forgotten first. */
const LIMIT = 10_000;

export function sessionAccounts(): SessionAccounts {
  const bound = new Set<string>();
  const keyOf = (SESSION: string, ACCOUNT: string) => `${SESSION}/${ACCOUNT}`;
  return {
    bind(SESSION, ACCOUNT) {
      bound.delete(keyOf(SESSION, ACCOUNT));
      bound.add(keyOf(SESSION, ACCOUNT));
      const [oldest] = bound;
      if (bound.size > LIMIT && oldest !== undefined) bound.delete(oldest);
    },
    has: (SESSION, ACCOUNT) => bound.has(keyOf(SESSION, ACCOUNT)),
  };
}
