import { ProtocolError } from '@chat/protocol';

/** The long-lived streams of the server, so that a shutdown can end them itself. */
export class OpenStreams {
  readonly #ends = new Set<(error: ProtocolError) => void>();
  #draining = false;

  get size(): number {
    return this.#ends.size;
  }

  /** Runs a stream that can be ended from outside: resolves with the work, rejects when told to end. */
  async run(work: (end: (error: ProtocolError) => void) => Promise<void>): Promise<void> {
    if (this.#draining) throw new ProtocolError('UNAVAILABLE');
    const ended = Promise.withResolvers<never>();
    ended.promise.catch(() => undefined); // the race may be over before
    this.#ends.add(ended.reject);
    try {
      await Promise.race([work(ended.reject), ended.promise]);
    } finally {
      this.#ends.delete(ended.reject);
    }
  }

  /** Refuses new streams and ends those that are open with UNAVAILABLE: their clients come back elsewhere. */
  drain(): void {
    this.#draining = true;
    for (const end of this.#ends) end(new ProtocolError('UNAVAILABLE'));
  }
}
