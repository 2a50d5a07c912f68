import { CircleAlert } from 'lucide-react';
import { memo } from 'react';
import { clockTime } from '../../browser/times.ts';
import { copyText } from '../../browser/clipboard.ts';
import { MessageText } from '../../markdown/message-text.tsx';
import { useApp, useMe } from '../../store/app-store.ts';
import type { PendingView } from '../../store/model.ts';
import { Avatar } from '../../ui/avatar.tsx';

type PendingRowProps = {
  readonly roomId: string;
  readonly pending: PendingView;
  readonly head: boolean;
  readonly focused: boolean;
};

/** An own message on its way: drawn exactly as it will stay; "sending" fades in only when it takes long. */
export const PendingRow = memo(function PendingRow({
  roomId,
  pending,
  head,
  focused,
}: PendingRowProps) {
  const app = useApp();
  const me = useMe();
  const failed = pending.state.kind === 'failed';
  const tabIndex = focused ? 0 : undefined;
  return (
    <article
      className={`message is-own${head ? ' is-head' : ''}${failed ? ' is-failed' : ' is-pending'}`}
      tabIndex={-1}
      aria-label={failed ? 'Not sent' : 'Sending'}
    >
      {head && me !== undefined ? (
        <Avatar id={me.id} name={me.name} size={40} />
      ) : (
        <time className="message-side-time" aria-hidden="true">
          {clockTime(pending.createdMs)}
        </time>
      )}
      <div className="message-body">
        {head ? (
          <header className="message-head">
            <strong>
              <bdi>{me?.name}</bdi>
            </strong>
            <time>{clockTime(pending.createdMs)}</time>
          </header>
        ) : null}
        <MessageText text={pending.text} />
        {pending.state.kind === 'failed' ? (
          <p className="message-failed" role="alert">
            <CircleAlert size={16} aria-hidden="true" />
            <span>Not sent. {pending.state.reason}</span>
            <button
              type="button"
              className="link-button"
              tabIndex={tabIndex}
              onClick={() => app.backend.messages.retry(roomId, pending.clientMessageId)}
            >
              Retry
            </button>
            <button
              type="button"
              className="link-button"
              tabIndex={tabIndex}
              onClick={() => void copyText(pending.text)}
            >
              Copy
            </button>
            <button
              type="button"
              className="link-button"
              tabIndex={tabIndex}
              onClick={() => app.backend.messages.discard(roomId, pending.clientMessageId)}
            >
              Delete
            </button>
          </p>
        ) : null}
      </div>
      {failed ? null : <span className="message-sending">Sending…</span>}
    </article>
  );
});
