import type { ConnectionSocket, SocketHandlers } from './socket.ts';

/** The in-memory twin of a WebSocket: the test plays the peer. */
export interface MemorySocket extends ConnectionSocket {
  /** Frames that the peer has read, in order, WebSocket headers included. */
  readonly received: readonly Buffer[];
  /** How often `write` was called. */
  readonly writes: number;
  /** How the socket was closed from this side. */
  readonly closedWith: { readonly code: number; readonly reason: string } | undefined;
  readonly terminated: boolean;
  readonly maxFrameBytes: number | undefined;
  /** The peer sends a message. */
  peerSends(data: Buffer, isBinary: boolean): void;
  /** The peer sends a WebSocket ping or pong. */
  peerSendsControlFrame(): void;
  /** The peer goes away. */
  peerCloses(code: number): void;
  /** While stalled, written bytes stay in `bufferedBytes`. Turning it off drains. */
  stall(stalled: boolean): void;
  setMidMessage(midMessage: boolean): void;
}

/** Makes an open in-memory socket. */
export function createMemorySocket(): MemorySocket {
  let handlers: SocketHandlers | undefined;
  let stalled = false;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let closed = false;
  const received: Buffer[] = [];
  const state = {
    writes: 0,
    closedWith: undefined as { readonly code: number; readonly reason: string } | undefined,
    terminated: false,
    maxFrameBytes: undefined as number | undefined,
    midMessage: false,
  };

  const finish = (code: number): void => {
    if (closed) return;
    closed = true;
    handlers?.onClosed(code);
  };

  return {
    received,
    get writes() {
      return state.writes;
    },
    get closedWith() {
      return state.closedWith;
    },
    get terminated() {
      return state.terminated;
    },
    get maxFrameBytes() {
      return state.maxFrameBytes;
    },
    get bufferedBytes() {
      return pendingBytes;
    },
    get midMessage() {
      return state.midMessage;
    },
    bind(next) {
      handlers = next;
    },
    write(frames) {
      if (closed) return;
      state.writes += 1;
      if (!stalled) {
        received.push(...frames);
        handlers?.onDrain();
        return;
      }
      pending.push(...frames);
      for (const frame of frames) pendingBytes += frame.length;
    },
    setMaxFrameBytes(maxFrameBytes) {
      state.maxFrameBytes = maxFrameBytes;
    },
    close(code, reason) {
      state.closedWith ??= { code, reason };
      finish(code);
    },
    terminate() {
      state.terminated = true;
      finish(1006);
    },
    peerSends(data, isBinary) {
      if (!closed) handlers?.onMessage(data, isBinary);
    },
    peerSendsControlFrame() {
      if (!closed) handlers?.onControlFrame();
    },
    peerCloses: finish,
    stall(next) {
      stalled = next;
      if (next) return;
      received.push(...pending);
      pending = [];
      pendingBytes = 0;
      handlers?.onDrain();
    },
    setMidMessage(midMessage) {
      state.midMessage = midMessage;
    },
  };
}
