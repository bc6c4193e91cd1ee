/** What befalls an operation while it goes on: a message lost, late or altered, a server killed, the card torn. */
import fc from "fast-check";
import type { CardTear } from "../../core/card-tear.ts";
import type { LinkName, RoleName } from "../../core/trace.ts";
import type { LinkFault, ServerRole } from "../../flows/system.ts";
import type { World } from "./world.ts";

export interface Trouble {
  readonly what: string;
  arm(world: World): void;
}

const NONE: Trouble = { what: "", arm: () => undefined };

/** What goes on when trouble comes: who speaks then, and what the card is told to do. */
export type Doing = "purchase" | "load" | "clearing";

type Speaker = readonly [LinkName, RoleName];

const SPEAKERS: Readonly<Record<Doing, readonly Speaker[]>> = {
  purchase: [
    ["235", "set-top-box"],
    ["235", "card"],
    ["cable", "set-top-box"],
    ["cable", "head-end"],
    ["234", "head-end"],
    ["234", "merchant"],
    ["236", "head-end"],
    ["236", "payment-server"],
    ["237", "head-end"],
    ["237", "head-end-payment-server"],
    ["238", "payment-server"],
    ["LAN", "payment-server"],
    ["LAN", "concentrator"],
    ["line", "concentrator"],
    ["line", "terminal"],
    ["SAM", "terminal"],
    ["SAM", "psam"],
  ],
  load: [
    ["235", "set-top-box"],
    ["235", "card"],
    ["cable", "set-top-box"],
    ["cable", "head-end"],
    ["234", "head-end"],
    ["234", "bank-server"],
    ["234", "load-server"],
    ["236", "head-end"],
    ["236", "load-server"],
    ["HSM", "load-server"],
    ["HSM", "hsm"],
  ],
  clearing: [
    ["236", "bank-server"],
    ["236", "load-server"],
    ["LAN", "payment-server"],
    ["LAN", "concentrator"],
    ["line", "terminal"],
    ["SAM", "terminal"],
    ["SAM", "psam"],
    ["batch", "payment-server"],
    ["batch", "head-end-payment-server"],
    ["batch", "concentration-point"],
    ["batch", "clearing-system"],
  ],
};

export const SERVERS: readonly ServerRole[] = [
  "merchant",
  "payment-server",
  "head-end-payment-server",
  "head-end",
  "concentrator",
  "terminal",
  "bank-server",
  "load-server",
  "hsm",
  "concentration-point",
  "clearing-system",
];

/** How many of its messages pass first. */
const skip = fc.oneof(fc.nat({ max: 1 }), fc.nat({ max: 3 }), fc.nat({ max: 12 }));

const disturbed = (doing: Doing) =>
  fc
    .record({
      speaker: fc.constantFrom(...SPEAKERS[doing]),
      skip,
      how: fc.oneof(
        fc.constantFrom("lost", "late", "twice", "lose-link"),
        fc.record({ byte: fc.nat({ max: 255 }), bit: fc.nat({ max: 7 }) }),
      ),
    })
    .map(({ speaker: [link, from], skip: passes, how }): Trouble => {
      const words = typeof how === "string" ? how : `altered in byte ${how.byte}, bit ${how.bit}`;
      const what = `${link} from ${from}, message ${passes + 1}: ${words}`;
      const fault: LinkFault = { link, from, skip: passes, times: 1, what, act: (message) => acted(how, message) };
      return { what, arm: (world) => world.until(world.system.disturb({ ...fault, act: noted(fault.act, world) })) };
    });

type How = "lost" | "late" | "twice" | "lose-link" | { readonly byte: number; readonly bit: number };

function acted(how: How, message: Uint8Array): ReturnType<LinkFault["act"]> {
  switch (how) {
    case "lost":
      return [];
    case "twice":
      return [message, message];
    case "late":
    case "lose-link":
      return how;
    default: {
      const at = how.byte % Math.max(1, message.length);
      return message.map((byte, index) => (index === at ? byte ^ (1 << how.bit) : byte));
    }
  }
}

function noted(act: LinkFault["act"], world: World): LinkFault["act"] {
  return (message) => {
    world.note("messages disturbed");
    return act(message);
  };
}

const killed = (doing: Doing) =>
  fc
    .record({ speaker: fc.constantFrom(...SPEAKERS[doing]), skip, role: fc.constantFrom(...SERVERS) })
    .map(({ speaker: [link, from], skip: passes, role }): Trouble => {
      return {
        what: `${role} killed at message ${passes + 1} of ${from} on ${link}`,
        arm(world) {
          let seen = 0;
          const hook = world.system.when({ link, from }, () => {
            if (seen++ !== passes) return;
            world.note("servers killed at work");
            world.beside(world.system.restart(role));
          });
          world.until(hook);
        },
      };
    });

/** The commands that write. */
const COMMANDS: Readonly<Record<Doing, readonly Pick<CardTear, "INS" | "P1">[]>> = {
  purchase: [
    { INS: 0x50, P1: 0x01 },
    { INS: 0x54, P1: 0x01 },
    { INS: 0x54, P1: 0x01 },
  ],
  load: [
    { INS: 0x50, P1: 0x00 },
    { INS: 0x52, P1: 0x00 },
    { INS: 0x52, P1: 0x00 },
  ],
  clearing: [],
};

const torn = (doing: Doing) =>
  fc
    .record({
      command: fc.constantFrom(...COMMANDS[doing]),
      at: fc.oneof(
        fc.constantFrom<CardTear["at"]>("before-command", "after-command"),
        fc.record({
          write: fc.integer({ min: 1, max: 14 }),
          part: fc.constantFrom("before" as const, "within" as const, "after" as const),
        }),
      ),
    })
    .map(({ command, at }): Trouble => {
      const place = typeof at === "string" ? at : `${at.part} write ${at.write}`;
      return {
        what: `card torn in ${command.INS.toString(16)} ${command.P1}, ${place}`,
        arm(world) {
          if (world.hasCard) world.tear({ ...command, at });
        },
      };
    });

/** Shrinks to none. */
export function troubleIn(doing: Doing): fc.Arbitrary<Trouble> {
  return fc.oneof(
    { withCrossShrink: true, depthSize: "max" },
    { weight: 5, arbitrary: fc.constant(NONE) },
    { weight: 5, arbitrary: disturbed(doing) },
    { weight: 2, arbitrary: killed(doing) },
    { weight: 2, arbitrary: doing === "clearing" ? fc.constant(NONE) : torn(doing) },
  );
}

export function wordsWith(what: string, { what: befalls }: Trouble): string {
  return befalls === "" ? what : `${what} [${befalls}]`;
}
