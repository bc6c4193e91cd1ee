/** Import direction of the house (README, "Where things live"). A folder may import only what its line names. */
/** Tests and what only they use may look everywhere. */
const TESTS = "(\\.test|/test-bench|\\.contract)\\.ts$|/testing/";

const layers = {
  "harness/core": [],
  "harness/bench": ["harness/core"],
  "harness/protocol": ["harness/core"],
  "harness/crypto": ["harness/core", "harness/protocol"],
  "harness/device": ["harness/core", "harness/bench"],
  "harness/link": ["harness/core", "harness/device", "harness/protocol", "harness/flows/system.ts"],
  "harness/sql": ["harness/core"],
  "harness/accounts": ["harness/core", "harness/sql"],
  "harness/roles": [
    "harness/core",
    "harness/sql",
    "harness/accounts",
    "harness/device/contracts.ts",
    "harness/protocol",
    "harness/link",
    "harness/crypto",
  ],
  "harness/flows": ["harness/core", "harness/protocol"],
  "harness/evidence": ["harness/core", "harness/protocol", "harness/flows"],
  "harness/lab": [
    "harness/core",
    "harness/bench",
    "harness/device",
    "harness/protocol",
    "harness/crypto",
    "harness/link",
    "harness/roles",
  ],
  "harness/defects": [
    "harness/core",
    "harness/accounts",
    "harness/protocol",
    "harness/crypto",
    "harness/link",
    "harness/roles",
    "harness/device/contracts.ts",
    "harness/flows/system.ts",
  ],
  "harness/station": ["harness/(?!cli|run|page|nightly|station)"],
  "harness/run": ["harness/(?!cli|page|nightly)", "suites", "reports"],
  "harness/page": [
    "harness/(core|bench|evidence|flows|run|station)",
    "harness/crypto/constant-time.ts", // tokens
    "suites/define",
    "reports",
  ],
  "harness/nightly": ["harness/(core|bench|evidence|flows|sql|run|device)", "suites/define", "reports"],
  suites: ["harness/(core|bench|flows|evidence|protocol|station|crypto|defects|link/batch-http)", "suites"],
  // the review of a PICS is a pure table: reports show it item by item
  reports: ["harness/(core|evidence|protocol|flows|bench/static-review)", "reports"],
};

const forbidden = Object.entries(layers).map(([folder, allowed]) => ({
  name: `${folder.replaceAll("/", "-")}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^${folder}/`, pathNot: TESTS },
  to: {
    path: "^(harness|suites|reports|fixtures)/",
    pathNot: [`^${folder}/`, ...allowed.map((name) => `^${name}`)],
  },
}));

module.exports = {
  forbidden: [
    ...forbidden,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "only-device-pcsc-knows-pcsclite",
      severity: "error",
      from: { path: "^(harness|suites|reports)/", pathNot: "^harness/device/pcsc/" },
      to: { path: "node_modules/pcsclite" },
    },
    {
      name: "only-device-serial-knows-serialport",
      severity: "error",
      from: { path: "^(harness|suites|reports)/", pathNot: "^harness/device/serial/" },
      to: { path: "node_modules/(@serialport/|serialport)" },
    },
    {
      name: "protocol-is-pure",
      severity: "error",
      from: { path: "^harness/protocol/", pathNot: TESTS },
      to: { dependencyTypes: ["core", "npm"] },
    },
    {
      name: "fixtures-are-data",
      severity: "error",
      from: { path: "^harness/" },
      to: { path: "^fixtures/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".mjs"] },
  },
};
