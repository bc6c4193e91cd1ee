/**
 * Of something that may end while work on it goes on. A race of each piece of work with one lasting promise would keep every
 * result until the end; here nothing is kept of work that is done.
 */
export class Lifetime {
  readonly #waiting = new Set<(reason: unknown) => void>();
  #end: { readonly reason: unknown } | undefined;

  /** Work that goes on fails with `reason`, and so does work that comes later. Only the first end counts. */
  end(reason: unknown): void {
    if (this.#end) return;
    this.#end = { reason };
    for (const fail of this.#waiting) fail(reason);
    this.#waiting.clear();
  }

  /** `work`, unless the end comes first. What becomes of work that was given up is nobody's news. */
  during<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#end) {
        work.catch(() => undefined);
        reject(this.#end.reason);
        return;
      }
      this.#waiting.add(reject);
      work.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  /** How much work goes on. */
  get length(): number {
    return this.#waiting.size;
  }
}
