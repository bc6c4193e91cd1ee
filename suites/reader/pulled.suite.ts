/** Cards that are pulled while something is going on. */
import type { Case, DeviceContext } from "../define/case.ts";
import { t1With } from "./support/atrs.ts";
import { bytesOf, filling } from "./support/bytes.ts";
import { echo, exerciser, failureOf, patternCommand, put, TOLD_MS, talkOver, work } from "./support/exerciser.ts";
import { slotCase } from "./support/reader-case.ts";
import { good, Tally } from "./support/tally.ts";

/** Longest time from the pull to the news of it, ms. */
const LOST_MS = 5_000;
const PROBE = filling(30, 6);

/** The card is pulled while it works on a command that would take a minute. */
async function pullAtWork(t: DeviceContext, command: Uint8Array, workMs: number): Promise<void> {
  const tally = new Tally(t);
  for (const round of [1, 2]) {
    const talk = await exerciser(t, { workMs });
    await tally.ask(talk, `before the pull ${round}`, echo(PROBE), good(PROBE));
    const failing = failureOf(talk.card.apdu(command));
    await t.devices.pass(300);
    await talk.slot.remove();
    const ended = await Promise.race([failing, t.devices.pass(LOST_MS).then(() => "nothing within 5 s")]);
    tally.judge(`how the command ended that was pulled (${round})`, ended, "DEVICE_LOST");
    tally.judge(`a command after the pull ${round}`, await failureOf(talk.card.apdu(echo(PROBE))), "DEVICE_LOST");
    await talk.card[Symbol.asyncDispose]();
    tally.judge(`news of the pull ${round}`, await failureOf(talk.slot.presence(false, TOLD_MS)), "none");
    await put(talk.slot, { kind: "exerciser" });
    const again = talkOver(talk.slot, await talk.slot.connect());
    await tally.ask(again, `the card that came after the pull ${round}`, echo(PROBE), good(PROBE));
    await again.card[Symbol.asyncDispose]();
    await again.slot.remove();
    await again.slot.presence(false, TOLD_MS);
  }
  tally.expectNone("cards pulled at work");
}

export const cases: readonly Case[] = [
  slotCase({
    id: "IFD-PULL-01",
    purpose: "A card that is pulled while it works is told as lost within five seconds; the card after it is served",
    requirements: ["RDR-0067", "RDR-0028-a"],
    run: (t) => pullAtWork(t, work(60_000), 1),
  }),
  slotCase({
    id: "IFD-PULL-02",
    purpose: "A card that is pulled between two commands is told as lost at the next one",
    requirements: ["RDR-0067"],
    async run(t) {
      const tally = new Tally(t, "RDR-0067");
      for (const before of [echo(PROBE), patternCommand(256), patternCommand(700, 256), bytesOf("901A0000023132")]) {
        const talk = await exerciser(t, { ATR: t1With(32) });
        await talk.ask(before);
        await talk.slot.remove();
        tally.judge("the command after the pull", await failureOf(talk.card.apdu(echo(PROBE))), "DEVICE_LOST");
        tally.judge("a reset after the pull", await failureOf(talk.card.reset("warm")), "DEVICE_LOST");
        await talk.card[Symbol.asyncDispose]();
        await talk.slot.presence(false, TOLD_MS);
      }
      tally.expectNone("cards pulled between two commands");
    },
  }),
  slotCase({
    id: "IFD-PULL-03",
    purpose: "Nothing of the card that was pulled is answered by the one that came",
    async run(t) {
      const first = await exerciser(t);
      await first.ask("901A0000023132");
      await first.card[Symbol.asyncDispose]();
      await first.slot.remove();
      await first.slot.presence(false, TOLD_MS);
      const second = await exerciser(t);
      const tally = new Tally(t);
      tally.judge("commands of a new card", (await second.report()).COMMANDS, 0);
      await tally.ask(second, "the chain of the other card", "801A0000013304", good(Uint8Array.of(0, 1, 0xe7, 0xc0)));
      await tally.ask(second, "what the other card kept", "801C000000", "9000");
      tally.expectNone("a card in another's place");
    },
  }),
];
