/** Systems in which roles are not what the architecture makes them. */
import { type Behaviour, textOf } from "./behaviour.ts";

/** `link`: its two roles are one computer, so that nothing ever passes there. */
const unseenLink: Behaviour = (parameters) => {
  const link = textOf(parameters, "link");
  return {
    trace: (inner) => (event) => {
      if (event.kind !== "message" || event.link !== link) inner(event);
    },
  };
};

export const WIRING_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  "unseen-link": unseenLink,
};
