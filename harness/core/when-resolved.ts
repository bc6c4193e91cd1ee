/**
 * Calls `act` when `promise` resolves, unless it was undone before. For short-lived listeners on long-lived promises: a
 * promise keeps its reactions for as long as it is pending, but after the undo this one holds nothing any more.
 */
export function whenResolved<T>(promise: Promise<T>, act: (value: T) => void): () => void {
  const listener: { act: ((value: T) => void) | undefined } = { act };
  forward(promise, listener);
  return () => {
    listener.act = undefined;
  };
}

/** A scope of its own, so that the reaction sees the listener and not `act`. */
function forward<T>(promise: Promise<T>, listener: { readonly act: ((value: T) => void) | undefined }): void {
  void promise.then((value) => listener.act?.(value));
}
