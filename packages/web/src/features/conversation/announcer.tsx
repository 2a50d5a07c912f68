import { useEffect, useRef, useState } from 'react';
import type { TimelineView } from '../../store/model.ts';
import { lastSeq } from '../../store/rows.ts';
import { announcement } from './announcement.ts';

const GATHER_MS = 1_000;

/** Speaks what is truly new, gathered over a second; the log itself stays silent, because its rows come and go. */
export function Announcer({
  timeline,
  myId,
}: {
  readonly timeline: TimelineView;
  readonly myId: string;
}) {
  const spokenSeq = useRef(lastSeq(timeline));
  const newest = useRef(timeline);
  const [words, setWords] = useState('');
  newest.current = timeline;
  const newestSeq = lastSeq(timeline);
  useEffect(() => {
    if (newestSeq <= spokenSeq.current) return undefined;
    const timer = setTimeout(() => {
      setWords(announcement(newest.current, spokenSeq.current, myId));
      spokenSeq.current = lastSeq(newest.current);
    }, GATHER_MS);
    return () => clearTimeout(timer);
  }, [newestSeq, myId]);
  return (
    <div className="visually-hidden" aria-live="polite" aria-atomic="true">
      {words}
    </div>
  );
}
