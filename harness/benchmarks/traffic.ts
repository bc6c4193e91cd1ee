/** How often the two ends of a link speak to each other. */
import type { RoleName } from "../core/trace.ts";
import type { MessageEvent, RecordedEvent } from "../flows/system.ts";

export const COUNTED_LINKS = ["cable", "234", "236", "LAN", "line"] as const;
export type CountedLink = (typeof COUNTED_LINKS)[number];

export interface LinkTraffic {
  /** Questions that got an answer. */
  readonly roundTrips: number;
  /** Messages either way. */
  readonly messages: number;
  /** Bytes of the messages; on the line of a terminal everything that passed, blocks and all. */
  readonly bytes: number;
}

/** Who answers on each link. */
const ANSWERING: Readonly<Record<CountedLink, RoleName>> = {
  cable: "head-end",
  "234": "merchant",
  "236": "payment-server",
  LAN: "concentrator",
  line: "terminal",
};

/** Of one purchase alone. A message that nobody answers (a notice, "debited" in front of the delivery) makes no round trip. */
export function trafficOn(events: readonly RecordedEvent[], link: CountedLink): LinkTraffic {
  const messages = events.filter((event): event is MessageEvent => event.kind === "message" && event.link === link);
  const answering = ANSWERING[link];
  const answers = messages.filter(
    ({ from }, at) => from === answering && at > 0 && messages[at - 1]?.from !== answering,
  );
  return {
    roundTrips: answers.length,
    messages: messages.length,
    bytes: messages.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}
