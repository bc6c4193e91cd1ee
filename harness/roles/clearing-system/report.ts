import { formatAmount } from "../../core/currency.ts";

/** A member as it is settled. */
export interface SettledMember {
  readonly PPIEP: string;
  readonly IDACQUIRER: string;
  readonly IDMER: string;
  readonly MPDA: number;
  readonly CURR: string;
  readonly CEXP: number;
}

interface Sum {
  readonly CURR: string;
  readonly CEXP: number;
  /** Minor units. */
  readonly sum: number;
  /** How many transactions. */
  readonly count: number;
}

/** What one settlement moves (`clearing.md` 5); ordered, so that the same members give the same report. */
export interface SettlementReport {
  /** Number of the settlement, 1 the first. */
  readonly N: number;
  /** From the pool of an issuer to an acquirer, in one sum. */
  readonly issuers: readonly ({ readonly PPIEP: string; readonly IDACQUIRER: string } & Sum)[];
  /** What each acquirer gets and gives. */
  readonly acquirers: readonly ({ readonly IDACQUIRER: string } & Sum)[];
  /** From the acquirer to a merchant: its own sales. */
  readonly merchants: readonly ({ readonly IDMER: string; readonly IDACQUIRER: string } & Sum)[];
  /** Of each currency: as much as leaves the pools and as much as reaches the merchants. */
  readonly sums: readonly Sum[];
}

export function reportOf(N: number, members: readonly SettledMember[]): SettlementReport {
  return {
    N,
    issuers: grouped(members, ({ PPIEP, IDACQUIRER }) => ({ PPIEP, IDACQUIRER })),
    acquirers: grouped(members, ({ IDACQUIRER }) => ({ IDACQUIRER })),
    merchants: grouped(members, ({ IDMER, IDACQUIRER }) => ({ IDMER, IDACQUIRER })),
    sums: grouped(members, () => ({})),
  };
}

/** The report as it is printed. */
export function reportText({ N, issuers, acquirers, merchants, sums }: SettlementReport): readonly string[] {
  const amount = ({ sum, CURR, CEXP, count }: Sum) =>
    `${formatAmount(sum, CURR, CEXP)} (${count} ${count === 1 ? "transaction" : "transactions"})`;
  return [
    `Settlement ${N}`,
    ...issuers.map((line) => `issuer ${line.PPIEP} to acquirer ${line.IDACQUIRER}: ${amount(line)}`),
    ...acquirers.map((line) => `acquirer ${line.IDACQUIRER}: ${amount(line)}`),
    ...merchants.map((line) => `acquirer ${line.IDACQUIRER} to merchant ${line.IDMER}: ${amount(line)}`),
    ...sums.map((line) => `total: ${amount(line)}`),
  ];
}

function grouped<Name extends object>(
  members: readonly SettledMember[],
  nameOf: (member: SettledMember) => Name,
): readonly (Name & Sum)[] {
  const groups = new Map<string, Name & Sum>();
  for (const member of members) {
    const { CURR, CEXP, MPDA } = member;
    const name = nameOf(member);
    const key = JSON.stringify([...Object.values(name), CURR, CEXP]);
    const { sum, count } = groups.get(key) ?? { sum: 0, count: 0 };
    groups.set(key, { ...name, CURR, CEXP, sum: sum + MPDA, count: count + 1 });
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
}
