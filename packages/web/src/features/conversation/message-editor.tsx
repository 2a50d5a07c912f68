import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { useApp } from '../../store/app-store.ts';
import { errorWords } from '../../store/error-words.ts';
import type { MessageView } from '../../store/model.ts';
import { useTask } from '../../ui/use-task.ts';
import { codePoints, MAX_MESSAGE_LENGTH, shouldSend } from '../composer/composer-rules.ts';

/** Changes the text of an own message in its place: Enter saves, Esc leaves it as it was. */
export function MessageEditor({
  roomId,
  message,
}: {
  readonly roomId: string;
  readonly message: MessageView;
}) {
  const app = useApp();
  const input = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(message.text);
  const { busy, error, run } = useTask(errorWords);
  useLayoutEffect(() => {
    const area = input.current;
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }, []);
  useLayoutEffect(() => {
    const area = input.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);
  const close = (): void => {
    app.setEditing(undefined);
    document.querySelector<HTMLElement>('.composer-input')?.focus();
  };
  const save = (): void => {
    const next = text.trim();
    if (next === '' || codePoints(next) > MAX_MESSAGE_LENGTH) return;
    if (next === message.text) return close();
    void run(async () => {
      await app.backend.messages.edit(roomId, message.seq, next);
      close();
    });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // Arrows and Esc belong to the text here, not to the list around it.
    event.stopPropagation();
    if (shouldSend(event.nativeEvent)) {
      event.preventDefault();
      save();
    } else if (event.key === 'Escape') {
      close();
    }
  };
  return (
    <div className="message-editor">
      <textarea
        ref={input}
        className="input"
        rows={1}
        dir="auto"
        aria-label="Edit message"
        disabled={busy}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <p className="field-note">
        {error ?? 'Enter saves, Esc cancels.'}{' '}
        <button type="button" className="link-button" onClick={save}>
          Save
        </button>{' '}
        <button type="button" className="link-button" onClick={close}>
          Cancel
        </button>
      </p>
    </div>
  );
}
