/** Talking to the card under test: command in, data and status word out, and nothing that it says may be a key. */
import { fromHex, toHex } from "../../../harness/core/bytes.ts";
import type { CardSession } from "../../../harness/flows/devices.ts";
import type { CardKind } from "../../../harness/flows/system.ts";
import type { DeviceContext } from "../../define/case.ts";
import type { About } from "../../define/expect.ts";

/** A response APDU. */
export interface Answer {
  readonly data: Uint8Array;
  /** Four hex digits. */
  readonly SW: string;
}

/** A powered card in a case. */
export interface Talk {
  readonly t: DeviceContext;
  readonly card: CardSession;
  /** One command, bytes or hex. */
  ask(command: Uint8Array | string): Promise<Answer>;
  /** From now on no answer may hold one of these (hex digits, 16 or more each). */
  guard(secrets: readonly string[]): void;
}

/** The card of that kind at the contacts, after a cold reset; the card under test when absent. */
export async function talkTo(t: DeviceContext, kind?: CardKind): Promise<Talk> {
  if (kind !== undefined) await t.devices.insertCard(kind);
  const card = await t.devices.card();
  await card.reset("cold");
  const secrets = new Set<string>();
  return {
    t,
    card,
    guard: (more) => {
      for (const secret of more) secrets.add(secret);
    },
    ask: async (command) => {
      const answer = await card.apdu(typeof command === "string" ? fromHex(command) : command);
      const data = answer.slice(0, -2);
      if (data.length > 0) expectNoSecret(t, toHex(data), secrets);
      return { data, SW: toHex(answer.subarray(-2)) };
    },
  };
}

/** A check is left only where a key is told: there are thousands of answers. */
function expectNoSecret({ expect }: DeviceContext, said: string, secrets: ReadonlySet<string>): void {
  for (const secret of secrets) {
    if (!said.includes(secret)) continue;
    expect.that(false, "no answer of the card holds a key or half of one", {
      requirement: "CARD-0022-b",
      actual: `an answer of ${said.length / 2} bytes holds one`,
    });
  }
}

/** What the card answered, as it stands in expectations. */
export function shown({ data, SW }: Answer): string {
  return data.length === 0 ? SW : `${toHex(data)} ${SW}`;
}

/** The command is answered with exactly this status word and no data. */
export async function expectStatus(
  { t, ask }: Talk,
  what: string,
  command: Uint8Array | string,
  SW: string,
  about?: About,
): Promise<void> {
  t.expect.equal(`answer to ${what}`, shown(await ask(command)), SW, about);
}

/** The command is answered with `'9000'` and that many bytes; gives them. */
export async function expectData(
  { t, ask }: Talk,
  what: string,
  command: Uint8Array | string,
  length: number,
  about?: About,
): Promise<Uint8Array> {
  const { data, SW } = await ask(command);
  t.expect.equal(`length and status word of the answer to ${what}`, `${data.length} ${SW}`, `${length} 9000`, about);
  return data;
}

export const SELECT = "00A4040008F050422D4945503100";

export async function select(talk: Talk, about?: About): Promise<Uint8Array> {
  return await expectData(talk, "SELECT of the purse", SELECT, 47, about);
}
