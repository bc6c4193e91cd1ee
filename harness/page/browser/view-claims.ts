/** The fields for PICS and PIXIT: one of the files that are offered, or text. */
import type { Claims, FieldError, FileChoice } from "../shared/state.ts";
import { type Child, h, type View } from "./dom.ts";
import { field, select, valueHandler } from "./view-field.ts";

const NONE = "none";
const TYPED = "text";

export interface ClaimsOptions {
  readonly id: "pics" | "pixit";
  readonly label: string;
  readonly hint: string;
  readonly value: Claims;
  readonly files: readonly FileChoice[];
  /** Role under test; files of other roles are not offered. */
  readonly iut: string;
  readonly errors: readonly FieldError[];
  readonly change: (claims: Claims) => void;
}

export function claimsField({ id, label, hint, value, files, iut, errors, change }: ClaimsOptions): View {
  const fitting = files.filter(
    ({ role, file }) => iut === "" || role === undefined || role === iut || chosenFile(value) === file,
  );
  const options = [
    { value: NONE, label: id === "pics" ? "None: everything is claimed" : "None" },
    ...fitting.map(({ file, label: name }) => ({ value: `file:${file}`, label: name })),
    { value: TYPED, label: "Paste or upload…" },
  ];
  const chosen = value.kind === "file" ? `file:${value.file}` : value.kind;
  const choose = (wanted: string) => {
    if (wanted === NONE) change({ kind: "none" });
    else if (wanted === TYPED) change({ kind: "text", text: "" });
    else change({ kind: "file", file: wanted.slice("file:".length) });
  };
  return field(
    { id, label, hint, errors },
    (props) => select(props, chosen, options, choose),
    ...(value.kind === "text" ? typed(id, label, value.text, change) : []),
  );
}

function chosenFile(claims: Claims): string | undefined {
  return claims.kind === "file" ? claims.file : undefined;
}

function typed(id: string, label: string, text: string, change: (claims: Claims) => void): readonly Child[] {
  const put = (value: string) => change({ kind: "text", text: value });
  return [
    h("label", { key: "text", for: `${id}-text`, class: "small" }, `${label}: text (YAML)`),
    h("textarea", {
      key: "area",
      id: `${id}-text`,
      rows: 8,
      spellcheck: "false",
      value: text,
      oninput: valueHandler(put),
    }),
    h("label", { key: "upload", for: `${id}-file`, class: "small" }, `${label}: take it from a file`),
    h("input", {
      key: "input",
      id: `${id}-file`,
      type: "file",
      accept: ".yaml,.yml",
      onchange: ({ target }) => {
        const [file] = target instanceof HTMLInputElement ? (target.files ?? []) : [];
        if (file) void file.text().then(put);
      },
    }),
  ];
}
