/** Java Cards: the applets of `fixtures/applets` in jCardSim, each a card of its own that may be put anywhere. */
import { existsSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { packageRoot } from "../../bench/package-root.ts";
import { toHex } from "../../core/bytes.ts";
import type { CardTear } from "../../core/card-tear.ts";
import { type Deadline, deadlineIn, within } from "../../core/deadline.ts";
import { PursebenchError } from "../../core/errors.ts";
import type { CaseByHeader, VirtualCard } from "../../device/virtual/virtual-card.ts";
import { exerciserCase } from "./exerciser-case.ts";
import { JavaConsole } from "./java-console.ts";
import { listenForCards, VpcdConnection } from "./vpcd-connection.ts";

/** The program that `npm run applets` builds. */
export const CARDS_JAR = join("fixtures", "applets", "host", "target", "pursebench-cards.jar");

export type JavaCardKind = "iep" | "psam" | "exerciser";

/** What it wrote stays until it is disposed of; power comes and goes as its reader likes. */
export interface JavaCard extends VirtualCard, AsyncDisposable {
  readonly kind: JavaCardKind;
  /** A write is one that the applet makes to persistent memory, the commit of a transaction among them. */
  tearAt(tear: CardTear | undefined, onTorn?: () => void): void;
}

/** For a card to be made, or put into its reader, on a machine with other things to do. */
const CARD_PATIENCE_MS = 30_000;

/** One Java virtual machine, for as many cards as are wanted. */
export class JavaRuntime implements AsyncDisposable {
  readonly #console: JavaConsole;
  readonly #deadline: Deadline;
  #cards = 0;

  private constructor(console: JavaConsole, deadline: Deadline) {
    this.#console = console;
    this.#deadline = deadline;
  }

  /** Starts the program, which must be ready before `deadline`. `SERVICE_ABSENT` where Java or the program is missing. */
  static async open(deadline: Deadline, jar = join(packageRoot(), CARDS_JAR)): Promise<JavaRuntime> {
    if (!existsSync(jar)) {
      throw new PursebenchError("SERVICE_ABSENT", `the Java Cards are not built: there is no ${jar}`, {
        mend: "npm run applets (it needs the packages default-jdk-headless and maven)",
      });
    }
    return new JavaRuntime(await JavaConsole.open(jar, deadline), deadline);
  }

  /** Number of the process, for measurements. */
  get pid(): number {
    return this.#console.pid;
  }

  /** A fresh card with the applet installed and blank (`test-cards.md` 1). Without `atr`: T=1, IFSC 254, BWI 4. */
  async newCard(kind: JavaCardKind, atr?: Uint8Array): Promise<JavaCard> {
    const id = `${kind}-${++this.#cards}`;
    const due = deadlineIn(this.#deadline.clock, CARD_PATIENCE_MS);
    const who = { what: `the Java Card ${id}`, owner: "bench" } as const;
    await within(due, this.#console.tell(`new ${id} ${kind}${atr ? ` ${toHex(atr)}` : ""}`), who);
    return new RunningCard(kind, id, this.#console, await within(due, this.#connect(id), who));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#console[Symbol.asyncDispose]();
  }

  async #connect(id: string): Promise<Socket> {
    const server = createServer();
    const came = new Promise<Socket>((resolve) => server.once("connection", resolve));
    try {
      await this.#console.tell(`connect ${id} ${await listenForCards(server, 0)}`);
      return await came;
    } finally {
      server.close();
    }
  }
}

class RunningCard implements JavaCard {
  readonly kind: JavaCardKind;
  readonly caseOf: CaseByHeader | undefined;
  readonly #id: string;
  readonly #console: JavaConsole;
  readonly #socket: Socket;
  readonly #card: VirtualCard;
  #tear: { readonly onTorn: () => void; readonly set: Promise<void> } | undefined;
  #isPowered = false;

  constructor(kind: JavaCardKind, id: string, console: JavaConsole, socket: Socket) {
    this.kind = kind;
    this.caseOf = kind === "exerciser" ? exerciserCase : undefined;
    this.#id = id;
    this.#console = console;
    this.#socket = socket;
    this.#card = new VpcdConnection(socket).card();
  }

  async powerOn(): Promise<Uint8Array | null> {
    this.#isPowered = true;
    return await this.#card.powerOn();
  }

  async reset(): Promise<Uint8Array | null> {
    this.#isPowered = true;
    return await this.#card.reset();
  }

  powerOff(): void {
    this.#isPowered = false;
    this.#card.powerOff?.();
  }

  async transmit(command: Uint8Array): Promise<Uint8Array | null> {
    const tear = this.#tear;
    await tear?.set; // another connection than the command's: it must be there first
    const answer = await this.#card.transmit(command);
    // A card with power that says nothing was torn, unless its program has gone.
    if (answer === null && tear && this.#isPowered && !this.#socket.destroyed) {
      this.#isPowered = false;
      this.#tear = undefined;
      tear.onTorn();
    }
    return answer;
  }

  tearAt(tear: CardTear | undefined, onTorn: () => void = () => undefined): void {
    const set = this.#console.tell(`tear ${this.#id} ${tear ? tearWords(tear) : "off"}`);
    set.catch(() => undefined); // told to the next command
    this.#tear = { onTorn, set };
  }

  /** The card is destroyed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.#console.tell(`drop ${this.#id}`).catch(() => undefined); // a runtime that has ended has no cards either
  }
}

/** `INS P1 WRITE PART`; write 0 is the command itself. */
function tearWords({ INS, P1, at }: CardTear): string {
  const [write, part] =
    at === "before-command" ? [0, "before"] : at === "after-command" ? [0, "after"] : [at.write, at.part];
  return `${INS.toString(16)} ${P1.toString(16)} ${write} ${part}`;
}
