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
  const listeners = createListeners();
  return {
    getSnapshot: () => value,
    subscribe: listeners.subscribe,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      listeners.tell();
    },
  };
}

/** An observable that is computed when somebody looks. */
export interface View<T> extends Observable<T> {
  /** What it is computed from changed. */
  invalidate(): void;
}

/** Makes a view: between two changes everyone gets the same snapshot. */
export function createView<T>(compute: () => T): View<T> {
  let cached: { readonly value: T } | undefined;
  const listeners = createListeners();
  return {
    getSnapshot() {
      cached ??= { value: compute() };
      return cached.value;
    },
    subscribe: listeners.subscribe,
    invalidate() {
      cached = undefined;
      listeners.tell();
    },
  };
}

function createListeners() {
  const listeners = new Set<() => void>();
  return {
    subscribe: (listener: () => void) => {
      // A wrapper, so that one function may be subscribed twice.
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    tell() {
      // A copy: who subscribes meanwhile has the new value already.
      const present = Array.from(listeners);
      for (const listener of present) if (listeners.has(listener)) listener();
    },
  };
}
