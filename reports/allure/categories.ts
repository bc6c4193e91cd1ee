/** Kinds of endings that Allure tells apart beyond its own statuses; see `outcome.ts` for the words that messages begin with. */
export const CATEGORIES = [
  { name: "Does not conform", matchedStatuses: ["failed"], groupBy: ["owner"], groupByMessage: true, expand: true },
  { name: "Inconclusive", matchedStatuses: ["broken"], messageRegex: "^inconclusive: [\\s\\S]*", groupBy: ["owner"] },
  { name: "Error of the bench", matchedStatuses: ["broken"], messageRegex: "^error: [\\s\\S]*", groupByMessage: true },
  { name: "Not run", matchedStatuses: ["skipped"], messageRegex: "^not run: [\\s\\S]*", groupByMessage: true },
  {
    name: "Not applicable",
    matchedStatuses: ["skipped"],
    messageRegex: "^not applicable: [\\s\\S]*",
    groupByMessage: true,
  },
] as const;

/** What changes from run to run. */
export const CHARTS = [
  { type: "currentStatus", title: "This run" },
  { type: "statusDynamics", title: "Verdicts from run to run", limit: 30 },
  { type: "statusTransitions", title: "Mended and broken from run to run", limit: 30 },
  { type: "durationDynamics", title: "Time of the cases from run to run", limit: 30 },
  { type: "statusAgePyramid", title: "How long cases have not passed", limit: 30 },
  {
    type: "stabilityDistribution",
    title: "Stability of suites",
    skipStatuses: ["skipped", "unknown"],
    threshold: 90,
    groupBy: "feature",
    limit: 30,
  },
] as const;
