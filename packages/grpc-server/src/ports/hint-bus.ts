import type { RoomId } from '@chat/protocol';

/** "Room r is now at n." */
export interface Hint {
  readonly roomId: RoomId;
  readonly headSeq: number;
}

/**
 * Carries hints between servers. It may lose, repeat and reorder them: whoever is behind reads the log, so nothing
 * depends on the bus for correctness.
 */
export interface HintBus {
  /** Sends to the other servers, never back to this one. Does not wait and does not throw. */
  publish(hint: Hint): void;
  /** Calls the listener for each hint of another server, until the returned function is called. */
  subscribe(listener: (hint: Hint) => void): () => void;
  /** Stops delivery and frees the connection. May be called twice. */
  close(): Promise<void>;
}
