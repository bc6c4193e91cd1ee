/** The same cases as in process, unchanged, on the real stack: pcscd, serial driver, pseudo terminals, sockets. */
import { loadBench } from "../harness/bench/load.ts";
import { REFERENCE } from "../harness/defects/variation.ts";
import { describe } from "../harness/protocol/messages/describe.ts";
import { openStation } from "../harness/station/index.ts";
import { registerCases } from "./define/vitest.ts";
import { cases } from "./index.ts";

const { bench } = loadBench("virtual-lab");
registerCases({
  title: "the reference system conforms, on the virtual lab",
  cases,
  openStation: (record) =>
    openStation({ bench, iut: "card", variation: REFERENCE, lab: `conformance-${process.pid}` }, record),
  describe,
});
