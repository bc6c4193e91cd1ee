/** `work`, or undefined when the signal aborts first. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (!signal) return work;
  const over = new AbortController(); // a run waits for much, and one signal shall not keep all of it
  const waited = new Promise<T | undefined>((resolve, reject) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true, signal: over.signal });
    work.then(resolve, reject);
  });
  return waited.finally(() => over.abort());
}
