import { waitFor } from './wait-for.ts';

// Standard streams and the reporter's pipes belong to the process, not to the test.
const IGNORED = new Set([
  'TTYWrap',
  'PipeWrap',
  'CloseReq',
  'Immediate',
  'FSReqPromise',
  'FSReqCallback',
]);

/**
 * Runs the body and then fails unless every socket, server, worker, child and timer it made is gone.
 * Only what keeps a process alive counts; unreferenced timers do not.
 */
export async function finishesCleanly<T>(
  body: () => T | Promise<T>,
  options: { readonly timeoutMs?: number } = {},
): Promise<T> {
  const before = countResources();
  const result = await body();
  // Closing takes some turns of the event loop; what stays is a leak.
  await waitFor(() => leftovers(before).length === 0, {
    timeoutMs: options.timeoutMs ?? 2_000,
    what: 'resources to close',
  }).catch((error: unknown) => {
    throw new Error(`left open: ${leftovers(before).join(', ')}`, { cause: error });
  });
  return result;
}

function leftovers(before: ReadonlyMap<string, number>): string[] {
  const left: string[] = [];
  for (const [kind, count] of countResources()) {
    const more = count - (before.get(kind) ?? 0);
    if (more > 0) left.push(`${more} × ${kind}`);
  }
  return left;
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (!IGNORED.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
