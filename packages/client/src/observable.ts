/** A value that changes, in the form that `useSyncExternalStore` takes. Snapshots are immutable. */
export interface Observable<T> {
  readonly getSnapshot: () => T;
  /** The listener runs after each change; the answer ends it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** An observable whose owner sets it. */
export interface Subject<T> extends Observable<T> {
  /** Sets the value and tells the listeners; nothing happens when it is the same one. */
  set(value: T): void;
}

/** Makes a subject. A listener may unsubscribe, or set again, while it runs. */
export function createSubject<T>(initial: T): Subject<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    getSnapshot: () => value,
    subscribe(listener) {
      // A wrapper, so that one function may be subscribed twice.
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
  };
}
