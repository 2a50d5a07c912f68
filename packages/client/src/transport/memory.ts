import type { OpenSocket, SocketHandlers } from './transport.ts';

/** The server's end of an in-memory socket. */
export interface MemoryPeer {
  readonly url: string;
  readonly subprotocol: string;
  /** Messages that reached the peer and were not taken yet. */
  readonly inbox: Uint8Array[];
  /** Completes the handshake. */
  accept(): void;
  /** Puts a message on its way to the client. */
  send(bytes: Uint8Array): void;
  /** Closes in order: behind everything sent. */
  close(code: number, reason?: string): void;
  /** Breaks the wire: what is on its way, in both directions, is lost. */
  cut(): void;
  /** How the client closed it; undefined while it is open. */
  readonly closedBy: { readonly code: number; readonly reason: string } | undefined;
  readonly ended: boolean;
}

/** The in-memory twin of a transport: nothing moves before `flush`. */
export interface MemoryTransport {
  readonly openSocket: OpenSocket;
  /** Every socket that was opened, oldest first. */
  readonly peers: readonly MemoryPeer[];
  /** Delivers one thing on its way to any client or peer; false when nothing is. */
  step(): boolean;
  /** Delivers until nothing is on its way. */
  flush(): void;
}

interface Wire {
  readonly handlers: SocketHandlers;
  readonly toClient: (() => void)[];
  readonly toPeer: Uint8Array[];
  open: boolean;
  ended: boolean;
}

const MAX_STEPS = 1_000_000;

/** Makes a transport. `onPeer` runs when a client opens a socket, `onMessage` when something reached a peer. */
export function createMemoryTransport(
  hooks: {
    readonly onPeer?: (peer: MemoryPeer) => void;
    readonly onMessage?: (peer: MemoryPeer) => void;
  } = {},
): MemoryTransport {
  const wires: { readonly wire: Wire; readonly peer: MemoryPeer }[] = [];

  const step = (): boolean => {
    for (const { wire, peer } of wires) {
      if (wire.ended) continue;
      const message = wire.toPeer.shift();
      if (message !== undefined) {
        peer.inbox.push(message);
        hooks.onMessage?.(peer);
        return true;
      }
      const delivery = wire.toClient.shift();
      if (delivery !== undefined) {
        delivery();
        return true;
      }
    }
    return false;
  };

  return {
    openSocket(url, subprotocol, handlers) {
      const wire: Wire = { handlers, toClient: [], toPeer: [], open: false, ended: false };
      const peer = createPeer(url, subprotocol, wire);
      wires.push({ wire, peer: peer.face });
      hooks.onPeer?.(peer.face);
      return {
        send(bytes) {
          if (wire.open && !wire.ended) wire.toPeer.push(bytes.slice());
        },
        close(code, reason) {
          if (wire.ended) return;
          peer.closedByClient(code, reason);
          wire.open = false;
          wire.toClient.length = 0;
          wire.toClient.push(() => endWire(wire, code, reason));
        },
      };
    },
    get peers() {
      return wires.map(({ peer }) => peer);
    },
    step,
    flush() {
      for (let steps = 0; step(); steps += 1) {
        if (steps > MAX_STEPS) throw new Error('client and peer talk for ever');
      }
    },
  };
}

function createPeer(url: string, subprotocol: string, wire: Wire) {
  let closedBy: MemoryPeer['closedBy'];
  const face: MemoryPeer = {
    url,
    subprotocol,
    inbox: [],
    accept() {
      wire.toClient.push(() => {
        wire.open = true;
        wire.handlers.onOpen();
      });
    },
    send(bytes) {
      const copy = bytes.slice();
      if (!wire.ended) wire.toClient.push(() => wire.handlers.onMessage(copy));
    },
    close(code, reason = '') {
      wire.toClient.push(() => endWire(wire, code, reason));
    },
    cut() {
      endWire(wire, 1006, '');
    },
    get closedBy() {
      return closedBy;
    },
    get ended() {
      return wire.ended;
    },
  };
  return {
    face,
    closedByClient(code: number, reason: string) {
      closedBy = { code, reason };
    },
  };
}

function endWire(wire: Wire, code: number, reason: string): void {
  if (wire.ended) return;
  wire.ended = true;
  wire.open = false;
  wire.toClient.length = 0;
  wire.toPeer.length = 0;
  wire.handlers.onClose(code, reason);
}
