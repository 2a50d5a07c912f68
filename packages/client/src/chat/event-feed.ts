import { createMessageStream, type MessageStream } from '../calls/message-stream.ts';
import { ChatClientError } from '../errors.ts';
import type { ChatEvent } from './events-api.ts';

/** Events that a slow iterator may be behind. */
const MAX_WAITING = 10_000;

/** Gives events to listeners and iterators. */
export interface EventFeed {
  readonly emit: (event: ChatEvent) => void;
  readonly onEvent: (listener: (event: ChatEvent) => void) => () => void;
  readonly events: () => AsyncIterableIterator<ChatEvent>;
  /** Ends every iterator behind what it has. */
  end(): void;
}

/** Makes a feed. */
export function createEventFeed(): EventFeed {
  const listeners = new Set<(event: ChatEvent) => void>();
  const streams = new Set<MessageStream<ChatEvent>>();
  let ended = false;
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
      for (const stream of streams) {
        stream.push(event);
        if (stream.waiting <= MAX_WAITING) continue;
        streams.delete(stream);
        stream.end(new ChatClientError('SLOW_CONSUMER', { message: 'events were not read' }));
      }
    },
    onEvent(listener) {
      const entry = (event: ChatEvent) => listener(event);
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    events() {
      const stream = createMessageStream<ChatEvent>({ onLeft: () => void streams.delete(stream) });
      if (ended) stream.end();
      else streams.add(stream);
      return stream;
    },
    end() {
      ended = true;
      for (const stream of streams) stream.end();
      streams.clear();
    },
  };
}
