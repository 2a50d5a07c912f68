import { toWireSeq } from '@chat/protocol';
import type { RoomContext } from './room-context.ts';

/** The cursor is told on at most this often. */
const TELL_INTERVAL_MS = 1_000;

/** The caller's own read cursor of one room. Only moves forward ([G22]). */
export interface ReadMarker {
  /** The caller has read up to here. */
  mark(seq: number): void;
  /** The stream is open: what was not told is told now. */
  flush(): void;
  stop(): void;
}

/** Makes a marker. `onTold` runs with what the server says is left unread. */
export function createReadMarker(
  context: RoomContext,
  roomId: string,
  onTold: (readSeq: number, messages: number, mentions: number) => void,
): ReadMarker {
  let wantedSeq = 0;
  let toldSeq = 0;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let cancelTimer: (() => void) | undefined;

  const tell = (): void => {
    cancelTimer = undefined;
    if (wantedSeq <= toldSeq) return;
    const seq = wantedSeq;
    const command = { $case: 'markRead', value: { roomId, seq: toWireSeq(seq) } } as const;
    const sent = context.live.ask(command, (answer) => {
      if (answer.kind === 'lost') {
        toldSeq = Math.min(toldSeq, seq - 1);
        return;
      }
      if (answer.kind !== 'done' || answer.result?.$case !== 'markRead') return;
      const { unread } = answer.result.value;
      if (unread !== undefined) onTold(Number(unread.readSeq), unread.messages, unread.mentions);
    });
    if (!sent) return;
    toldSeq = seq;
    toldAtMs = context.clock.monotonicMs();
  };

  return {
    mark(seq) {
      if (seq <= wantedSeq) return;
      wantedSeq = seq;
      if (cancelTimer !== undefined) return;
      const waitMs = toldAtMs + TELL_INTERVAL_MS - context.clock.monotonicMs();
      if (waitMs <= 0) tell();
      else cancelTimer = context.clock.after(waitMs, tell);
    },
    flush() {
      if (cancelTimer === undefined) tell();
    },
    stop() {
      cancelTimer?.();
    },
  };
}
