import { useEffect } from 'react';
import { useApp, useAppState, useMe } from '../../store/app-store.ts';
import { EMPTY_TIMELINE, type RoomView } from '../../store/model.ts';
import { Composer } from '../composer/composer.tsx';
import { ConversationHeader } from './conversation-header.tsx';
import { ReconnectBanner } from './reconnect-banner.tsx';
import { Timeline } from './timeline.tsx';
import { TimelineSkeleton } from './timeline-skeleton.tsx';
import { TypingLine } from './typing-line.tsx';

/** The middle column: what is said in one room. */
export function Conversation({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const me = useMe();
  const timeline = useAppState((state) => state.timelines[room.id]) ?? EMPTY_TIMELINE;
  useEffect(() => app.backend.messages.open(room.id), [app, room.id]);
  if (me === undefined) return null;
  return (
    <main className="conversation" aria-label={room.name}>
      <ConversationHeader room={room} />
      <div className="conversation-body">
        <ReconnectBanner />
        {timeline.phase === 'ready' ? (
          <Timeline key={room.id} room={room} timeline={timeline} myId={me.id} />
        ) : timeline.phase === 'failed' ? (
          <div className="empty">
            <p>The messages of this room could not be loaded.</p>
            <button
              type="button"
              className="button button-primary"
              onClick={() => app.backend.messages.open(room.id)}
            >
              Try again
            </button>
          </div>
        ) : (
          <TimelineSkeleton />
        )}
      </div>
      <TypingLine roomId={room.id} />
      <Composer key={room.id} room={room} />
    </main>
  );
}
