/** Keeps Allure pages from telling others that they were opened. */
import { PursebenchError } from "../../harness/core/errors.ts";

/** The two elements that Allure's template adds: a loader from elsewhere, and the script that uses it. */
const LOADER = /<script\b[^>]*\ssrc="https?:[^>]*><\/script>/g;
const COUNTER = /<script>\s*window\.dataLayer\b[\s\S]*?<\/script>/g;
/** A tag, not text: recorded data is embedded in encoded form. */
const FROM_ELSEWHERE = /<(?:script|link|img|iframe)\b[^>]*\s(?:src|href)="(?:https?:)?\/\//;

/**
 * `html` without the visitor counting that Allure puts into every page. Throws `INTERNAL` when the page would still
 * load something from elsewhere: a lab's evidence must not call out.
 */
export function withoutAnalytics(html: string): string {
  const cleaned = html.replace(LOADER, "").replace(COUNTER, "");
  if (!FROM_ELSEWHERE.test(cleaned)) return cleaned;
  throw new PursebenchError("INTERNAL", "the Allure page would still load something from the network");
}
