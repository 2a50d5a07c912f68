import { randomUUID } from 'node:crypto';
import { assertNever, bridge, CloseCode, closeReason, LIMITS } from '@chat/protocol';
import type { CallStatuses } from '../bridge/call-status.ts';
import { FrameFault, type FrameCodec, type InboundFrame } from '../codec/frame-codec.ts';
import type { Clock } from '../ports/clock.ts';
import type { BridgeEvents } from '../ports/events.ts';
import type { Log } from '../ports/log.ts';
import type { Router } from '../ports/router.ts';
import { SessionRefused, type SessionGate, type SessionState } from '../ports/session-gate.ts';
import type { ConnectionSocket } from '../ports/socket.ts';
import type { OpenUpstreamCall } from '../upstream/upstream-call.ts';
import { createCallTable } from './call-table.ts';
import { createCredential } from './credential.ts';
import { createHeldFrames } from './held-frames.ts';
import { createKeepalive } from './keepalive.ts';
import type { ConnectionLimits } from './limits.ts';
import { createOutbox } from './outbox.ts';
import { nextPhase, type ConnectionEvent, type ConnectionPhase } from './phase.ts';
import type { TimerWheel } from './timer-wheel.ts';
import { createStrikeBucket } from './token-bucket.ts';

/** What all connections of a process share. Make it once. */
export interface ConnectionShared {
  readonly sessionGate: SessionGate;
  readonly router: Router;
  readonly openUpstream: OpenUpstreamCall;
  readonly statuses: CallStatuses;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** See createTickQueue. */
  readonly soon: (task: () => void) => void;
  readonly limits: ConnectionLimits;
  readonly events: BridgeEvents;
}

export interface ConnectionOptions extends ConnectionShared {
  readonly socket: ConnectionSocket;
  readonly codec: FrameCodec;
  readonly log: Log;
  readonly remoteAddress: string;
  /** Of the upgrade request, for the log; undefined = not a browser. */
  readonly origin: string | undefined;
}

/** How a drained connection is told to come back. */
export interface DrainOptions {
  readonly graceMs: number;
  readonly reconnectAfterMs: number;
  readonly reason: string;
}

/** One WebSocket that speaks bridge.v1. It belongs to its socket and ends with it. */
export interface Connection {
  readonly id: string;
  readonly phase: ConnectionPhase;
  readonly openCalls: number;
  /** Bytes that wait in the outbox. */
  readonly queuedBytes: number;
  /** Sends GoAway, refuses new calls, and closes 1012 when the last call ends or the grace is over. */
  drain(options: DrainOptions): void;
  /** Closes with a code of the table. */
  close(code: number, reason: string): void;
  /** Settles when the socket is gone and everything is released. */
  readonly closed: Promise<void>;
}

/** A closing handshake that takes longer is cut. */
const CLOSE_GRACE_MS = 2_000;
const AGE_DRAIN: DrainOptions = { graceMs: 30_000, reconnectAfterMs: 0, reason: 'connection age' };

