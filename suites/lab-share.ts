/** The cases on the virtual lab, dealt out to test files: each file has a lab of its own, and labs mostly wait. */
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBench } from "../harness/bench/load.ts";
import { REFERENCE } from "../harness/defects/variation.ts";
import { describe } from "../harness/protocol/messages/describe.ts";
import { openStation } from "../harness/station/index.ts";
import { registerCases } from "./define/vitest.ts";
import { cases } from "./index.ts";

const SHARE_FILE = /^conformance\.lab-\d+\.test\.ts$/;

/**
 * Registers the cases that fall to the test file at `url`, one of `conformance.lab-N.test.ts`; another file takes its
 * part of the work by being there. Neighbours, which take alike long, fall to different files.
 */
export function registerLabShare(url: string): void {
  const file = fileURLToPath(url);
  const files = readdirSync(dirname(file))
    .filter((name) => SHARE_FILE.test(name))
    .sort();
  const share = files.indexOf(basename(file));
  const { bench } = loadBench("virtual-lab");
  // of a product the pairwise selection; `pursebench certify --bench inproc` runs it whole
  const selection = cases.filter(({ needs }) => needs?.exhaustive !== true);
  registerCases({
    title: `the reference system conforms, on the virtual lab, ${share + 1} of ${files.length}`,
    cases: selection.filter((_, index) => index % files.length === share),
    openStation: (record) =>
      openStation({ bench, iut: "card", variation: REFERENCE, lab: `conformance-${share}-${process.pid}` }, record),
    describe,
  });
}
