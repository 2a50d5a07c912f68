import { useEffect, useRef, useState } from 'react';
import type { RoomView } from '../../store/model.ts';

/**
 * The position after which everything is new: where the person had read to when the room was opened, or the newest entry
 * when they looked away. It stays while the room is open, so that it can be found again.
 */
export function useNewDivider(
  room: RoomView,
  newestSeq: number,
  pageActive: boolean,
): number | undefined {
  const [dividerSeq, setDividerSeq] = useState(room.unread > 0 ? room.readSeq : undefined);
  const awaySeq = useRef<number | undefined>(undefined);
  useEffect(() => {
    awaySeq.current = pageActive ? undefined : newestSeq;
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only the change of attention counts, not what arrives meanwhile
  }, [pageActive]);
  useEffect(() => {
    const seq = awaySeq.current;
    if (seq === undefined || newestSeq <= seq) return;
    setDividerSeq(seq);
  }, [newestSeq]);
  return dividerSeq;
}
