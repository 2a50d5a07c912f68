import { bridge, CloseCode, ProtocolError } from '@chat/protocol';
import type { BridgedCall, CallFault, CallSink } from '../bridge/bridged-call.ts';
import { fromClientHeaders } from '../bridge/client-metadata.ts';
import { callTimeoutMs } from '../bridge/deadline.ts';
import { createEdgeBridgedCall } from '../bridge/edge-bridged-call.ts';
import { createUpstreamBridgedCall } from '../bridge/upstream-bridged-call.ts';
import { FrameFault, type FrameCodec, type InboundFrame } from '../codec/frame-codec.ts';
import type { Route } from '../ports/router.ts';
import type { ConnectionShared } from './connection-options.ts';
import type { Credential } from './credential.ts';
import type { Outbox } from './outbox.ts';
import { StrikeBucket, TokenBucket } from './token-bucket.ts';

/** What the calls need of their connection. */
export interface CallTableOwner {
  readonly id: string;
  readonly remoteAddress: string;
  readonly codec: FrameCodec;
  readonly outbox: Outbox;
  /** Read anew at each start, for the token may have changed. */
  readonly credential: Credential;
  readonly shared: ConnectionShared;
  onCallFault(fault: CallFault): void;
  /** The largest frame that the open calls allow has changed. */
  onFrameLimit(maxFrameBytes: number): void;
  /** A call ended; also called for calls that never began. */
  onCallEnded(status: bridge.Status | undefined): void;
}

/** The calls of one connection. */
export interface CallTable {
  readonly size: number;
  /** Highest id that was started. */
  readonly lastCallId: number;
  /** Call-scoped frames so far, also those for calls that have ended. */
  readonly receivedFrames: number;
  /** How often the client sent more than it was granted. */
  readonly flowViolations: number;
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

class ConnectionCalls implements CallTable, CallSink {
  lastCallId = 0;
  receivedFrames = 0;
  flowViolations = 0;
  readonly codec: FrameCodec;
  readonly #owner: CallTableOwner;
  readonly #calls = new Map<number, OpenCall>();
  readonly #starts: TokenBucket;
  readonly #edgeMessages: StrikeBucket;
  #defaultCredit = 0;
  #refusing = false;

  constructor(owner: CallTableOwner) {
    const { clock, limits } = owner.shared;
    this.#owner = owner;
    this.codec = owner.codec;
    this.#starts = new TokenBucket(limits.callStarts, clock.nowMs());
    this.#edgeMessages = new StrikeBucket(limits.edgeMessages, clock.nowMs());
  }

  get size(): number {
    return this.#calls.size;
  }

  setDefaultCredit(initialCredit: number): void {
    this.#defaultCredit = initialCredit;
  }

  refuseNew(): void {
    this.#refusing = true;
  }

  onFrame(frame: InboundFrame): void {
    this.receivedFrames += 1;
    if (frame.start !== undefined) this.#start(frame.callId, frame.start);
    else if (frame.callId > this.lastCallId) throw new FrameFault('CALL_NOT_STARTED');
    const open = this.#calls.get(frame.callId);
    // A call that has ended: what was under way is ignored.
    if (open === undefined) return;
    if (open.route.kind === 'edge' && frame.message !== undefined) {
      const { clock } = this.#owner.shared;
      if (!this.#edgeMessages.allows(clock.nowMs())) {
        throw new FrameFault('RATE_LIMITED', CloseCode.RATE_LIMITED);
      }
    }
    open.call?.onFrame(frame);
  }

