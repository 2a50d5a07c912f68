import { randomUUID } from 'node:crypto';
import {
  assertNever,
  frameCost,
  LIMITS,
  ProtocolError,
  type bridge,
  type ErrorCode,
} from '@chat/protocol';
import type { Metadata } from '@grpc/grpc-js';
import type { InboundFrame } from '../codec/frame-codec.ts';
import { buildCreditFrame } from '../codec/message-frame.ts';
import { websocketPayloadBytes } from '../codec/websocket-frame.ts';
import type { Clock } from '../ports/clock.ts';
import type { BridgeMethod } from '../ports/router.ts';
import type { OpenUpstreamCall, UpstreamCall, UpstreamStatus } from '../upstream/upstream-call.ts';
import type { BridgedCall, CallFault, CallSink } from './bridged-call.ts';
import type { CallEffect, CallEvent, FinishReason } from './call-state.ts';
import type { CallStatuses } from './call-status.ts';
import { nextCallStep, startCall } from './call-transitions.ts';
import { createReceiveWindow, createSendWindow } from './credit.ts';
import { createResponseQueue } from './response-queue.ts';
import { toClientHeaders } from './response-metadata.ts';

/** What a call of the client is made of, all of it checked. */
export interface UpstreamBridgedCallOptions {
  readonly callId: number;
  readonly method: BridgeMethod;
  readonly metadata: Metadata;
  readonly timeoutMs: number | undefined;
  readonly initialCredit: number;
  readonly sink: CallSink;
  readonly openUpstream: OpenUpstreamCall;
  readonly statuses: CallStatuses;
  readonly clock: Clock;
  readonly onFault: (fault: CallFault) => void;
}

const FINISH_ERROR: Readonly<
  Record<Exclude<FinishReason, 'upstream' | 'fault'>, readonly [ErrorCode, string | undefined]>
> = {
  cancelled: ['CANCELLED', undefined],
  deadline: ['DEADLINE', undefined],
  overrun: ['FLOW_CONTROL', undefined],
  noMessage: ['BAD_FIELD', 'the method takes exactly one message'],
  tooManyMessages: ['BAD_FIELD', 'the method takes exactly one message'],
  messageAfterEnd: ['BAD_FIELD', 'a message after end'],
};

