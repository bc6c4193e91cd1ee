/** Where the money of a load comes from (load.md): an account at a bank, or a pre-funded one at the load server. */
export const LOAD_SOURCES = ["bank", "pre-funded"] as const;
export type LoadSource = (typeof LOAD_SOURCES)[number];

/** SOURCE, 1 or 2. */
export function sourceCode(source: LoadSource): number {
  return LOAD_SOURCES.indexOf(source) + 1;
}

/** Undefined for a word or a code that stands for none. */
export function loadSourceOf(word: string | number): LoadSource | undefined {
  return typeof word === "number" ? LOAD_SOURCES[word - 1] : LOAD_SOURCES.find((each) => each === word);
}
