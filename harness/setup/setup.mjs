/**
 * Everything that a fresh clone needs before the command line or the tests can run: system packages, node modules, the
 * compiled command; with --applets or --tests the Java Cards, too. Plain JavaScript on purpose: it runs before anything is
 * installed or compiled. Quick when nothing is missing, and says what it is about to do before it does it.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** What the real stack needs, by Debian package, and the file that shows that it is there. */
const SYSTEM = [
  { package: "pcscd", shows: ["/usr/sbin/pcscd"], why: "the PC/SC daemon" },
  { package: "libccid", shows: ["/usr/lib/pcsc/drivers/serial/libccidtwin.so"], why: "the serial CCID driver" },
  { package: "libpcsclite-dev", shows: ["/usr/include/PCSC/winscard.h"], why: "to build the pcsclite module" },
  { package: "socat", shows: ["/usr/bin/socat"], why: "pseudo terminals" },
  { package: "g++", shows: ["/usr/bin/g++", "/usr/local/bin/g++"], why: "to build native modules" },
  { package: "make", shows: ["/usr/bin/make", "/usr/local/bin/make"], why: "to build native modules" },
  { package: "python3", shows: ["/usr/bin/python3", "/usr/local/bin/python3"], why: "node-gyp is a Python program" },
];

/** What only the tests need. */
const FOR_TESTS = [
  { package: "libxml2-utils", shows: ["/usr/bin/xmllint"], why: "the tests hold JUnit reports to XML" },
  { package: "chromium", shows: ["/usr/bin/chromium"], why: "the tests look at pages in a real browser" },
  { package: "tshark", shows: ["/usr/bin/tshark"], why: "the tests open captures with Wireshark" },
  { package: "groff-base", shows: ["/usr/bin/groff"], why: "the tests set the manual pages" },
  { package: "poppler-utils", shows: ["/usr/bin/pdftotext"], why: "the tests read the PDF reports" },
  { package: "postgresql", shows: ["/usr/lib/postgresql"], why: "the tests run on a real PostgreSQL server too" },
];

/** What builds and runs the Java Cards, for those who want them and for the tests. */
const FOR_APPLETS = [
  { package: "default-jdk-headless", shows: programPaths("javac"), why: "to compile and run the Java Cards" },
  { package: "maven", shows: programPaths("mvn"), why: "to build the Java Cards" },
];

const wantsTests = process.argv.includes("--tests");
const wantsApplets = process.argv.includes("--applets");

/** Where `name` would be: on the PATH, or in the Java that the environment names. */
function programPaths(name) {
  const folders = (process.env.PATH ?? "").split(":").filter((folder) => folder !== "");
  if (process.env.JAVA_HOME) folders.unshift(join(process.env.JAVA_HOME, "bin"));
  return folders.map((folder) => join(folder, name));
}

