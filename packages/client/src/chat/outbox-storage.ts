import type { NewMessage } from './timeline-api.ts';

/** An unsent message as it is stored. Plain data: JSON and structured clone both take it. */
export interface StoredSend {
  readonly clientMessageId: string;
  readonly roomId: string;
  readonly message: NewMessage;
  readonly createTimeMs: number;
  /** Grows with every send of this client: messages of a room go out in this order. */
  readonly order: number;
}

/**
 * Where unsent messages survive a restart. Belongs to one user: the application gives each login its own.
 * A rejection is not fatal: the message is still sent, but would not survive a restart.
 */
export interface OutboxStorage {
  /** Everything stored, in any order. */
  load(): Promise<readonly StoredSend[]>;
  /** Stores or replaces one, by clientMessageId. */
  put(send: StoredSend): Promise<void>;
  /** Forgets one; nothing happens when it is not there. */
  remove(clientMessageId: string): Promise<void>;
}

/** Keeps nothing beyond the process. */
export function createMemoryOutbox(initial: readonly StoredSend[] = []): OutboxStorage {
  const sends = new Map(initial.map((send) => [send.clientMessageId, send]));
  return {
    load: () => Promise.resolve([...sends.values()]),
    put(send) {
      sends.set(send.clientMessageId, send);
      return Promise.resolve();
    },
    remove(clientMessageId) {
      sends.delete(clientMessageId);
      return Promise.resolve();
    },
  };
}
