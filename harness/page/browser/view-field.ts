/** A control with its name, its hint and what is wrong with it. */
import type { FieldError } from "../shared/state.ts";
import { type Child, type Handler, h, type Props, type View } from "./dom.ts";

export interface FieldOptions {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly errors: readonly FieldError[];
}

/** `control` is given what ties it to its name and errors. */
export function field(
  { id, label, hint, errors }: FieldOptions,
  control: (props: Props) => View,
  ...more: readonly Child[]
): View {
  const described = [hint !== undefined && `${id}-hint`, errors.length > 0 && `${id}-error`].filter(
    (each) => each !== false,
  );
  const props = {
    id,
    ...(described.length > 0 ? { "aria-describedby": described.join(" ") } : {}),
    ...(errors.length > 0 ? { "aria-invalid": "true" } : {}),
  };
  return h(
    "div",
    { key: id, class: errors.length > 0 ? "field wrong" : "field" },
    h("label", { for: id }, label),
    hint !== undefined && h("p", { class: "hint", id: `${id}-hint` }, hint),
    control(props),
    ...more,
    errorText(id, errors),
  );
}

/** Says what is wrong, and how to mend it. It is there before there is an error, so that the error is read out. */
export function errorText(id: string, errors: readonly FieldError[]): View {
  return h(
    "div",
    { key: `${id}-error`, id: `${id}-error`, class: "errors", role: "status" },
    ...errors.map(({ message, mend }, index) =>
      h(
        "p",
        { key: String(index) },
        h("span", { "aria-hidden": "true", class: "sign" }, "✖ "),
        sentence(message),
        mend !== undefined && ` ${sentence(mend)}`,
      ),
    ),
  );
}

/** The words as they are, with a capital and an end. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!:…]$/.test(text) ? "" : "."}`;
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function select(props: Props, value: string, options: readonly Option[], change: (value: string) => void): View {
  return h(
    "select",
    { ...props, value, onchange: valueHandler(change) },
    ...options.map((option) => h("option", { key: `o ${option.value}`, value: option.value }, option.label)),
  );
}

export interface RadioOptions {
  readonly name: string;
  readonly value: string;
  readonly chosen: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly choose: (value: string) => void;
}

export function radio({ name, value, chosen, label, hint, choose }: RadioOptions): View {
  return h(
    "label",
    { key: value, class: value === chosen ? "choice chosen" : "choice" },
    h("input", { type: "radio", name, value, checked: value === chosen, onchange: () => choose(value) }),
    h("span", {}, h("span", { class: "choice-name" }, label), hint !== undefined && h("span", { class: "hint" }, hint)),
  );
}

/** For `change` and `input` events. */
export function valueHandler(use: (value: string) => void): Handler {
  return ({ target }) => {
    const isHolder =
      target instanceof HTMLInputElement ||
      target instanceof HTMLSelectElement ||
      target instanceof HTMLTextAreaElement;
    if (isHolder) use(target.value);
  };
}
