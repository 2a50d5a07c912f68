import type { MessageView, TimelineView } from '../../store/model.ts';

const MAX_SPOKEN = 2;
const MAX_SPOKEN_LENGTH = 200;

/** "Ana: hi" for one or two new messages of others, "5 new messages" for more; empty for none. */
export function announcement(timeline: TimelineView, afterSeq: number, myId: string): string {
  const fresh = timeline.entries.filter(
    (entry): entry is MessageView =>
      entry.kind === 'message' && entry.seq > afterSeq && entry.authorId !== myId,
  );
  if (fresh.length > MAX_SPOKEN) return `${fresh.length} new messages`;
  return fresh
    .map((message) => `${message.authorName}: ${message.text.slice(0, MAX_SPOKEN_LENGTH)}`)
    .join('. ');
}
