import { GrpcStatus, LIMITS, type RoomCursor } from '@chat/protocol';
import type { Clock } from '../clock.ts';
import { reconnectDelayMs } from '../connection/reconnect-policy.ts';
import type { ChatClientError } from '../errors.ts';
import type { LiveSession } from './live-session.ts';
import type { Room } from './room.ts';

/** Sends Subscribe for rooms and deals with refusals. */
export interface Subscriber {
  /** Subscribes these rooms, each from its own place; rooms that are read anew subscribe later by themselves. */
  subscribe(roomIds: readonly string[]): void;
  /** Forgets what was to be tried again. */
  reset(): void;
}

/** Makes a subscriber. `onRefused` runs for a room that the server does not give to the caller. */
export function createSubscriber(
  live: LiveSession,
  clock: Clock,
  random: () => number,
  room: (roomId: string) => Room | undefined,
  onRefused: (roomId: string) => void,
): Subscriber {
  const retries = new Set<() => void>();

  const send = (cursors: readonly RoomCursor[], attempt: number): void => {
    const value = { rooms: [...cursors] };
    const sent = live.ask({ $case: 'subscribe', value }, (answer) => {
      // A lost stream subscribes everything again when it is back.
      if (answer.kind === 'failed') onFailed(cursors, answer.error, attempt);
    });
    if (sent) for (const { roomId } of cursors) room(roomId)?.onAsked();
  };

  const onFailed = (
    cursors: readonly RoomCursor[],
    error: ChatClientError,
    attempt: number,
  ): void => {
    if (error.shouldRetry()) {
      const waitMs = reconnectDelayMs(attempt + 1, random, error.retryAfterMs);
      const cancel = clock.after(waitMs, () => {
        retries.delete(cancel);
        subscribe(
          cursors.map(({ roomId }) => roomId),
          attempt + 1,
        );
      });
      retries.add(cancel);
      return;
    }
    // One bad room fails the whole command: each on its own shows which it is.
    if (cursors.length > 1) for (const cursor of cursors) send([cursor], attempt);
    else if (error.code === GrpcStatus.NOT_FOUND || error.code === GrpcStatus.PERMISSION_DENIED) {
      for (const { roomId } of cursors) onRefused(roomId);
    }
  };

  const subscribe = (roomIds: readonly string[], attempt = 0): void => {
    const cursors = roomIds.flatMap((roomId) => room(roomId)?.cursor() ?? []);
    for (let from = 0; from < cursors.length; from += LIMITS.maxRoomsPerSubscribe) {
      send(cursors.slice(from, from + LIMITS.maxRoomsPerSubscribe), attempt);
    }
  };

  return {
    subscribe: (roomIds) => subscribe(roomIds),
    reset() {
      for (const cancel of retries) cancel();
      retries.clear();
    },
  };
}
