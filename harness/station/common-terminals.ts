import type { SystemFacts } from "../flows/system.ts";

/** The terminals that the merchants' payment server has for everybody: smart ones that no site has for itself. */
export function commonTerminals({ sites, terminals }: SystemFacts): readonly string[] {
  const [first] = sites.filter(({ kind }) => kind === "internet");
  const smart = terminals.filter(({ kind, server }) => kind === "smart" && server === "payment-server");
  const common = smart.filter(({ IDTERM }) => first?.terminals?.includes(IDTERM) ?? true);
  return common.map(({ IDTERM }) => IDTERM);
}
