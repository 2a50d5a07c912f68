import type { ErrorCode, SessionId } from '@chat/protocol';
import type { Timers } from './live/timers.ts';
import type { Store } from './ports/store.ts';

/** How often ended sessions are looked for: the backstop behind what is told at once. */
const SWEEP_MS = 60_000;

/** Ends expired sessions and the guests that have none left. Returns the function that stops it. */
export function startHousekeeping(
  store: Store,
  timers: Timers,
  endLogins: (sessionIds: readonly SessionId[], code: ErrorCode) => void,
  onFailure: (failure: unknown) => void,
): () => void {
  let running = false;
  async function sweep(): Promise<void> {
    const { endedSessionIds, orphanedGuestIds } = await store.sessions.sweep();
    endLogins(endedSessionIds, 'SESSION_ENDED');
    for (const userId of orphanedGuestIds) await store.accounts.retire(userId);
  }
  return timers.every(SWEEP_MS, () => {
    if (running) return;
    running = true;
    sweep()
      .catch(onFailure)
      .finally(() => {
        running = false;
      });
  });
}