/** Starts the protocol on an open WebSocket whose subprotocol chose the codec. */
export function createConnection(options: ConnectionOptions): Connection {
  const { socket, codec, clock, limits, log, events } = options;
  const id = randomUUID();
  const openedAtMs = clock.nowMs();
  const keepalive = createKeepalive(limits.heartbeatMs, limits.maxMissedPongs, openedAtMs);
  const frameRate = createStrikeBucket(limits.frames, openedAtMs);
  const controlRate = createStrikeBucket(limits.controlFrames, openedAtMs);
  const faultRate = createStrikeBucket(limits.clientFaults, openedAtMs);
  const held = createHeldFrames(limits);
  let resolveClosed: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (resolveClosed = resolve));
  let phase: ConnectionPhase = 'awaitingHello';
  let receivedCallFrames = 0n;
  let flowViolations = 0;
  let nonce = 0;
  let authPending = false;
  let drainUntilMs: number | undefined;
  let midMessageSinceMs: number | undefined;
  let closeCode: number | undefined;

  const enter = (event: ConnectionEvent): boolean => {
    const next = nextPhase(phase, event);
    if (next === undefined) return false;
    phase = next;
    return true;
  };

  const outbox = createOutbox({
    socket,
    limits,
    clock,
    soon: options.soon,
    onWritable: () => calls.onWritable(),
    onOverflow: () => close(CloseCode.SLOW_CONSUMER, 'SLOW_CONSUMER'),
    onWritten: (frames, bytes) => events.framesWritten(frames, bytes),
  });

  const credential = createCredential(
    options.sessionGate,
    () => clock.nowMs(),
    (code, reason) => close(code, reason),
  );

  const calls = createCallTable({
    ...options,
    caller: {
      connectionId: id,
      remoteAddress: options.remoteAddress,
      token: () => credential.token,
      session: () => credential.session,
    },
    sink: {
      codec,
      writable: outbox.writable,
      send: outbox.push,
      sendEphemeral: outbox.pushEphemeral,
      forgetEphemeral: outbox.forgetEphemeral,
      flowViolation: () => void (flowViolations += 1),
    },
    onFault: (fault) =>
      log.error({ connectionId: id, ...fault }, 'a call failed inside the gateway'),
    onFrameLimit: (maxFrameBytes) => socket.setMaxFrameBytes(maxFrameBytes),
    onCallEnded: (status) => onCallEnded(status),
  });

  const sendControl = (control: bridge.ServerFrame['control']): void =>
    outbox.push(codec.encode({ callId: 0, control }));

  const close = (code: number, reason: string): void => {
    if (!enter('close')) return;
    closeCode = code;
    log.info({ connectionId: id, code, reason }, 'connection closes');
    // What was said before the close, a status for instance, still goes out if it can.
    outbox.flush();
    release(false);
    socket.close(code, closeReason(reason));
    clock.after(CLOSE_GRACE_MS, () => socket.terminate());
  };

  const release = (graceful: boolean): void => {
    removeFromWheel();
    calls.onSocketLost();
    outbox.close();
    credential.close(graceful);
  };

  const onCallEnded = (status: bridge.Status | undefined): void => {
    if (status !== undefined && isClientFault(status) && !faultRate(clock.nowMs())) {
      // Not inside the call that has just ended.
      options.soon(() => close(CloseCode.BAD_FRAME, 'ERROR_BUDGET'));
    }
    if (phase === 'draining' && calls.size === 0) {
      options.soon(() => close(CloseCode.GOING_AWAY, 'drained'));
    }
  };

  const onRefused = (error: unknown): void => {
    const known = error instanceof SessionRefused;
    if (!known) log.error({ connectionId: id, cause: error }, 'the session gate failed');
    close(known ? error.closeCode : CloseCode.INTERNAL, known ? error.message : 'INTERNAL');
  };

  const onHello = (hello: bridge.Hello): void => {
    enter('hello');
    calls.setDefaultCredit(hello.initialCredit === 0 ? LIMITS.initialCredit : hello.initialCredit);
    const { token } = hello;
    const client = hello.client.slice(0, MAX_CLIENT_NAME);
    credential
      .open({ token, client, remoteAddress: options.remoteAddress })
      .then((state) => onAccepted(state, client), onRefused);
  };

  const onAccepted = (state: SessionState, client: string): void => {
    if (!enter('accepted')) return;
    log.info({ connectionId: id, sessionId: state.sessionId, client }, 'connection open');
    sendControl({
      $case: 'welcome',
      value: {
        sessionId: state.sessionId === '' ? id : state.sessionId,
        limits: {
          maxFrameBytes: limits.maxFrameBytes,
          maxConcurrentCalls: limits.maxConcurrentCalls,
          initialCredit: LIMITS.initialCredit,
          maxMetadataBytes: LIMITS.maxMetadataBytes,
          maxTimeoutMs: LIMITS.maxUnaryTimeoutMs,
        },
        heartbeatMs: limits.heartbeatMs,
        authExpiresInMs: state.accessExpiresInMs,
        features: [],
        resumeToken: '',
      },
    });
    for (const frame of held.takeAll()) guard(() => dispatch(frame));
  };

  const onAuth = ({ token }: bridge.Auth): void => {
    if (authPending) throw new FrameFault('AUTH_PENDING');
    authPending = true;
    credential
      .refresh(token)
      .then((state) => {
        const { accessExpiresInMs: expiresInMs } = state;
        sendControl({ $case: 'authState', value: { refresh: false, expiresInMs } });
      }, onRefused)
      .finally(() => (authPending = false));
  };

  const onControl = (control: NonNullable<bridge.ClientFrame['control']>): void => {
    switch (control.$case) {
      case 'hello':
        throw new FrameFault('HELLO_TWICE');
      case 'auth':
        onAuth(control.value);
        return;
      case 'ping': {
        const value = { nonce: control.value.nonce, received: receivedCallFrames };
        sendControl({ $case: 'pong', value });
        return;
      }
      case 'pong':
        return;
      default:
        assertNever(control);
    }
  };

  const dispatch = (frame: InboundFrame): void => {
    if (frame.control !== undefined) {
      onControl(frame.control);
      return;
    }
    receivedCallFrames += 1n;
    calls.onFrame(frame);
    if (flowViolations >= limits.maxFlowViolations) {
      throw new FrameFault('FLOW_CONTROL', CloseCode.FLOW_CONTROL);
    }
  };

  const onFrame = (frame: InboundFrame): void => {
    switch (phase) {
      case 'awaitingHello':
        if (frame.control?.$case !== 'hello') throw new FrameFault('HELLO_FIRST');
        onHello(frame.control.value);
        return;
      case 'authenticating':
        if (frame.control?.$case === 'hello') throw new FrameFault('HELLO_TWICE');
        if (!held.hold(frame)) throw new FrameFault('PIPELINE_OVERFLOW');
        return;
      case 'open':
      case 'draining':
        dispatch(frame);
        return;
      case 'closed':
        return;
      default:
        assertNever(phase);
    }
  };

  /** Runs what a frame of the peer sets off; whatever it throws ends this connection and no other. */
  const guard = (task: () => void): void => {
    if (phase === 'closed') return;
    try {
      task();
    } catch (error) {
      if (error instanceof FrameFault) {
        events.frameRefused(error.rule);
        close(error.closeCode, error.rule);
        return;
      }
      log.error({ connectionId: id, cause: error }, 'a frame could not be handled');
      close(CloseCode.INTERNAL, 'INTERNAL');
    }
  };

  const drain = ({ graceMs, reconnectAfterMs, reason }: DrainOptions): void => {
    if (!enter('goAway')) {
      close(CloseCode.GOING_AWAY, reason);
      return;
    }
    calls.refuseNew();
    drainUntilMs = clock.nowMs() + graceMs;
    const { lastCallId } = calls;
    sendControl({ $case: 'goAway', value: { lastCallId, graceMs, reconnectAfterMs, reason } });
    if (calls.size === 0) options.soon(() => close(CloseCode.GOING_AWAY, 'drained'));
  };

  const checkPeer = (nowMs: number): void => {
    midMessageSinceMs = socket.midMessage ? (midMessageSinceMs ?? nowMs) : undefined;
    if (midMessageSinceMs !== undefined && nowMs - midMessageSinceMs >= limits.messageTimeoutMs) {
      throw new FrameFault('MESSAGE_UNFINISHED');
    }
    if (outbox.isStalled()) {
      close(CloseCode.SLOW_CONSUMER, 'SLOW_CONSUMER');
      return;
    }
    const action = keepalive.check(nowMs);
    if (action === 'dead') {
      close(CloseCode.HEARTBEAT_MISSED, 'HEARTBEAT_MISSED');
      socket.terminate();
    } else if (action === 'ping' && phase !== 'awaitingHello') {
      nonce += 1;
      sendControl({ $case: 'ping', value: { nonce, received: receivedCallFrames } });
    }
  };

  const checkCredential = (nowMs: number): void => {
    const action = credential.check(nowMs);
    if (action.do === 'expired') close(CloseCode.TOKEN_EXPIRED, 'TOKEN_EXPIRED');
    if (action.do !== 'askRefresh') return;
    const { expiresInMs } = action;
    sendControl({ $case: 'authState', value: { refresh: true, expiresInMs } });
  };

  const tick = (): void =>
    guard(() => {
      const nowMs = clock.nowMs();
      const ageMs = nowMs - openedAtMs;
      const isGreeting = phase === 'awaitingHello' || phase === 'authenticating';
      if (isGreeting && ageMs >= limits.helloTimeoutMs) {
        close(CloseCode.HELLO_TIMEOUT, 'HELLO_TIMEOUT');
      } else if (drainUntilMs !== undefined && nowMs >= drainUntilMs) {
        close(CloseCode.GOING_AWAY, 'drained');
      } else if (phase === 'open' && ageMs >= limits.maxConnectionAgeMs) drain(AGE_DRAIN);
      if (phase === 'closed') return;
      checkPeer(nowMs);
      if (phase === 'open' || phase === 'draining') checkCredential(nowMs);
    });

  const removeFromWheel = options.wheel.add(tick);

  socket.bind({
    onMessage: (data, isBinary) =>
      guard(() => {
        events.frameReceived(data.length);
        const nowMs = clock.nowMs();
        keepalive.heard(nowMs);
        if (!frameRate(nowMs)) throw new FrameFault('RATE_LIMITED', CloseCode.RATE_LIMITED);
        // RFC 6455: a type of data that this subprotocol does not have.
        if (isBinary !== codec.binary) throw new FrameFault('WRONG_FRAME_TYPE', 1003);
        onFrame(codec.decode(data));
      }),
    onControlFrame: () =>
      guard(() => {
        const nowMs = clock.nowMs();
        keepalive.heard(nowMs);
        if (!controlRate(nowMs)) throw new FrameFault('RATE_LIMITED', CloseCode.RATE_LIMITED);
      }),
    onDrain: () => guard(outbox.onDrain),
    onClosed(code) {
      const wasOpen = enter('close');
      if (wasOpen) release(code === 1000 || code === 1001);
      events.connectionClosed(closeCode ?? code);
      log.info({ connectionId: id, code: closeCode ?? code }, 'connection closed');
      resolveClosed();
    },
  });
  events.connectionOpened();
  log.debug({ connectionId: id, origin: options.origin, codec: codec.name }, 'socket accepted');

  return {
    id,
    get phase() {
      return phase;
    },
    get openCalls() {
      return calls.size;
    },
    get queuedBytes() {
      return outbox.queuedBytes;
    },
    drain,
    close,
    closed,
  };
}

const MAX_CLIENT_NAME = 128;

/** The gateway itself found the request malformed: what the error budget counts. */
function isClientFault(status: bridge.Status): boolean {
  if (status.origin !== bridge.StatusOrigin.GATEWAY) return false;
  const { INVALID_ARGUMENT, UNIMPLEMENTED } = bridge.StatusCode;
  return status.code === INVALID_ARGUMENT || status.code === UNIMPLEMENTED;
}
