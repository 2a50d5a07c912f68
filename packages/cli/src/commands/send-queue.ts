import type { ChatRoom } from '../chat/chat-port.ts';
import { CliError } from '../chat/cli-error.ts';

/** Messages on their way. */
export interface SendQueue {
  /** Hands a message over. Resolves when there is room for the next one, not when it is sent. */
  send(room: ChatRoom, text: string): Promise<void>;
  /** Resolves when nothing is on its way. */
  drain(): Promise<void>;
  waiting(): number;
  failures(): number;
}

/** So many messages of a pipe may wait for their commit at once: enough to share commits, little enough to hold. */
const MAX_WAITING = 32;

/** Sends in order, with a bounded number unanswered. */
export function createSendQueue(onFailure: (text: string, error: CliError) => void): SendQueue {
  const waiting = new Set<Promise<void>>();
  let failures = 0;

  const track = async (room: ChatRoom, text: string): Promise<void> => {
    try {
      await room.send(text);
    } catch (error) {
      failures += 1;
      onFailure(
        text,
        error instanceof CliError ? error : new CliError('fault', 'INTERNAL', String(error), error),
      );
    }
  };

  return {
    async send(room, text) {
      const sending: Promise<void> = track(room, text).finally(() => waiting.delete(sending));
      waiting.add(sending);
      if (waiting.size >= MAX_WAITING) await Promise.race(waiting);
    },
    async drain() {
      while (waiting.size > 0) await Promise.all(waiting);
    },
    waiting: () => waiting.size,
    failures: () => failures,
  };
}
