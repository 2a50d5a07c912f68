import {
  BRIDGE_SUBPROTOCOLS,
  type bridge,
  CloseCode,
  decodeServerFrame,
  encodeClientFrame,
  GrpcStatus,
  LIMITS,
} from '@chat/protocol';
import { type CallMux, createCallMux } from '../calls/call-mux.ts';
import { localStatus } from '../calls/call-status.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { CallHandlers, Link, LinkStatus, RawCall } from '../link.ts';
import { createSubject } from '../observable.ts';
import { openSocket as openPlatformSocket } from '#transport';
import type { OpenSocket, Socket } from '../transport/transport.ts';
import type { ConnectionEffect, ConnectionInput, ConnectionState } from './state.ts';
import { nextDueMs } from './clock-transitions.ts';
import { transition } from './transitions.ts';

/** Bytes that the gateway may send ahead on each call. */
const RESPONSE_CREDIT = 262_144;
/** A drained socket is closed after this long, whatever still runs on it. */
const RETIRE_AFTER_MS = 10_000;

/** Settings of a link over the bridge. */
export interface BridgeLinkOptions {
  /** `ws://host:port/bridge`. */
  readonly url: string;
  /** Access token; empty = anonymous; undefined = signed out. A rejection is tried again with backoff. */
  readonly getToken: (request: { readonly refresh: boolean }) => Promise<string | undefined>;
  readonly clientName?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  readonly openSocket?: OpenSocket | undefined;
}

interface Line {
  readonly socket: Socket;
  mux: CallMux | undefined;
}

