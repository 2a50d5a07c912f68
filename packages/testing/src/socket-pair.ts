/** What the holder of one end hears. Calls come in order, none after `onClose`. */
export interface PairHandlers {
  onMessage(bytes: Uint8Array): void;
  /** The pair ended, whoever closed it. 1006 = cut without a goodbye. */
  onClose(code: number, reason: string): void;
}

/** One end. Nothing arrives before the pair is flushed. */
export interface PairEnd {
  /** Takes the handlers; what arrived before is delivered at the next flush. */
  bind(handlers: PairHandlers): void;
  /** Sends a copy of the bytes; nothing happens when the pair is closed. */
  send(bytes: Uint8Array): void;
  /** Says goodbye: the other end hears it behind everything sent, this end at once. */
  close(code?: number, reason?: string): void;
  /** False after a close or cut reached this end. */
  readonly open: boolean;
  /** Bytes on their way to the other end. */
  readonly bufferedBytes: number;
}

/** Two ends and the wire between them, moved by hand. */
export interface SocketPair {
  readonly left: PairEnd;
  readonly right: PairEnd;
  /** Delivers until nothing is on its way (paused ends excepted). Answers how many messages arrived. */
  flush(): number;
  /** Delivers at most so many messages to one end. */
  deliver(to: 'left' | 'right', count?: number): number;
  /** Throws away what is on its way to one end; the connection lives on. */
  drop(to: 'left' | 'right'): number;
  /** Holds or releases what goes to one end. */
  pause(to: 'left' | 'right', paused: boolean): void;
  /** Breaks the wire: what is on its way is lost, both ends hear 1006. */
  cut(): void;
  /** Messages on their way. */
  readonly pending: number;
}

type Item =
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

interface Side {
  handlers: PairHandlers | undefined;
  inbox: Item[];
  paused: boolean;
  open: boolean;
}

const MAX_FLUSHED = 1_000_000;

/** Makes an open pair. */
export function createSocketPair(): SocketPair {
  const left: Side = { handlers: undefined, inbox: [], paused: false, open: true };
  const right: Side = { handlers: undefined, inbox: [], paused: false, open: true };
  const sides = { left, right };

  const end = (side: Side, code: number, reason: string): void => {
    if (!side.open) return;
    side.open = false;
    side.inbox = [];
    side.handlers?.onClose(code, reason);
  };

  const deliver = (to: 'left' | 'right', count: number): number => {
    const side = sides[to];
    let arrived = 0;
    while (arrived < count && !side.paused && side.handlers !== undefined && side.open) {
      const item = side.inbox.shift();
      if (item === undefined) break;
      if (item.kind === 'close') {
        end(side, item.code, item.reason);
        break;
      }
      arrived += 1;
      side.handlers.onMessage(item.bytes);
    }
    return arrived;
  };

  const toEnd = (own: Side, peer: Side): PairEnd => ({
    bind(handlers) {
      own.handlers = handlers;
    },
    send(bytes) {
      if (own.open && peer.open) peer.inbox.push({ kind: 'message', bytes: bytes.slice() });
    },
    close(code = 1000, reason = '') {
      if (!own.open) return;
      if (peer.open) peer.inbox.push({ kind: 'close', code, reason });
      end(own, code, reason);
    },
    get open() {
      return own.open;
    },
    get bufferedBytes() {
      return peer.inbox.reduce(
        (sum, item) => sum + (item.kind === 'message' ? item.bytes.length : 0),
        0,
      );
    },
  });

  return {
    left: toEnd(left, right),
    right: toEnd(right, left),
    flush() {
      let total = 0;
      for (;;) {
        const arrived = deliver('left', 1) + deliver('right', 1);
        total += arrived;
        if (arrived === 0) return total;
        if (total > MAX_FLUSHED) throw new Error('the ends talk for ever');
      }
    },
    deliver: (to, count = 1) => deliver(to, count),
    drop(to) {
      const dropped = sides[to].inbox.length;
      sides[to].inbox = [];
      return dropped;
    },
    pause(to, paused) {
      sides[to].paused = paused;
    },
    cut() {
      end(left, 1006, '');
      end(right, 1006, '');
    },
    get pending() {
      return left.inbox.length + right.inbox.length;
    },
  };
}
