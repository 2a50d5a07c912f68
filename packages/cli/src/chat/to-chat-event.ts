import type { MessageItem, TimelineItem } from '@chat/client';
import type { ChatEvent } from './chat-event.ts';

/** A row of the timeline as an event; undefined for what a terminal does not show, and for one's own unsent messages. */
export function toChatEvent(roomId: string, item: TimelineItem): ChatEvent | undefined {
  const at = { roomId, seq: item.seq, timeMs: item.timeMs };
  if (item.kind === 'message') {
    if (item.seq === 0) return undefined;
    const from = { id: item.senderId, name: item.senderName };
    if (item.deleted) return { ...at, kind: 'deleted', from, messageSeq: item.seq };
    return { ...at, kind: 'message', from, text: textOf(item), edited: item.editTimeMs > 0 };
  }
  const actor = { id: item.actorId, name: item.actorName };
  const { notice } = item;
  switch (notice.type) {
    case 'joined':
    case 'left':
      return { ...at, kind: notice.type, from: { id: notice.userId, name: notice.displayName } };
    case 'kicked':
    case 'banned':
      return {
        ...at,
        kind: notice.type,
        from: { id: notice.userId, name: notice.displayName },
        by: actor,
        reason: notice.reason,
      };
    case 'created':
    case 'settings':
      return { ...at, kind: 'settings', from: actor, name: notice.name, topic: notice.topic };
    default:
      return undefined;
  }
}

/** What became of a message that was shown before; undefined when its text is the same. */
export function toChangeEvent(
  roomId: string,
  item: MessageItem,
  before: { readonly text: string; readonly deleted: boolean } | undefined,
  nowMs: number,
): ChatEvent | undefined {
  if (item.seq === 0 || before === undefined) return undefined;
  const from = { id: item.senderId, name: item.senderName };
  const at = { roomId, seq: item.seq, messageSeq: item.seq, from };
  if (item.deleted) return before.deleted ? undefined : { ...at, kind: 'deleted', timeMs: nowMs };
  const text = textOf(item);
  return text === before.text
    ? undefined
    : { ...at, kind: 'edited', timeMs: item.editTimeMs, text };
}

/** The text of a message, with what a terminal cannot show named behind it. */
export function textOf(item: MessageItem): string {
  const files = item.attachments.map(
    ({ fileName, sizeBytes }) => `[file ${fileName}, ${sizeBytes} bytes]`,
  );
  const poll =
    item.poll === undefined
      ? []
      : [
          `[poll] ${item.poll.question}: ${item.poll.options.map(({ text, votes }) => `${text} (${votes})`).join(', ')}`,
        ];
  return [item.text, ...files, ...poll].filter((part) => part !== '').join('\n');
}
