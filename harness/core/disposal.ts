/** Resources that are given back in reverse order, each even when another fails. (`AsyncDisposableStack` comes with Node 24.) */
export class DisposalStack implements AsyncDisposable {
  readonly #undo: (() => Promise<void> | void)[] = [];

  /** Disposes `resource` with the stack, and gives it back. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#undo.push(async () => await resource[Symbol.asyncDispose]());
    return resource;
  }

  defer(undo: () => Promise<void> | void): void {
    this.#undo.push(undo);
  }

  /** Idempotent. Rejects with the first failure after everything was tried. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) {
      try {
        await undo();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
