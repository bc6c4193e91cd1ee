/** Jobs of one night at the same time: at most `parallel`, and never two that need the same device. */
export interface Task<T> {
  readonly locks: readonly string[];
  readonly work: () => Promise<T>;
}

/** Does all tasks, each as early as it can be, in their order where they wait for each other. Results in the order of the tasks. */
export async function inParallel<T>(tasks: readonly Task<T>[], parallel: number): Promise<T[]> {
  const results = new Map<Task<T>, T>();
  const waiting = [...tasks];
  const busy = new Set<string>();
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    const next = running.size < parallel ? waiting.findIndex(({ locks }) => !locks.some((name) => busy.has(name))) : -1;
    if (next < 0) {
      await Promise.race(running);
      continue;
    }
    const [task] = waiting.splice(next, 1);
    if (task === undefined) continue;
    for (const name of task.locks) busy.add(name);
    const done = task
      .work()
      .then((result) => void results.set(task, result))
      .finally(() => {
        for (const name of task.locks) busy.delete(name);
        running.delete(done);
      });
    running.add(done);
  }
  return tasks.flatMap((task) => (results.has(task) ? [results.get(task) as T] : []));
}
