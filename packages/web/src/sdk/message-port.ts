import type { ChatClient } from '@chat/client';
import type { BackendEvent, MessagePort } from '../store/backend.ts';
import { toTimelineView } from './to-view.ts';

export type MessagePortOptions = {
  readonly client: () => ChatClient;
  readonly tell: (event: BackendEvent) => void;
  readonly asking: <T>(call: () => Promise<T>) => Promise<T>;
};

/** Messages through the SDK's timelines; these echo, order, store and retry by themselves. */
export function createMessagePort({ client, tell, asking }: MessagePortOptions): MessagePort {
  const timeline = (roomId: string) => client().timeline(roomId);
  return {
    open(roomId) {
      const opened = timeline(roomId);
      opened
        .open()
        .catch(() =>
          tell({ kind: 'timeline', roomId, timeline: toTimelineView(opened.getSnapshot(), true) }),
        );
    },
    loadOlder(roomId) {
      // A page that did not come is asked for again by the next scroll.
      timeline(roomId)
        .loadOlder()
        .catch(() => undefined);
    },
    send(roomId, text) {
      // What becomes of it shows in the timeline.
      timeline(roomId)
        .send(text)
        .sent.catch(() => undefined);
    },
    retry: (roomId, clientMessageId) => timeline(roomId).retry(clientMessageId),
    discard: (roomId, clientMessageId) => void timeline(roomId).discard(clientMessageId),
    setTyping: (roomId, typing) => timeline(roomId).setTyping(typing),
    markRead: (roomId, seq) => timeline(roomId).markRead(seq),
    edit: (roomId, seq, text) => asking(() => timeline(roomId).edit(seq, text)),
    delete: (roomId, seq) => asking(() => timeline(roomId).delete(seq)),
    react: (roomId, seq, emoji, present) =>
      asking(() => timeline(roomId).react(seq, emoji, present)),
  };
}
