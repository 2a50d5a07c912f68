/** A queue between one writer and one async iterator. Bounded by the writer: see `onTaken`. */
export interface MessageStream<T> extends AsyncIterableIterator<T> {
  /** Adds one; ignored after the end. */
  push(value: T): void;
  /** Ends behind everything pushed; with an error the reader gets it last. */
  end(error?: Error): void;
  /** Values pushed and not taken. */
  readonly waiting: number;
}

/** Makes a stream. `onTaken` runs for each value the reader took, `onLeft` when it stops early. */
export function createMessageStream<T>(
  hooks: { readonly onTaken?: () => void; readonly onLeft?: () => void } = {},
): MessageStream<T> {
  const values: T[] = [];
  const readers: {
    readonly resolve: (result: IteratorResult<T>) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  let ended = false;
  let failure: Error | undefined;

  const settle = (): void => {
    while (readers.length > 0 && values.length > 0) {
      // Both are not empty.
      const value = values.shift() as T;
      readers.shift()?.resolve({ done: false, value });
      hooks.onTaken?.();
    }
    if (!ended) return;
    for (const reader of readers.splice(0)) {
      if (failure === undefined) reader.resolve({ done: true, value: undefined });
      else reader.reject(failure);
      failure = undefined;
    }
  };

  return {
    push(value) {
      if (ended) return;
      values.push(value);
      settle();
    },
    end(error) {
      if (ended) return;
      ended = true;
      failure = error;
      settle();
    },
    get waiting() {
      return values.length;
    },
    next: () =>
      new Promise((resolve, reject) => {
        readers.push({ resolve, reject });
        settle();
      }),
    return() {
      values.length = 0;
      if (!ended) {
        ended = true;
        hooks.onLeft?.();
      }
      failure = undefined;
      settle();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
