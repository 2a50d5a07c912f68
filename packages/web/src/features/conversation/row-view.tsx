import { memo } from 'react';
import { clockTime, dayWords, fullTime } from '../../browser/times.ts';
import type { RoomView } from '../../store/model.ts';
import type { Row } from '../../store/rows.ts';
import { Beginning } from './beginning.tsx';
import { MessageRow } from './message-row.tsx';
import { PendingRow } from './pending-row.tsx';

/** One line of the conversation. */
export const RowView = memo(function RowView(props: {
  readonly row: Row;
  readonly room: RoomView;
  readonly focused: boolean;
}) {
  const { row, room, focused } = props;
  switch (row.kind) {
    case 'beginning':
      return <Beginning room={room} />;
    case 'older':
      return (
        <div className="older" role="status" aria-label="Loading older messages">
          <span className="skeleton skeleton-line skeleton-w40" />
          <span className="skeleton skeleton-line skeleton-w70" />
          <span className="skeleton skeleton-line skeleton-w50" />
        </div>
      );
    case 'day':
      return (
        <div className="day-line">
          <span>{dayWords(row.timeMs, Date.now())}</span>
        </div>
      );
    case 'new':
      return (
        <div className="new-line">
          <span>New</span>
        </div>
      );
    case 'notice':
      return (
        <p className="notice" title={fullTime(row.timeMs)}>
          <bdi>{row.text}</bdi>
          <time>{clockTime(row.timeMs)}</time>
        </p>
      );
    case 'message':
      return (
        <MessageRow
          room={room}
          message={row.message}
          head={row.head}
          own={row.own}
          focused={focused}
        />
      );
    case 'pending':
      return (
        <PendingRow roomId={room.id} pending={row.pending} head={row.head} focused={focused} />
      );
  }
});
