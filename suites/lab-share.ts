/** The cases on the virtual lab, dealt out to test files: each file has a lab of its own, and labs mostly wait. */
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBench } from "../harness/bench/load.ts";
import { REFERENCE } from "../harness/defects/variation.ts";
import { describe } from "../harness/protocol/messages/describe.ts";
import { openStation } from "../harness/station/index.ts";
import type { Case } from "./define/case.ts";
import { registerCases } from "./define/vitest.ts";
import { cases } from "./index.ts";

const SHARE_FILE = /^conformance\.lab-\d+\.test\.ts$/;
/** Where the share with Java Cards has card and security card from. */
const JAVA_CARDS = { card: "javacard", psam: "javacard" } as const;
const SIMULATED = {};

/**
 * Registers the cases that fall to the test file at `url`, one of `conformance.lab-N.test.ts`; another file takes its
 * part of the work by being there. Every second file has the Java Cards in place of the simulators. Neighbours, which take alike
 * long, fall to different files.
 */
export function registerLabShare(url: string): void {
  const file = fileURLToPath(url);
  const files = readdirSync(dirname(file))
    .filter((name) => SHARE_FILE.test(name))
    .sort();
  const share = files.indexOf(basename(file));
  const isJava = share % 2 === 1;
  const { bench } = loadBench("virtual-lab", isJava ? JAVA_CARDS : SIMULATED);
  const player = isJava ? "Java Cards" : "simulated cards";
  registerCases({
    title: `the reference system conforms, on the virtual lab with ${player}, ${share + 1} of ${files.length}`,
    cases: shareOf(share, files.length),
    openStation: (record) =>
      openStation({ bench, iut: "card", variation: REFERENCE, lab: `conformance-${share}-${process.pid}` }, record),
    describe,
  });
}

/** The second share has the long suites of the Java Cards besides: every third of its turns goes to the first. */
function turnOf(index: number, shares: number): number {
  const turn = index % shares;
  return turn === 1 && Math.floor(index / shares) % 3 === 2 ? 0 : turn;
}

/**
 * Of a product the pairwise selection; `pursebench certify --bench inproc` runs it whole. What only a card or a security card owes is
 * asked of the Java Cards: the simulated ones answer in process.
 */
function shareOf(share: number, shares: number): readonly Case[] {
  const isOfJava = ({ suite }: Case) => suite === "card" || suite === "psam";
  const isOfSimulated = ({ suite }: Case) => suite === "reader" || suite === "terminal";
  const flows = cases.filter((each) => each.needs?.exhaustive !== true && !isOfJava(each) && !isOfSimulated(each));
  const dealt = flows.filter((_, index) => turnOf(index, shares) === share);
  if (share > 1) return dealt;
  return [...cases.filter(share === 1 ? isOfJava : isOfSimulated), ...dealt];
}
