const POLL_MS = 5;
const DEFAULT_TIMEOUT_MS = 4_000;

/**
 * Waits until the condition gives something other than undefined, null or false, and answers that.
 * Rejects after the deadline with `what` and the last error the condition threw.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: { readonly timeoutMs?: number; readonly what?: string } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const untilMs = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      // The three empty values are excluded by the test.
      if (value !== undefined && value !== null && value !== false) {
        return value as Exclude<T, undefined | null | false>;
      }
    } catch (error) {
      lastError = error;
    }
    if (performance.now() >= untilMs) {
      throw new Error(`waited ${timeoutMs} ms for ${options.what ?? condition.toString()}`, {
        cause: lastError,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
