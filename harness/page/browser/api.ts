/** Requests to the station. */
import type { FieldError, Preview, RunForm, VerifyView } from "../shared/state.ts";

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly message: string };

async function ask<T>(path: string, body?: unknown): Promise<Answer<T> & { readonly json?: unknown }> {
  const init =
    body === undefined
      ? {}
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  try {
    const response = await fetch(path, init);
    const json: unknown = await response.json().catch(() => ({}));
    if (response.ok) return { ok: true, value: json as T };
    return { ok: false, status: response.status, message: wordsOf(json), json };
  } catch {
    return { ok: false, status: 0, message: "The station does not answer." };
  }
}

function wordsOf(json: unknown): string {
  const { message, mend } = (json ?? {}) as { message?: unknown; mend?: unknown };
  return [message, mend].filter((text) => typeof text === "string").join(" ") || "The station refused this.";
}

export const session = () => ask<{ isIn: boolean }>("/api/session");
export const enter = (token: string) => ask<{ isIn: boolean }>("/api/session", { token });
export const preview = (form: RunForm) => ask<Preview>("/api/preview", form);
export const stop = () => ask("/api/run/stop", {});
export const answerPrompt = (id: number, answer: "done" | "cannot") => ask("/api/prompt", { id, answer });
export const closeResult = () => ask("/api/result/close", {});
export const verify = (id: string) => ask<VerifyView>(`/api/runs/${encodeURIComponent(id)}/verify`, {});

/** Starts a run; what is wrong with the form otherwise. */
export async function start(form: RunForm): Promise<readonly FieldError[]> {
  const answer = await ask<Preview>("/api/run", form);
  if (answer.ok) return [];
  const { errors } = (answer.json ?? {}) as Partial<Preview>;
  return errors ?? [{ field: "form", message: answer.message }];
}
