/** Two series of times against each other, without a word about how they are distributed. */

export interface TimeComparison {
  readonly pairs: number;
  /** Median of the pairwise differences, second less first, ms. */
  readonly differenceMs: number;
  /** Half of the interval that holds the true one with a confidence of 1 - 1e-6, ms. */
  readonly uncertaintyMs: number;
  /** Chance of a rank sum as extreme, two-sided, if both series were alike. */
  readonly chance: number;
  /** All times are one: nothing was measured. */
  readonly isStill: boolean;
}

/** Standard deviations of a two-sided chance of 1e-6. */
const SIGMAS = 4.8916;

/** Wilcoxon's signed ranks over the pairs (normal approximation, ties by mean rank), and the distribution-free interval of their median. */
export function compareTimes(first: readonly number[], second: readonly number[]): TimeComparison {
  const differences = first.map((each, at) => (second[at] ?? 0) - each);
  const sorted = [...differences].sort((a, b) => a - b);
  const chance = signedRankChance(differences.filter((each) => each !== 0));
  const isStill = new Set([...first, ...second].map((each) => each.toFixed(6))).size === 1;
  return {
    pairs: first.length,
    differenceMs: medianOf(sorted),
    uncertaintyMs: intervalOf(sorted) / 2,
    chance,
    isStill,
  };
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/** Between the order statistics that hold the median (binomial with one half). */
function intervalOf(sorted: readonly number[]): number {
  const reach = Math.ceil((SIGMAS * Math.sqrt(sorted.length)) / 2);
  const middle = sorted.length / 2;
  const low = sorted[Math.max(0, Math.floor(middle) - reach)] ?? 0;
  return (sorted[Math.min(sorted.length - 1, Math.ceil(middle) + reach)] ?? 0) - low;
}

function signedRankChance(differences: readonly number[]): number {
  const count = differences.length;
  if (count === 0) return 1;
  const ranks = ranksOf(differences.map(Math.abs));
  const sum = differences.reduce((total, each, at) => total + (each > 0 ? (ranks[at] ?? 0) : 0), 0);
  const mean = (count * (count + 1)) / 4;
  const deviation = Math.sqrt(ranks.reduce((total, rank) => total + rank * rank, 0)) / 2;
  return tailOf(Math.abs(sum - mean) / deviation);
}

/** From 1; equal values share the mean of their ranks. */
function ranksOf(values: readonly number[]): readonly number[] {
  const order = values.map((value, at) => ({ value, at })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && order[to + 1]?.value === order[from]?.value) to++;
    for (let place = from; place <= to; place++) ranks[order[place]?.at ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

/** Two-sided tail of the normal distribution: 2 Q(z), by the continued fraction of Laplace beyond 2 and a sum below. */
export function tailOf(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 2) {
    let [term, sum] = [z, z];
    for (let n = 1; n < 60; n++) {
      term *= (z * z) / (2 * n + 1);
      sum += term;
    }
    return Math.max(0, 1 - 2 * density * sum);
  }
  let fraction = z;
  for (let n = 80; n > 0; n--) fraction = z + n / fraction;
  return (2 * density) / fraction;
}