/** A link over one WebSocket at a time (two for a moment, while a server drains). */
export function createBridgeLink(options: BridgeLinkOptions): Link {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const openSocket = options.openSocket ?? openPlatformSocket;
  const lines = new Map<number, Line>();
  const status = createSubject<LinkStatus>({ state: 'idle' });
  let state: ConnectionState = { name: 'idle' };
  let cancelTimer: (() => void) | undefined;
  let sockets = 0;
  let generation = 0;
  let refreshNext = false;
  let tokenAsks = 0;

  const feed = (input: ConnectionInput): void => {
    const before = state;
    const result = transition(state, input, {
      nowMs: clock.monotonicMs(),
      random,
      newSocketId: () => (sockets += 1),
    });
    state = result.state;
    if (result.effects.some(({ type }) => type === 'ready')) generation += 1;
    // First: whoever loses a call through an effect sees where the link stands.
    if (state !== before && input.type !== 'heard') status.set(toStatus(state, generation));
    for (const effect of result.effects) run(effect);
    // An effect may have fed the machine again: what stands now counts.
    if (input.type !== 'heard') arm();
  };

  const arm = (): void => {
    cancelTimer?.();
    const dueMs = nextDueMs(state);
    cancelTimer =
      dueMs === undefined
        ? undefined
        : clock.after(Math.max(0, dueMs - clock.monotonicMs()), () => {
            feed({ type: 'due' });
          });
  };

  const run = (effect: ConnectionEffect): void => {
    switch (effect.type) {
      case 'getToken':
        askToken(effect.refresh || refreshNext);
        break;
      case 'openSocket':
        open(effect.socketId);
        break;
      case 'sendHello':
        sendControl(effect.socketId, {
          $case: 'hello',
          value: {
            client: options.clientName ?? 'chat-client',
            token: effect.token,
            initialCredit: RESPONSE_CREDIT,
            features: [],
            resumeToken: '',
          },
        });
        break;
      case 'refreshInBand':
        refreshInBand(effect.socketId);
        break;
      case 'sendPing':
        sendControl(effect.socketId, { $case: 'ping', value: { nonce: 1, received: 0n } });
        break;
      case 'ready':
        // Told by the status.
        break;
      case 'retire':
        retire(effect.socketId);
        break;
      case 'closeSocket':
        drop(effect.socketId, effect.code);
        break;
      case 'lost':
        lose(effect.socketId);
        break;
    }
  };

  const askToken = (refresh: boolean): void => {
    refreshNext = false;
    tokenAsks += 1;
    const ask = tokenAsks;
    options.getToken({ refresh }).then(
      (token) => {
        if (ask === tokenAsks) feed({ type: 'token', token });
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.message : 'no token';
        if (ask === tokenAsks) feed({ type: 'tokenFailed', message });
      },
    );
  };

  const refreshInBand = (socketId: number): void => {
    options.getToken({ refresh: true }).then(
      (token) => {
        if (token !== undefined) sendControl(socketId, { $case: 'auth', value: { token } });
      },
      () => {
        // The old token still works for a while; at its end the server closes with 4005 and we ask again.
      },
    );
  };

  const sendControl = (socketId: number, control: bridge.ClientFrame['control']): void => {
    lines.get(socketId)?.socket.send(encodeClientFrame({ callId: 0, control }));
  };

  const open = (socketId: number): void => {
    const socket = openSocket(options.url, BRIDGE_SUBPROTOCOLS.proto, {
      onOpen: () => feed({ type: 'opened', socketId }),
      onMessage: (bytes) => receive(socketId, bytes),
      onClose: (code, reason) => feed({ type: 'socketClosed', socketId, code, reason }),
    });
    lines.set(socketId, { socket, mux: undefined });
  };

  const receive = (socketId: number, bytes: Uint8Array): void => {
    const line = lines.get(socketId);
    if (line === undefined) return;
    feed({ type: 'heard', socketId });
    let frame: bridge.ServerFrame;
    try {
      frame = decodeServerFrame(bytes);
    } catch {
      drop(socketId, CloseCode.BAD_FRAME);
      feed({ type: 'socketClosed', socketId, code: 1006, reason: 'unreadable frame' });
      return;
    }
    if (frame.callId === 0) onControl(socketId, line, frame.control);
    else line.mux?.onFrame(frame, bytes.length);
  };

  const onControl = (
    socketId: number,
    line: Line,
    control: bridge.ServerFrame['control'],
  ): void => {
    switch (control?.$case) {
      case 'welcome': {
        const { limits, heartbeatMs } = control.value;
        line.mux ??= createCallMux({
          sendFrame: (bytes) => line.socket.send(bytes),
          requestCredit: limits?.initialCredit || LIMITS.initialCredit,
          responseCredit: RESPONSE_CREDIT,
        });
        feed({ type: 'welcome', socketId, heartbeatMs });
        break;
      }
      case 'authState':
        feed({ type: 'authState', socketId, refresh: control.value.refresh });
        break;
      case 'ping':
        sendControl(socketId, { $case: 'pong', value: control.value });
        break;
      case 'goAway': {
        const { lastCallId, reconnectAfterMs } = control.value;
        feed({ type: 'goAway', socketId, reconnectAfterMs });
        line.mux?.onGoAway(lastCallId);
        break;
      }
      case 'pong':
      case undefined:
        break;
    }
  };

  /** The owner of long calls moves them to the new socket when it sees the new generation. */
  const retire = (socketId: number): void => {
    const line = lines.get(socketId);
    if (line === undefined) return;
    const cancel = clock.after(RETIRE_AFTER_MS, () => drop(socketId, 1000));
    const close = () => {
      cancel();
      drop(socketId, 1000);
    };
    if (line.mux === undefined) close();
    else line.mux.whenIdle(close);
  };

  const drop = (socketId: number, code: number): void => {
    const line = lines.get(socketId);
    lose(socketId);
    line?.socket.close(code, '');
  };

  const lose = (socketId: number): void => {
    const line = lines.get(socketId);
    lines.delete(socketId);
    line?.mux?.onLost('the connection was lost');
  };

  return {
    status,
    start: () => feed({ type: 'start' }),
    tryNow: () => feed({ type: 'tryNow' }),
    wake: () => feed({ type: 'wake' }),
    refreshCredential() {
      refreshNext = true;
      if (state.name === 'ready') refreshInBand(state.socketId);
    },
    openCall(start, handlers) {
      const mux = state.name === 'ready' ? lines.get(state.socketId)?.mux : undefined;
      return mux === undefined ? refuse(handlers) : mux.open(start, handlers);
    },
    close() {
      feed({ type: 'stop' });
      // Dropping takes a line away while we walk: a Map allows that.
      for (const socketId of lines.keys()) drop(socketId, 1000);
    },
  };
}

function toStatus(state: ConnectionState, generation: number): LinkStatus {
  switch (state.name) {
    case 'idle':
      return { state: 'idle' };
    case 'connecting':
    case 'handshaking':
      return { state: 'connecting', reason: state.reason };
    case 'ready':
      return { state: 'ready', generation };
    case 'backingOff':
      return { state: 'waiting', nextTryAtMs: state.untilMs, reason: state.reason };
    case 'closed':
      return { state: 'closed', reason: state.reason, message: state.message };
  }
}

/** A call that cannot be opened now: it ends on its own, after the caller has its handle. */
export function refuse(handlers: CallHandlers): RawCall {
  let ended = false;
  const end = (code: number, message: string): void => {
    if (ended) return;
    ended = true;
    handlers.onStatus(localStatus(code, message, true));
  };
  queueMicrotask(() => end(GrpcStatus.UNAVAILABLE, 'not connected'));
  return {
    send: () => false,
    end: () => undefined,
    cancel: (reason) => end(GrpcStatus.CANCELLED, reason),
    consumed: () => undefined,
    writable: () => Promise.resolve(),
  };
}