/** Carries one call between a connection and the upstream. Decisions are in nextCallStep; this is the plumbing. */
export function createUpstreamBridgedCall(options: UpstreamBridgedCallOptions): BridgedCall {
  const { callId, method, sink, clock, statuses } = options;
  const { codec } = sink;
  const sendWindow = createSendWindow(options.initialCredit);
  const receiveWindow = createReceiveWindow(LIMITS.initialCredit);
  const queue = createResponseQueue(
    () => upstream?.pause(),
    () => upstream?.resume(),
  );
  let state = startCall(method.requestStream).state;
  let upstream: UpstreamCall | undefined;
  let upstreamStatus: UpstreamStatus | undefined;
  let headers: bridge.Header[] | undefined;
  let held: Uint8Array | undefined;
  let current: { readonly bytes: Uint8Array; readonly cost: number } | undefined;
  let failure: ProtocolError | undefined;
  let processed = false;
  const deadlineAtMs = options.timeoutMs === undefined ? 0 : clock.nowMs() + options.timeoutMs;
  const cancelDeadline =
    options.timeoutMs === undefined
      ? undefined
      : clock.after(options.timeoutMs, () => step({ type: 'deadline' }));

  const step = (event: CallEvent): void => {
    if (state.phase === 'ended') return;
    const next = nextCallStep(state, event);
    state = next.state;
    for (const effect of next.effects) apply(effect);
    if (state.phase === 'ended') {
      cancelDeadline?.();
      if (event.type === 'socketLost') sink.callEnded(callId, undefined);
    }
  };

  const fail = (error: unknown): void => {
    failure = ProtocolError.from(error);
    if (failure.code === 'INTERNAL') {
      // The peer gets an id and no text; the log gets both.
      const faultId = randomUUID();
      options.onFault({ callId, method: method.path, faultId, cause: failure.cause });
      failure = new ProtocolError('INTERNAL', { message: `internal error ${faultId}` });
    }
    step({ type: 'fault' });
  };

  const apply = (effect: CallEffect): void => {
    switch (effect.do) {
      case 'open':
        open();
        break;
      case 'hold':
        held = current?.bytes;
        break;
      case 'forwardHeld':
        if (held !== undefined) upstream?.write(held, () => undefined);
        held = undefined;
        break;
      case 'forward':
        forward();
        break;
      case 'endUpstream':
        upstream?.end();
        break;
      case 'cancelUpstream':
        upstream?.cancel();
        break;
      case 'finish':
        finish(effect.reason);
        break;
      default:
        assertNever(effect);
    }
  };

  const open = (): void => {
    const { metadata, openUpstream } = options;
    const timeoutMs =
      options.timeoutMs === undefined ? undefined : Math.max(1, deadlineAtMs - clock.nowMs());
    try {
      upstream = openUpstream(
        { path: method.path, metadata, timeoutMs },
        { onHeaders, onMessage, onEnded },
      );
      processed = true;
    } catch (error) {
      // Not inside the loop over effects: what follows `open` must find the call ended.
      clock.soon(() => fail(error));
    }
  };

  const forward = (): void => {
    const message = current;
    if (message === undefined) return;
    upstream?.write(message.bytes, () => {
      const credit = receiveWindow.consume(message.cost);
      if (credit > 0 && state.phase === 'running' && state.requestOpen) {
        sink.send(buildCreditFrame(codec.name, callId, credit));
      }
    });
  };

  const onHeaders = (metadata: Metadata): void => {
    headers = toClientHeaders(metadata);
    // A single response carries its headers in the one frame that it is.
    if (method.responseStream) sink.send(codec.encode({ callId, headers }));
  };

  const onMessage = (bytes: Uint8Array): void => {
    if (state.phase === 'ended') return;
    if (!method.responseStream && !queue.empty) {
      fail(new ProtocolError('UNIMPLEMENTED', { message: 'the service sent too many responses' }));
      return;
    }
    queue.push(bytes);
    pump();
  };

  const onEnded = (status: UpstreamStatus): void => {
    upstreamStatus = status;
    const delivered = queue.empty || (!method.responseStream && sink.writable());
    step({ type: 'upstreamEnded', queueEmpty: delivered });
  };

  const pump = (): void => {
    if (!method.responseStream) return;
    for (let bytes = queue.peek(); bytes !== undefined; bytes = queue.peek()) {
      if (!sendWindow.open || !sink.writable()) return;
      let frame: Buffer;
      try {
        frame = codec.messageFrame(callId, method, bytes);
      } catch (error) {
        fail(error);
        return;
      }
      sendWindow.spend(frameCost(websocketPayloadBytes(frame)));
      sink.send(frame);
      queue.shift();
    }
    step({ type: 'queueEmpty' });
  };

  const finish = (reason: FinishReason): void => {
    let status = finalStatus(reason);
    const first = method.responseStream || status.code !== 0 ? undefined : queue.peek();
    const message = first === undefined ? undefined : { method, bytes: first };
    const lastHeaders = method.responseStream || headers?.length === 0 ? undefined : headers;
    let frame: Buffer;
    try {
      frame = codec.encode({ callId, headers: lastHeaders, message, status });
    } catch (error) {
      // The upstream's one message is not of its type (JSON only).
      options.onFault({ callId, method: method.path, faultId: '', cause: error });
      status = statuses.fromError(new ProtocolError('INTERNAL'), false);
      frame = codec.encode({ callId, status });
    }
    sink.send(frame);
    sink.callEnded(callId, status);
  };

  const finalStatus = (reason: FinishReason): bridge.Status => {
    if (reason === 'fault') {
      return statuses.fromError(failure ?? new ProtocolError('INTERNAL'), !processed);
    }
    if (reason !== 'upstream') {
      const [code, message] = FINISH_ERROR[reason];
      return statuses.fromError(new ProtocolError(code, { message }), !processed);
    }
    if (upstreamStatus === undefined)
      return statuses.fromError(new ProtocolError('INTERNAL'), false);
    if (upstreamStatus.code === 0 && !method.responseStream && queue.empty) {
      const message = 'the service sent no response';
      return statuses.fromError(new ProtocolError('UNIMPLEMENTED', { message }), false);
    }
    return statuses.fromUpstream(upstreamStatus);
  };

  const onRequestMessage = (frame: InboundFrame): void => {
    if (frame.message === undefined) return;
    const cost = frameCost(frame.bytes);
    if (method.requestStream && state.phase === 'running' && !receiveWindow.receive(cost)) {
      sink.flowViolation();
      step({ type: 'overrun' });
      return;
    }
    try {
      current = { bytes: codec.requestBytes(method, frame.message), cost };
    } catch (error) {
      fail(error);
      return;
    }
    step({ type: 'message' });
    current = undefined;
  };

  for (const effect of startCall(method.requestStream).effects) apply(effect);

  return {
    onFrame(frame) {
      if (frame.cancel !== undefined) {
        step({ type: 'cancel' });
        return;
      }
      onRequestMessage(frame);
      if (frame.end) step({ type: 'end' });
      if (frame.credit === 0 || !method.responseStream) return;
      sendWindow.grant(frame.credit);
      pump();
    },
    onWritable() {
      if (method.responseStream) pump();
      else if (state.phase === 'delivering') step({ type: 'queueEmpty' });
    },
    onSocketLost: () => step({ type: 'socketLost' }),
  };
}
