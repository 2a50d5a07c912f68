import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { recall, remember } from '../../browser/remembered.ts';
import { useApp } from '../../store/app-store.ts';
import { EMPTY_TIMELINE, type RoomView } from '../../store/model.ts';
import { lastOwnMessage } from '../../store/rows.ts';
import { IconButton } from '../../ui/button.tsx';
import { codePoints, MAX_MESSAGE_LENGTH, shouldSend } from './composer-rules.ts';

const COUNTER_FROM = MAX_MESSAGE_LENGTH - 400;
const DRAFT_DELAY_MS = 300;

/** Where one writes. Stays usable while the line is broken; what was typed is kept for each room. */
export function Composer({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const input = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => recall(`draft.${room.id}`));
  const length = codePoints(text);
  const tooLong = length > MAX_MESSAGE_LENGTH;

  useEffect(() => {
    // On a phone the keyboard would hide half of the room before it is read.
    if (matchMedia('(pointer: fine)').matches || matchMedia('(hover: hover)').matches)
      input.current?.focus();
  }, []);
  useLayoutEffect(() => {
    const area = input.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);
  useEffect(() => {
    const timer = setTimeout(() => remember(`draft.${room.id}`, text), DRAFT_DELAY_MS);
    return () => clearTimeout(timer);
  }, [room.id, text]);
  const newest = useRef(text);
  newest.current = text;
  useEffect(() => () => remember(`draft.${room.id}`, newest.current), [room.id]);

  const change = (next: string): void => {
    setText(next);
    app.backend.messages.setTyping(room.id, next.trim() !== '');
  };
  const send = (): void => {
    if (text.trim() === '' || tooLong) return;
    app.backend.messages.send(room.id, text);
    app.backend.messages.setTyping(room.id, false);
    setText('');
    remember(`draft.${room.id}`, '');
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (shouldSend(event.nativeEvent)) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && text === '' && !event.altKey) {
      const state = app.store.getState();
      const me = state.session.kind === 'signed-in' ? state.session.me.id : '';
      const last = lastOwnMessage(state.timelines[room.id] ?? EMPTY_TIMELINE, me);
      if (last === undefined) return;
      event.preventDefault();
      app.setEditing({ roomId: room.id, seq: last.seq });
    } else if (event.key === 'Escape') {
      event.currentTarget.blur();
    }
  };
  if (room.archived)
    return <p className="composer-closed">This room is closed for new messages.</p>;
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={input}
        className="composer-input"
        rows={1}
        dir="auto"
        aria-label={`Message ${room.name}`}
        aria-describedby="composer-hint"
        aria-invalid={tooLong}
        placeholder={`Message ${room.name}`}
        enterKeyHint="send"
        value={text}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <span id="composer-hint" className="visually-hidden">
        Enter sends, Shift and Enter makes a new line.
      </span>
      {length >= COUNTER_FROM ? (
        <output className={tooLong ? 'composer-count is-over' : 'composer-count'}>
          {MAX_MESSAGE_LENGTH - length}
        </output>
      ) : null}
      <IconButton label="Send" type="submit" tone="strong" disabled={text.trim() === '' || tooLong}>
        <SendHorizontal size={18} />
      </IconButton>
    </form>
  );
}
