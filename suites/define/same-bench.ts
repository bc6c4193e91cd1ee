/** A run that broke off goes on only on the bench, and with the devices, that it began with. */
import type { Earlier } from "../../harness/evidence/earlier.ts";
import type { SpecimenIdentity, StationIdentity } from "../../harness/flows/station.ts";
import { anotherIn } from "./specimen-watch.ts";

/** What a run changes of a card by itself. */
const CHANGING = ["NTIEP", "BALIEP"];

/** What is known of the bench now. */
export interface Found {
  readonly identity: StationIdentity;
  readonly specimen: Readonly<Record<string, string>> | undefined;
  readonly specimens: readonly SpecimenIdentity[] | undefined;
}

/** How the bench at hand differs from that of the evidence, in a sentence; undefined where it does not, as far as that was read. */
export function whyAnotherBench(earlier: Earlier, { identity, specimen, specimens }: Found): string | undefined {
  return (
    (earlier.identity && anotherIdentity(earlier.identity, identity)) ??
    (earlier.specimens && anotherSpecimen(earlier.specimens, specimens)) ??
    (earlier.specimen && anotherReading(earlier.specimen, specimen ?? {}))
  );
}

function anotherIdentity(was: StationIdentity, is: StationIdentity): string | undefined {
  const told = ({ bench, iut, devices }: StationIdentity) => [
    `bench ${bench}`,
    `${iut.role}: ${iut.description}`,
    ...devices.map(({ name, version }) => `${name} (${version})`),
  ];
  const before = told(was);
  const now = told(is);
  const index = Array.from({ length: Math.max(before.length, now.length) }, (_, each) => each).find(
    (each) => before[each] !== now[each],
  );
  if (index === undefined) return undefined;
  return `the bench is another one: the run began with ${before[index] ?? "no such device"}, and now there is ${now[index] ?? "none"}`;
}

function anotherSpecimen(
  was: readonly SpecimenIdentity[],
  is: readonly SpecimenIdentity[] | undefined,
): string | undefined {
  if (!is) return "who the devices are cannot be read, and the run began with devices that could be told";
  const another = anotherIn(was, is);
  return another && `the ${another.what} is another one: ${another.words}`;
}

function anotherReading(
  was: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
): string | undefined {
  const name = Object.keys(was).find((each) => !CHANGING.includes(each) && was[each] !== is[each]);
  if (name === undefined) return undefined;
  return `the specimen is another one: the run began with ${name} ${was[name]}, and now it is ${is[name] ?? "not there"}`;
}
