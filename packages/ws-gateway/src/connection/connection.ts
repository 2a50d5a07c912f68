import { randomUUID } from 'node:crypto';
import { assertNever, type bridge, CloseCode, closeReason, LIMITS } from '@chat/protocol';
import { FrameFault, type InboundFrame } from '../codec/frame-codec.ts';
import { SessionRefused, type SessionState } from '../ports/session-gate.ts';
import { isClientFault } from '../bridge/call-status.ts';
import { createCallTable } from './call-table.ts';
import type { ConnectionOptions, DrainOptions } from './connection-options.ts';
import { createCredential } from './credential.ts';
import { createHeldFrames } from './held-frames.ts';
import { createOutbox } from './outbox.ts';
import { nextPhase, type ConnectionEvent, type ConnectionPhase } from './phase.ts';
import { createStrikeBucket } from './token-bucket.ts';
import { createWatch, type WatchAction } from './watch.ts';
import { welcome } from './welcome.ts';

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
const MAX_CLIENT_NAME = 128;
const AGE_DRAIN: DrainOptions = { graceMs: 30_000, reconnectAfterMs: 0, reason: 'connection age' };

/** Starts the protocol on an open WebSocket whose subprotocol chose the codec. */
export function createConnection(options: ConnectionOptions): Connection {
  const { socket, codec, clock, limits, log, events } = options;
  const id = randomUUID();
  const openedAtMs = clock.nowMs();
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

  const watch = createWatch({ openedAtMs, limits, socket, outbox, credential });

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
    sendControl(welcome(id, state, limits));
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
    watch.drainUntil(clock.nowMs() + graceMs);
    const { lastCallId } = calls;
    sendControl({ $case: 'goAway', value: { lastCallId, graceMs, reconnectAfterMs, reason } });
    if (calls.size === 0) options.soon(() => close(CloseCode.GOING_AWAY, 'drained'));
  };

  const act = (action: WatchAction): void => {
    switch (action.do) {
      case 'close':
        close(action.code, action.reason);
        // Nobody is there to shake hands with.
        if (action.code === CloseCode.HEARTBEAT_MISSED) socket.terminate();
        return;
      case 'ping':
        nonce += 1;
        sendControl({ $case: 'ping', value: { nonce, received: receivedCallFrames } });
        return;
      case 'askRefresh': {
        const { expiresInMs } = action;
        sendControl({ $case: 'authState', value: { refresh: true, expiresInMs } });
        return;
      }
      case 'drainForAge':
        drain(AGE_DRAIN);
        return;
      default:
        assertNever(action);
    }
  };

  const tick = (): void =>
    guard(() => {
      for (const action of watch.check(clock.nowMs(), phase)) act(action);
    });

  const removeFromWheel = options.wheel.add(tick);

  socket.bind({
    onMessage: (data, isBinary) =>
      guard(() => {
        events.frameReceived(data.length);
        const nowMs = clock.nowMs();
        watch.heard(nowMs);
        if (!frameRate(nowMs)) throw new FrameFault('RATE_LIMITED', CloseCode.RATE_LIMITED);
        // RFC 6455: a type of data that this subprotocol does not have.
        if (isBinary !== codec.binary) throw new FrameFault('WRONG_FRAME_TYPE', 1003);
        onFrame(codec.decode(data));
      }),
    onControlFrame: () =>
      guard(() => {
        const nowMs = clock.nowMs();
        watch.heard(nowMs);
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
