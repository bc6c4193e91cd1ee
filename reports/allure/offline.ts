/** Keeps Allure pages from telling others that they were opened. */
import { PursebenchError } from "../../harness/core/errors.ts";

const SCRIPT = /<script\b[^>]*>[\s\S]*?<\/script>/g;
const ANALYTICS = /googletagmanager\.com|gtag\('config'/;

/**
 * `html` without the visitor counting that Allure puts into every page. Throws `INTERNAL` when some is left: a lab's
 * evidence must not call out.
 */
export function withoutAnalytics(html: string): string {
  const cleaned = html.replace(SCRIPT, (script) => (ANALYTICS.test(script) ? "" : script));
  if (!ANALYTICS.test(cleaned)) return cleaned;
  throw new PursebenchError("INTERNAL", "the Allure page still holds visitor counting after cleaning");
}
