import type { Clock } from '../clock.ts';
import { ChatClientError } from '../errors.ts';
import type { Link } from '../link.ts';
import { createSubject, type Observable } from '../observable.ts';
import type { ConnectionStatus } from './connection-api.ts';
import { toConnectionStatus } from './connection-status.ts';
import type { ChatEvent } from './events-api.ts';
import type { LiveState } from './live-session.ts';

/** The status an application sees, and since when it is lost. */
export interface StatusTracker {
  readonly status: Observable<ConnectionStatus>;
  /** The first Ready came: from now on a loss is a reconnect. */
  markOnline(): void;
  /** The link or the stream changed. */
  update(live: LiveState): void;
}

/** Makes a tracker; `emit` hears of every change of status. */
export function createStatusTracker(
  link: Link,
  clock: Clock,
  emit: (event: ChatEvent) => void,
): StatusTracker {
  const status = createSubject<ConnectionStatus>({ state: 'idle' });
  let wasOnline = false;
  let sinceMs = 0;

  return {
    status,
    markOnline() {
      wasOnline = true;
    },
    update(live) {
      const before = status.getSnapshot();
      const nowMs = clock.monotonicMs();
      if (before.state === 'online') sinceMs = nowMs;
      const next = toConnectionStatus({
        link: link.status.getSnapshot(),
        live,
        wasOnline,
        sinceMs,
        nowMs,
      });
      if (sameStatus(before, next)) return;
      status.set(next);
      emit({ type: 'status', status: next });
    },
  };
}

function sameStatus(a: ConnectionStatus, b: ConnectionStatus): boolean {
  if (a.state !== b.state) return false;
  if (a.state === 'waiting' && b.state === 'waiting') return a.nextTryAtMs === b.nextTryAtMs;
  return true;
}

/** Resolves at `online`; rejects with ChatClientError at `closed` (UNAVAILABLE) or when `after` runs its task (DEADLINE). */
export function whenOnline(
  status: Observable<ConnectionStatus>,
  after: (task: () => void) => () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      const now = status.getSnapshot();
      if (now.state === 'online') finish(undefined);
      if (now.state === 'closed') {
        finish(new ChatClientError('UNAVAILABLE', { message: now.message }));
      }
    };
    const finish = (error: ChatClientError | undefined): void => {
      unsubscribe();
      cancel();
      if (error === undefined) resolve();
      else reject(error);
    };
    const cancel = after(() => finish(new ChatClientError('DEADLINE')));
    const unsubscribe = status.subscribe(check);
    check();
  });
}