function isThere(entry) {
  return entry.shows.some((path) => existsSync(path));
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(2);
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });
  return done.status === 0;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Node ${process.versions.node} is too old: pursebench needs Node 20.19 or newer`);
}

function missingPackages() {
  const wanted = [...SYSTEM, ...(wantsTests ? FOR_TESTS : []), ...(wantsTests || wantsApplets ? FOR_APPLETS : [])];
  return wanted.filter((entry) => !isThere(entry));
}

/** The prefix that gets root's rights without asking, or undefined. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0) return ["sudo", "-n"];
  if (process.stdin.isTTY && spawnSync("sudo", ["-V"], { stdio: "ignore" }).status === 0) return ["sudo"];
  return undefined;
}

function installPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry.package);
  for (const entry of missing) say(`missing system package ${entry.package}: ${entry.why}`);
  const prefix = rootPrefix();
  if (!prefix || !existsSync("/usr/bin/apt-get")) {
    say(`no rights to install them. Ask an administrator for: apt-get install ${names.join(" ")}`);
    say("going on without: only the inproc bench will work, not the virtual lab or PC/SC readers");
    return;
  }
  say(`installing with apt: ${names.join(" ")}`);
  const apt = (args) => {
    const [command, ...rest] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args];
    return run(command, rest);
  };
  if (!apt(["update", "-q"]) || !apt(["install", "-y", "-q", "--no-install-recommends", ...names])) {
    fail(`apt could not install ${names.join(" ")}: see its words above, mend that, and run the command again`);
  }
}

/** node-gyp wants the headers of this very Node; Debian's and NodeSource's packages put them beside it. */
function nodeGypEnvironment() {
  if (process.env.npm_config_nodedir) return process.env;
  const prefix = dirname(dirname(process.execPath));
  const header = join(prefix, "include", "node", "node_version.h");
  return existsSync(header) ? { ...process.env, npm_config_nodedir: prefix } : process.env;
}

function installModules() {
  const lock = readFileSync(join(root, "package-lock.json"));
  const wanted = createHash("sha256").update(lock).update(process.version).update(process.arch).digest("hex");
  const stamp = join(root, "node_modules", ".pursebench-setup");
  const pcsclite = join(root, "node_modules", "pcsclite", "build", "Release", "pcsclite.node");
  const canBuildPcsc = existsSync("/usr/include/PCSC/winscard.h");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && (existsSync(pcsclite) || !canBuildPcsc)) return;
  say("installing node modules (npm ci; native modules are compiled, which takes a minute or two)");
  const env = nodeGypEnvironment();
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  if (canBuildPcsc) {
    if (!run("npm", ["ci", ...quiet], { env })) fail("npm ci failed: see its words above");
  } else {
    // Without the PC/SC headers its module cannot be built; everything else can work without it.
    if (!run("npm", ["ci", "--ignore-scripts", ...quiet], { env })) fail("npm ci failed: see its words above");
    if (!run("npm", ["rebuild", "better-sqlite3", ...quiet], { env })) fail("better-sqlite3 could not be built");
  }
  writeFileSync(stamp, wanted);
}

/** When the newest source under `path` was written, ms; `isSource` judges by path. */
function newest(path, isSource) {
  const entry = statSync(path);
  if (!entry.isDirectory()) return isSource(path) ? entry.mtimeMs : 0;
  return Math.max(
    0,
    ...readdirSync(path)
      .filter((name) => name !== "runs" && name !== "target")
      .map((name) => newest(join(path, name), isSource)),
  );
}

function compile() {
  const stamp = join(root, ".build", "compiled");
  const isSource = (path) => /\.ts$/.test(path) && !/\.test\.ts$/.test(path);
  const sources = Math.max(...["harness", "suites", "reports"].map((folder) => newest(join(root, folder), isSource)));
  if (existsSync(stamp) && statSync(stamp).mtimeMs > sources) return;
  say("compiling");
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  for (const project of ["tsconfig.build.json", "harness/page/browser/tsconfig.json"]) {
    if (!run(process.execPath, [compiler, "-p", project])) fail("the sources do not compile: see the messages above");
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, "");
}

/** The Java Cards' own tests are left to `npm test`. Without network or Java the tests that need the cards say so. */
function buildApplets() {
  const folder = join(root, "fixtures", "applets");
  const jar = join(folder, "host", "target", "pursebench-cards.jar");
  const stamp = join(folder, "host", "target", "built");
  const sources = newest(folder, (path) => /(\.java|pom\.xml)$/.test(path) && !path.includes("/src/test/"));
  if (existsSync(jar) && existsSync(stamp) && statSync(stamp).mtimeMs > sources) return;
  say("building the Java Cards (the first time Maven fetches what it needs)");
  if (FOR_APPLETS.every(isThere) && run("mvn", ["-q", "-B", "package", "-DskipTests"], { cwd: folder })) {
    writeFileSync(stamp, "");
    return;
  }
  say("the Java Cards are not built: --card javacard and --psam javacard will not work");
  if (wantsApplets) process.exit(2);
}

/** npx marks the command once, when it first links it; a file that was compiled anew has lost that. */
function makeExecutable() {
  chmodSync(join(root, ".build", "harness", "cli", "main.js"), 0o755);
}

checkNode();
installPackages();
installModules();
compile();
makeExecutable();
if (wantsTests || wantsApplets) buildApplets();
