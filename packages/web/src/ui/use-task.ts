import { useState } from 'react';

/** Runs one action at a time: `busy` while it runs, `error` in words when it failed. */
export function useTask(words: (error: unknown) => string) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>(undefined);
  const run = async (action: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await action();
    } catch (caught) {
      setError(words(caught));
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, setError, run };
}
