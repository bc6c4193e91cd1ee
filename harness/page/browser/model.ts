/** What this browser knows: what the station told, what is filled in here, and what is only of this page. */
import type { FieldError, Parts, Preview, RunForm, VerifyView } from "../shared/state.ts";

export interface Model {
  readonly parts: Parts | undefined;
  /** `lost`: the station does not answer, and is asked again. */
  readonly connection: "opening" | "open" | "lost";
  /** The token has to be entered. */
  readonly isLocked: boolean;
  readonly lockMessage: string;
  readonly form: RunForm;
  readonly preview: Preview | undefined;
  /** Waits for the station. */
  readonly isStarting: boolean;
  /** What could not be done, beside the form. */
  readonly notice: string;
  readonly isStopAsked: boolean;
  readonly verified: ReadonlyMap<string, VerifyView | "asking">;
  /** The clock of the station minus ours, ms. */
  readonly aheadMs: number;
  /** What typed SPECs are open for. */
  readonly typed: ReadonlySet<string>;
  /** A result that this browser has closed. */
  readonly closedResult: string;
}

export const EMPTY_FORM: RunForm = {
  bench: "",
  iut: "card",
  card: "",
  psam: "",
  terminal: "",
  pics: { kind: "none" },
  pixit: { kind: "none" },
  mode: "engineering",
  suites: [],
};

const KEPT = "pursebench station form";

/** The form as it was left in this browser. */
export function keptForm(): RunForm {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    if (typeof kept !== "object" || kept === null) return EMPTY_FORM;
    const form: RunForm = { ...EMPTY_FORM, ...kept };
    return Array.isArray(form.suites) && typeof form.pics?.kind === "string" && typeof form.pixit?.kind === "string"
      ? form
      : EMPTY_FORM;
  } catch {
    return EMPTY_FORM;
  }
}

export function keepForm(form: RunForm): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(form));
  } catch {
    // no room: then a reload starts afresh
  }
}

export function errorsOf(model: Model, field: FieldError["field"]): readonly FieldError[] {
  return model.preview?.errors.filter((error) => error.field === field) ?? [];
}

/** Which of the views is shown. */
export function viewOf({ parts, isLocked, closedResult }: Model): "locked" | "wait" | "run" | "result" | "form" {
  if (isLocked) return "locked";
  if (!parts) return "wait";
  if (parts.run) return "run";
  return parts.result && parts.result.id !== closedResult ? "result" : "form";
}
