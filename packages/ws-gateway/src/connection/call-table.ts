import { ProtocolError, type bridge } from '@chat/protocol';
import type { BridgedCall, CallFault, CallSink } from '../bridge/bridged-call.ts';
import type { CallStatuses } from '../bridge/call-status.ts';
import { fromClientHeaders } from '../bridge/client-metadata.ts';
import { callTimeoutMs } from '../bridge/deadline.ts';
import { createEdgeBridgedCall } from '../bridge/edge-bridged-call.ts';
import { createUpstreamBridgedCall } from '../bridge/upstream-bridged-call.ts';
import { FrameFault, type InboundFrame } from '../codec/frame-codec.ts';
import type { Clock } from '../ports/clock.ts';
import type { BridgeEvents } from '../ports/events.ts';
import type { Route, Router } from '../ports/router.ts';
import type { GateSession } from '../ports/session-gate.ts';
import type { OpenUpstreamCall } from '../upstream/upstream-call.ts';
import type { ConnectionLimits } from './limits.ts';
import { createStrikeBucket, createTokenBucket } from './token-bucket.ts';

/** Whose calls these are; read anew at each start, for the token may have changed. */
export interface CallerIdentity {
  readonly connectionId: string;
  readonly remoteAddress: string;
  readonly token: () => string;
  readonly session: () => GateSession;
}

export interface CallTableOptions {
  readonly caller: CallerIdentity;
  readonly sink: Omit<CallSink, 'callEnded'>;
  readonly router: Router;
  readonly openUpstream: OpenUpstreamCall;
  readonly statuses: CallStatuses;
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly events: BridgeEvents;
  readonly onFault: (fault: CallFault) => void;
  /** The largest frame that the open calls allow has changed. */
  readonly onFrameLimit: (maxFrameBytes: number) => void;
  /** A call ended; also called for calls that never began. */
  readonly onCallEnded: (status: bridge.Status | undefined) => void;
}

/** The calls of one connection. */
export interface CallTable {
  readonly size: number;
  /** Highest id that was started. */
  readonly lastCallId: number;
  /** Response window of calls that name none. */
  setDefaultCredit(initialCredit: number): void;
  /** From now on no call begins: each ends UNAVAILABLE, not processed. */
  refuseNew(): void;
  /** Takes a call-scoped frame; throws FrameFault. */
  onFrame(frame: InboundFrame): void;
  onWritable(): void;
  onSocketLost(): void;
}

/** When a client with too many open calls may try again. */
const BUSY_RETRY_MS = 1_000;

interface OpenCall {
  readonly call: BridgedCall | undefined;
  readonly route: Route;
  readonly startedAtMs: number;
}

export function createCallTable(options: CallTableOptions): CallTable {
  const { router, clock, limits, statuses, events, caller } = options;
  const calls = new Map<number, OpenCall>();
  const starts = createTokenBucket(limits.callStarts, clock.nowMs());
  const edgeMessages = createStrikeBucket(limits.edgeMessages, clock.nowMs());
  let lastCallId = 0;
  let defaultCredit = 0;
  let refusing = false;

  const updateFrameLimit = (route: Route): void => {
    if (route.method.maxFrameBytes <= limits.maxFrameBytes) return;
    let maxFrameBytes = limits.maxFrameBytes;
    for (const { route: each } of calls.values()) {
      maxFrameBytes = Math.max(maxFrameBytes, each.method.maxFrameBytes);
    }
    options.onFrameLimit(maxFrameBytes);
  };

  const sink: CallSink = {
    ...options.sink,
    callEnded(callId, status) {
      const open = calls.get(callId);
      if (open === undefined) return;
      calls.delete(callId);
      updateFrameLimit(open.route);
      const durationMs = clock.nowMs() - open.startedAtMs;
      // 1 = CANCELLED: the socket was lost.
      events.callEnded(open.route.method.path, status?.code ?? 1, status?.origin === 2, durationMs);
      options.onCallEnded(status);
    },
  };

  const refuse = (callId: number, error: ProtocolError): void => {
    const status = statuses.fromError(error, true);
    sink.send(sink.codec.encode({ callId, status }));
    options.onCallEnded(status);
  };

  const admit = (): ProtocolError | undefined => {
    if (refusing) return new ProtocolError('UNAVAILABLE');
    if (calls.size >= limits.maxConcurrentCalls) {
      return new ProtocolError('LIMIT', {
        message: 'too many open calls',
        retryAfterMs: BUSY_RETRY_MS,
      });
    }
    const retryAfterMs = starts.take(clock.nowMs());
    return retryAfterMs === 0 ? undefined : new ProtocolError('RATE_LIMITED', { retryAfterMs });
  };

  const createCall = (callId: number, start: bridge.CallStart, route: Route): BridgedCall => {
    const { method } = route;
    const metadata = fromClientHeaders(start.metadata);
    const base = {
      callId,
      method,
      timeoutMs: callTimeoutMs(method, start.timeoutMs),
      initialCredit: start.initialCredit === 0 ? defaultCredit : start.initialCredit,
      sink,
      statuses,
      clock,
    };
    if (route.kind === 'edge') {
      const { connectionId } = caller;
      return createEdgeBridgedCall({
        ...base,
        connectionId,
        session: caller.session(),
        open: route.open,
      });
    }
    const token = caller.token();
    // The user's own token; the gateway never asserts an identity of its own.
    if (token !== '') metadata.set('authorization', `Bearer ${token}`);
    metadata.set('x-forwarded-for', caller.remoteAddress);
    const { openUpstream, onFault } = options;
    return createUpstreamBridgedCall({ ...base, metadata, openUpstream, onFault });
  };

  const start = (callId: number, callStart: bridge.CallStart): void => {
    if (callId <= lastCallId) throw new FrameFault('CALL_ID_REUSED');
    lastCallId = callId;
    const refusal = admit();
    if (refusal !== undefined) {
      refuse(callId, refusal);
      return;
    }
    const route = router(callStart.method);
    if (route === undefined) {
      refuse(callId, new ProtocolError('UNIMPLEMENTED'));
      return;
    }
    const startedAtMs = clock.nowMs();
    // Entered first: a call may end while it begins.
    calls.set(callId, { call: undefined, route, startedAtMs });
    try {
      const call = createCall(callId, callStart, route);
      if (calls.has(callId)) calls.set(callId, { call, route, startedAtMs });
      events.callStarted(route.method.path);
      updateFrameLimit(route);
    } catch (error) {
      calls.delete(callId);
      refuse(callId, ProtocolError.from(error));
    }
  };

  return {
    get size() {
      return calls.size;
    },
    get lastCallId() {
      return lastCallId;
    },
    setDefaultCredit(initialCredit) {
      defaultCredit = initialCredit;
    },
    refuseNew() {
      refusing = true;
    },
    onFrame(frame) {
      if (frame.start !== undefined) start(frame.callId, frame.start);
      else if (frame.callId > lastCallId) throw new FrameFault('CALL_NOT_STARTED');
      const open = calls.get(frame.callId);
      // A call that has ended: what was under way is ignored.
      if (open === undefined) return;
      if (
        open.route.kind === 'edge' &&
        frame.message !== undefined &&
        !edgeMessages(clock.nowMs())
      ) {
        throw new FrameFault('RATE_LIMITED', 4002);
      }
      open.call?.onFrame(frame);
    },
    onWritable() {
      for (const { call } of calls.values()) call?.onWritable();
    },
    onSocketLost() {
      for (const { call } of calls.values()) call?.onSocketLost();
      calls.clear();
    },
  };
}
