/** Things to be undone in reverse order, until they are handed over (Node 20 has no AsyncDisposableStack). */
export class Teardown implements AsyncDisposable {
  #steps: (() => Promise<void>)[] = [];

  defer(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  use<T extends AsyncDisposable>(resource: T): T {
    this.defer(async () => await resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Hands all steps to the result; this one has none left. */
  move(): Teardown {
    const heir = new Teardown();
    heir.#steps = this.#steps;
    this.#steps = [];
    return heir;
  }

  /** Runs every step, also after one has failed; throws the first failure in the end. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) await step().catch((thrown: unknown) => failures.push(thrown));
    if (failures.length > 0) throw failures[0];
  }
}
