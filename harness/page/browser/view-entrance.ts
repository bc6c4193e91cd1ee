import type { Actions } from "./actions.ts";
import { h, type View } from "./dom.ts";
import { errorText } from "./view-field.ts";

/** Asks for the token of the station. */
export function entranceView(message: string, actions: Actions): View {
  return h(
    "section",
    { key: "entrance", class: "panel main entrance", "aria-labelledby": "main-title" },
    h("h2", { id: "main-title", tabindex: "-1" }, "Enter the token"),
    h("p", { id: "token-hint" }, "It was printed where the station was started."),
    h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          const { target } = event;
          const token = target instanceof HTMLFormElement ? new FormData(target).get("token") : null;
          if (typeof token === "string") actions.enter(token.trim());
        },
      },
      h("label", { for: "token" }, "Token"),
      h("input", {
        id: "token",
        name: "token",
        type: "password",
        autocomplete: "current-password",
        required: true,
        "aria-describedby": "token-hint token-error",
      }),
      errorText("token", message === "" ? [] : [{ field: "form", message }]),
      h("button", { type: "submit", class: "button primary" }, "Open the station"),
    ),
  );
}
