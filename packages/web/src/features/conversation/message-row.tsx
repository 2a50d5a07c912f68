import { memo } from 'react';
import { clockTime, fullTime } from '../../browser/times.ts';
import { MessageText } from '../../markdown/message-text.tsx';
import { useApp, useAppState, useMe } from '../../store/app-store.ts';
import { errorWords } from '../../store/error-words.ts';
import type { MessageView, RoomView } from '../../store/model.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { MessageEditor } from './message-editor.tsx';
import { MessageTools } from './message-tools.tsx';

type MessageRowProps = {
  readonly room: RoomView;
  readonly message: MessageView;
  readonly head: boolean;
  readonly own: boolean;
  readonly focused: boolean;
};

/** A message that the server has confirmed. */
export const MessageRow = memo(function MessageRow({
  room,
  message,
  head,
  own,
  focused,
}: MessageRowProps) {
  const editing = useAppState(
    ({ editing: it }) => it !== undefined && it.roomId === room.id && it.seq === message.seq,
  );
  return (
    <article
      className={`message${head ? ' is-head' : ''}${own ? ' is-own' : ''}`}
      tabIndex={-1}
      aria-label={`${message.authorName}, ${clockTime(message.timeMs)}`}
    >
      {head ? (
        <Avatar id={message.authorId} name={message.authorName} size={40} />
      ) : (
        <time className="message-side-time" aria-hidden="true">
          {clockTime(message.timeMs)}
        </time>
      )}
      <div className="message-body">
        {head ? (
          <header className="message-head">
            <strong>
              <bdi>{message.authorName}</bdi>
            </strong>
            <time
              dateTime={new Date(message.timeMs).toISOString()}
              title={fullTime(message.timeMs)}
            >
              {clockTime(message.timeMs)}
            </time>
          </header>
        ) : null}
        {message.deleted ? (
          <p className="message-gone">This message was deleted.</p>
        ) : editing ? (
          <MessageEditor roomId={room.id} message={message} />
        ) : (
          <MessageText text={message.text} />
        )}
        {message.edited && !message.deleted ? <span className="message-note">(edited)</span> : null}
        <Reactions room={room} message={message} />
      </div>
      {message.deleted || editing ? null : (
        <MessageTools room={room} message={message} own={own} focused={focused} />
      )}
    </article>
  );
});

function Reactions({ room, message }: { readonly room: RoomView; readonly message: MessageView }) {
  const app = useApp();
  const me = useMe();
  if (message.reactions.length === 0 || me === undefined) return null;
  return (
    <ul className="reactions" aria-label="Reactions">
      {message.reactions.map(({ emoji, userIds }) => {
        const mine = userIds.includes(me.id);
        return (
          <li key={emoji}>
            <button
              type="button"
              className="reaction"
              aria-pressed={mine}
              aria-label={`${emoji} ${userIds.length}`}
              onClick={() => {
                app.backend.messages
                  .react(room.id, message.seq, emoji, !mine)
                  .catch((error: unknown) => app.toast(errorWords(error), { tone: 'bad' }));
              }}
            >
              <span>{emoji}</span> {userIds.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