  onWritable(): void {
    for (const { call } of this.#calls.values()) call?.onWritable();
  }

  onSocketLost(): void {
    for (const { call } of this.#calls.values()) call?.onSocketLost();
    this.#calls.clear();
  }

  writable(): boolean {
    return this.#owner.outbox.writable();
  }

  send(frame: Buffer): void {
    this.#owner.outbox.push(frame);
  }

  sendEphemeral(
    callId: number,
    key: string | undefined,
    frame: Buffer,
  ): Buffer | 'queued' | 'dropped' {
    return this.#owner.outbox.pushEphemeral(callId, key, frame);
  }

  forgetEphemeral(callId: number): void {
    this.#owner.outbox.forgetEphemeral(callId);
  }

  flowViolation(): void {
    this.flowViolations += 1;
  }

  callEnded(callId: number, status: bridge.Status | undefined): void {
    const open = this.#calls.get(callId);
    if (open === undefined) return;
    this.#calls.delete(callId);
    this.#updateFrameLimit(open.route);
    const { clock, events } = this.#owner.shared;
    const durationMs = clock.nowMs() - open.startedAtMs;
    const code = status?.code ?? bridge.StatusCode.CANCELLED;
    const fromGateway = status?.origin === bridge.StatusOrigin.GATEWAY;
    events.callEnded(open.route.method.path, code, fromGateway, durationMs);
    this.#owner.onCallEnded(status);
  }

  #updateFrameLimit(route: Route): void {
    const { limits } = this.#owner.shared;
    if (route.method.maxFrameBytes <= limits.maxFrameBytes) return;
    let maxFrameBytes = limits.maxFrameBytes;
    for (const { route: each } of this.#calls.values()) {
      maxFrameBytes = Math.max(maxFrameBytes, each.method.maxFrameBytes);
    }
    this.#owner.onFrameLimit(maxFrameBytes);
  }

  #start(callId: number, start: bridge.CallStart): void {
    if (callId <= this.lastCallId) throw new FrameFault('CALL_ID_REUSED');
    this.lastCallId = callId;
    const { router, clock, events } = this.#owner.shared;
    const refusal = this.#admit();
    if (refusal !== undefined) {
      this.#refuse(callId, refusal);
      return;
    }
    const route = router(start.method);
    if (route === undefined) {
      this.#refuse(callId, new ProtocolError('UNIMPLEMENTED'));
      return;
    }
    const startedAtMs = clock.nowMs();
    // Entered first: a call may end while it begins.
    this.#calls.set(callId, { call: undefined, route, startedAtMs });
    try {
      const call = this.#createCall(callId, start, route);
      if (this.#calls.has(callId)) this.#calls.set(callId, { call, route, startedAtMs });
      events.callStarted(route.method.path);
      this.#updateFrameLimit(route);
    } catch (error) {
      this.#calls.delete(callId);
      this.#refuse(callId, ProtocolError.from(error));
    }
  }

  #admit(): ProtocolError | undefined {
    const { clock, limits } = this.#owner.shared;
    if (this.#refusing) return new ProtocolError('UNAVAILABLE');
    if (this.#calls.size >= limits.maxConcurrentCalls) {
      return new ProtocolError('LIMIT', {
        message: 'too many open calls',
        retryAfterMs: BUSY_RETRY_MS,
      });
    }
    const retryAfterMs = this.#starts.take(clock.nowMs());
    return retryAfterMs === 0 ? undefined : new ProtocolError('RATE_LIMITED', { retryAfterMs });
  }

  #refuse(callId: number, error: ProtocolError): void {
    const status = this.#owner.shared.statuses.fromError(error, true);
    this.send(this.codec.encode({ callId, status }));
    this.#owner.onCallEnded(status);
  }

  #createCall(callId: number, start: bridge.CallStart, route: Route): BridgedCall {
    const { id: connectionId, credential, remoteAddress, shared } = this.#owner;
    const { clock, statuses } = shared;
    const { method } = route;
    const metadata = fromClientHeaders(start.metadata);
    const base = {
      callId,
      method,
      timeoutMs: callTimeoutMs(method, start.timeoutMs),
      initialCredit: start.initialCredit === 0 ? this.#defaultCredit : start.initialCredit,
      sink: this,
      statuses,
      clock,
    };
    if (route.kind === 'edge') {
      const { session } = credential;
      return createEdgeBridgedCall({ ...base, connectionId, session, open: route.open });
    }
    // The user's own token; the gateway never asserts an identity of its own.
    if (credential.token !== '') metadata.set('authorization', `Bearer ${credential.token}`);
    metadata.set('x-forwarded-for', remoteAddress);
    const openUpstream = route.open ?? shared.openUpstream;
    const onFault = (fault: CallFault): void => this.#owner.onCallFault(fault);
    return createUpstreamBridgedCall({ ...base, metadata, openUpstream, onFault });
  }
}

/** A table without calls. */
export function createCallTable(owner: CallTableOwner): CallTable {
  return new ConnectionCalls(owner);
}
