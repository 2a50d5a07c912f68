import type { ChatEvent } from '../chat/chat-event.ts';
import { visibleJson } from './visible-text.ts';

/** One event as one JSON object on one line, for programs: `{"kind":"message","room":"general",…}`. */
export function renderJson(event: ChatEvent, roomName: string): string {
  const { timeMs, roomId, kind, seq, ...rest } = event;
  return visibleJson({
    kind,
    room: roomName,
    room_id: roomId,
    seq,
    time: new Date(timeMs).toISOString(),
    ...rename(rest),
  });
}

// `messageSeq` is the only name of two words left.
function rename(rest: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key === 'messageSeq' ? 'message_seq' : key, value]),
  );
}
