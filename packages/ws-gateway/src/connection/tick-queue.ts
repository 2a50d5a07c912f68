import type { Clock } from '../ports/clock.ts';

/**
 * Gathers tasks of one tick into a single `soon`: a thousand sockets with something to
 * write cost one callback. A task that throws must not keep the others from running.
 */
export function createTickQueue(
  clock: Clock,
  onError: (error: unknown) => void,
): (task: () => void) => void {
  let tasks: (() => void)[] = [];
  const run = (): void => {
    const batch = tasks;
    tasks = [];
    for (const task of batch) {
      try {
        task();
      } catch (error) {
        onError(error);
      }
    }
  };
  return (task) => {
    tasks.push(task);
    if (tasks.length === 1) clock.soon(run);
  };
}
