/** Trouble with devices and servers that shows only as a reason code of the outcome (`messages.md`, section 6). */
const TROUBLE: Readonly<Record<string, { readonly owner: string; readonly text: string }>> = {
  A007: { owner: "terminal", text: "no terminal was free in time (A007)" },
  A008: { owner: "terminal", text: "the terminal gave no answer in time (A008)" },
  A019: { owner: "server", text: "a server could not be reached (A019)" },
};

export interface Trouble {
  readonly owner: string;
  readonly text: string;
}

/** What the set-top box met with, and what the reason code tells. */
export function troubleOf(CC: string, met: readonly Trouble[]): readonly Trouble[] {
  const told = TROUBLE[CC];
  return told ? [...met, told] : met;
}
