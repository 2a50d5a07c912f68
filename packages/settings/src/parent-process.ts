/**
 * What a server process tells its parent over the IPC channel once it accepts work.
 * A process that was not started by a parent has no channel and tells nobody.
 */
export interface ReadyMessage {
  readonly kind: 'ready';
  /** Name of a door to its address, such as `grpc` → `127.0.0.1:50051`. */
  readonly doors: Readonly<Record<string, string>>;
}

/** Narrows whatever came over the channel. */
export function isReadyMessage(message: unknown): message is ReadyMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    message.kind === 'ready' &&
    'doors' in message &&
    typeof message.doors === 'object'
  );
}

/** Tells the parent that work is accepted, and calls `onOrphaned` when the parent is gone. For `main.ts` only. */
export function announceReady(doors: ReadyMessage['doors'], onOrphaned: () => void): void {
  if (process.send === undefined) return;
  process.send({ kind: 'ready', doors } satisfies ReadyMessage);
  process.once('disconnect', onOrphaned);
  // The channel must not keep a process alive that has closed everything else.
  process.channel?.unref();
}
