/** The program that runs the Java Cards, by its commands: one line each, answered in order (`fixtures/applets/host`, Console). */
import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type Deadline, within } from "../../core/deadline.ts";
import { messageOf, PursebenchError } from "../../core/errors.ts";
import { adopt, type Child } from "../process/child.ts";

const WHAT = "the Java Card runtime";
const MEND = "apt-get install default-jdk-headless maven, then npm run applets";
/** Starts fast and needs little; a card computes too little for a better compiler to pay. */
const JVM_OPTIONS = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m"];
/** How much of what the program complains about is kept for an error message. */
const COMPLAINT_BOUND = 500;

interface Waiting {
  resolve(): void;
  reject(error: PursebenchError): void;
}

/** Ends with this process, whatever way that ends: the end of its standard input ends the program. */
export class JavaConsole implements AsyncDisposable {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #child: Child;
  readonly #waiting: Waiting[] = [];
  readonly #complaint: () => string;
  #end: string | undefined;

  private constructor(
    process: ChildProcessByStdio<Writable, Readable, Readable>,
    child: Child,
    heard: { readonly complaint: () => string; readonly closed: Promise<void> },
  ) {
    this.#process = process;
    this.#child = child;
    this.#complaint = heard.complaint;
    process.stdin.on("error", () => undefined); // it has ended, which `ended` tells
    createInterface({ input: process.stdout }).on("line", (line) => this.#hear(line));
    // Not before its last words are read.
    void heard.closed.then(() => child.ended).then((end) => this.#giveUp(end));
  }

  /** Starts the program of `jar` and waits until it is ready. */
  static async open(jar: string, deadline: Deadline, java = "java"): Promise<JavaConsole> {
    const process = spawn(java, [...JVM_OPTIONS, "-jar", jar], { stdio: ["pipe", "pipe", "pipe"] });
    const heard = listen(process); // from the first: a file that is no program ends before anybody has looked at it
    const child = await adopt(process, WHAT, MEND).catch(async (thrown: unknown) => {
      if (process.pid === undefined) throw thrown; // it never ran
      await heard.closed;
      throw gone(messageOf(thrown), heard.complaint());
    });
    const console = new JavaConsole(process, child, heard);
    try {
      await within(deadline, console.tell("hello"), { what: WHAT, owner: "bench", mend: MEND });
    } catch (thrown) {
      await console[Symbol.asyncDispose]();
      throw thrown;
    }
    return console;
  }

  /** Number of the process. */
  get pid(): number {
    return this.#child.identity.pid;
  }

  /** Resolves when the program has done `command`; its refusal is an `INTERNAL` error with its reason. */
  tell(command: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) return reject(gone(this.#end, this.#complaint()));
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${command}\n`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }

  #hear(line: string): void {
    const [word, ...rest] = line.split(" ");
    if (word === "ok") this.#waiting.shift()?.resolve();
    if (word === "error") {
      this.#waiting.shift()?.reject(new PursebenchError("INTERNAL", `${WHAT}: ${rest.join(" ")}`));
    }
  }

  #giveUp(end: string): void {
    this.#end = end;
    for (const { reject } of this.#waiting.splice(0)) reject(gone(end, this.#complaint()));
  }
}

/** What the program complains about, as far as it is kept, and when it has said its last. */
function listen(process: ChildProcessByStdio<Writable, Readable, Readable>) {
  let complaint = "";
  process.stderr.on("data", (bytes: Buffer) => {
    complaint = (complaint + bytes.toString("utf8")).slice(-COMPLAINT_BOUND);
  });
  const closed = new Promise<void>((resolve) => process.once("close", () => resolve()));
  return { complaint: () => complaint.trim(), closed };
}

function gone(end: string, complaint: string): PursebenchError {
  return new PursebenchError("SERVICE_ABSENT", complaint ? `${end}: ${complaint}` : end, { mend: MEND });
}
