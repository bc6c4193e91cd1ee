/** What a case gets to work with. */
import { PursebenchError } from "../../harness/core/errors.ts";
import type { EvidenceEvent } from "../../harness/evidence/event.ts";
import type { DeviceSystem } from "../../harness/flows/devices.ts";
import type { PurseSystem, TestKeys } from "../../harness/flows/system.ts";
import type { Case, CaseContext } from "./case.ts";
import { createExpect } from "./expect.ts";
import { firstLoadSite, firstSite, profileWords } from "./site-need.ts";
import { type BenchFacts, timing } from "./timing.ts";

/** What a case works on: the whole system, or the devices alone. */
export type Opened = { readonly system: PurseSystem } | { readonly devices: DeviceSystem };

/** What it gets beside that from outside of itself. */
export interface Beside {
  /** The machine's calendar, ms since 1970. */
  now(): number;
}

export interface CaseParts {
  readonly opened: Opened;
  readonly beside: Beside;
  readonly keys: TestKeys | undefined;
  readonly bench: BenchFacts;
  readonly write: (event: EvidenceEvent) => void;
}

/** `onCheck` is called with each expectation. */
export function contextOf(
  definition: Case,
  { opened, beside, keys, bench, write }: CaseParts,
  onCheck: () => void,
): CaseContext {
  const { facts } = "system" in opened ? opened.system : opened.devices;
  const unsaid = (what: string) =>
    new PursebenchError("INTERNAL", `${definition.id} uses ${what} without saying so in its definition`);
  const expect = createExpect(({ owner: _, ...expectation }, ok) => {
    onCheck();
    write({ kind: "check", ok, ...expectation });
  });
  return {
    get system() {
      if ("system" in opened) return opened.system;
      throw unsaid("the whole system");
    },
    get devices() {
      if ("devices" in opened) return opened.devices;
      throw unsaid("the devices alone");
    },
    facts,
    get keys() {
      if (keys && definition.needs?.keys) return keys;
      throw new PursebenchError("INTERNAL", `${definition.id} uses keys without saying so in its needs`);
    },
    siteFor(need) {
      const site = firstSite(facts.sites, need);
      if (site) return site;
      const what = `a site with ${profileWords(need)}`;
      throw new PursebenchError("INTERNAL", `${definition.id} uses ${what} without saying so in its needs`);
    },
    loadSiteFor(need) {
      const site = firstLoadSite(facts.loadSites, need);
      if (site) return site;
      const what = `a site for loading with ${profileWords(need)}`;
      throw new PursebenchError("INTERNAL", `${definition.id} uses ${what} without saying so in its needs`);
    },
    expect,
    bench,
    timing: timing(expect, bench),
    now: () => beside.now(),
    note: (text) => void write({ kind: "note", text }),
    ending: (text) => void write({ kind: "ending", text }),
    async step(title, work) {
      write({ kind: "phase", title });
      return await work();
    },
  };
}
