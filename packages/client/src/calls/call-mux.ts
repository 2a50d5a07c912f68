import {
  type bridge,
  encodeClientFrame,
  encodeCreditFrame,
  encodeMessageFrame,
  frameCost,
  GrpcStatus,
} from '@chat/protocol';
import type { CallHandlers, CallStart, CallStatus, RawCall } from '../link.ts';
import {
  type ByteWindow,
  createByteWindow,
  createCreditMeter,
  type CreditMeter,
} from './byte-window.ts';
import { fromBridgeStatus, localStatus } from './call-status.ts';

/** Unsent messages of one call; beyond it `send` refuses. */
const MAX_QUEUED_BYTES = 1_048_576;

/** The calls of one connection. */
export interface CallMux {
  open(start: CallStart, handlers: CallHandlers): RawCall;
  /** Takes a frame with a call id; frames of calls that ended are ignored. */
  onFrame(frame: bridge.ServerFrame, frameBytes: number): void;
  /** The gateway will not process calls above this id: they end with notProcessed. */
  onGoAway(lastCallId: number): void;
  /** The connection is gone: every call ends UNAVAILABLE. */
  onLost(message: string): void;
  readonly openCalls: number;
  /** Runs once when no call is open any more (at once when none is). */
  whenIdle(task: () => void): void;
}

/** What the mux needs of its connection. */
export interface MuxOptions {
  readonly sendFrame: (bytes: Uint8Array) => void;
  /** Window of a client- or bidi-streaming call, from Welcome. */
  readonly requestCredit: number;
  /** Window told in Hello. */
  readonly responseCredit: number;
}

interface OpenCall {
  readonly id: number;
  readonly handlers: CallHandlers;
  readonly requests: ByteWindow | undefined;
  readonly responses: CreditMeter | undefined;
  readonly queue: Uint8Array[];
  queuedBytes: number;
  ending: boolean;
  ended: boolean;
  waiters: (() => void)[];
}

/** Makes the calls of a connection that is ready. */
export function createCallMux(options: MuxOptions): CallMux {
  const calls = new Map<number, OpenCall>();
  let lastId = 0;
  let idleTask: (() => void) | undefined;

  const finish = (call: OpenCall, status: CallStatus): void => {
    if (call.ended) return;
    call.ended = true;
    calls.delete(call.id);
    call.queue.length = 0;
    for (const wake of call.waiters.splice(0)) wake();
    call.handlers.onStatus(status);
    if (calls.size === 0) runIdle();
  };

  const runIdle = (): void => {
    const task = idleTask;
    idleTask = undefined;
    task?.();
  };

  const pump = (call: OpenCall): void => {
    while (call.queue.length > 0 && call.requests?.open === true) {
      // The queue is not empty.
      const message = call.queue.shift() as Uint8Array;
      call.queuedBytes -= message.length;
      const frame = encodeMessageFrame(call.id, message);
      call.requests.take(frameCost(frame.length));
      options.sendFrame(frame);
    }
    if (call.queue.length === 0 && call.ending) {
      call.ending = false;
      options.sendFrame(encodeClientFrame({ callId: call.id, end: true }));
    }
    if (call.queuedBytes < MAX_QUEUED_BYTES / 2) {
      for (const wake of call.waiters.splice(0)) wake();
    }
  };

  const receive = (call: OpenCall, frame: bridge.ServerFrame, frameBytes: number): void => {
    if (frame.headers !== undefined) call.handlers.onHeaders(frame.headers.metadata);
    if (frame.message !== undefined && !call.ended) {
      call.responses?.arrived(frameCost(frameBytes));
      call.handlers.onMessage(frame.message);
    }
    if (frame.credit > 0 && !call.ended) {
      call.requests?.grant(frame.credit);
      pump(call);
    }
    if (frame.status !== undefined) finish(call, fromBridgeStatus(frame.status));
  };

  return {
    open(start, handlers) {
      lastId += 1;
      const call: OpenCall = {
        id: lastId,
        handlers,
        requests: start.requestStream ? createByteWindow(options.requestCredit) : undefined,
        responses: start.responseStream ? createCreditMeter(options.responseCredit) : undefined,
        queue: [],
        queuedBytes: 0,
        ending: false,
        ended: false,
        waiters: [],
      };
      calls.set(call.id, call);
      options.sendFrame(encodeStart(call.id, start));
      return toRawCall(call, options, pump, finish);
    },
    onFrame(frame, frameBytes) {
      const call = calls.get(frame.callId);
      if (call !== undefined) receive(call, frame, frameBytes);
    },
    onGoAway(lastCallId) {
      for (const call of calls.values()) {
        if (call.id > lastCallId) {
          finish(call, localStatus(GrpcStatus.UNAVAILABLE, 'the server is going away', true));
        }
      }
    },
    onLost(message) {
      for (const call of calls.values()) {
        finish(call, localStatus(GrpcStatus.UNAVAILABLE, message, false));
      }
    },
    get openCalls() {
      return calls.size;
    },
    whenIdle(task) {
      idleTask = task;
      if (calls.size === 0) runIdle();
    },
  };
}

/** A call whose request is one message fits in one frame: start, message and half-close. */
function encodeStart(callId: number, start: CallStart): Uint8Array {
  return encodeClientFrame({
    callId,
    start: {
      method: start.path,
      metadata: [...start.metadata],
      timeoutMs: start.timeoutMs,
      initialCredit: 0,
    },
    message: start.request,
    end: start.request !== undefined,
  });
}

function toRawCall(
  call: OpenCall,
  options: MuxOptions,
  pump: (call: OpenCall) => void,
  finish: (call: OpenCall, status: CallStatus) => void,
): RawCall {
  return {
    send(message) {
      if (call.ended || call.ending || call.requests === undefined) return false;
      if (call.queuedBytes > MAX_QUEUED_BYTES) return false;
      call.queue.push(message);
      call.queuedBytes += message.length;
      pump(call);
      return true;
    },
    end() {
      if (call.ended || call.requests === undefined) return;
      call.ending = true;
      pump(call);
    },
    cancel(reason) {
      if (call.ended) return;
      options.sendFrame(encodeClientFrame({ callId: call.id, cancel: { reason } }));
      finish(call, localStatus(GrpcStatus.CANCELLED, reason, false));
    },
    consumed() {
      const credit = call.responses?.consumed() ?? 0;
      if (credit > 0 && !call.ended) options.sendFrame(encodeCreditFrame(call.id, credit));
    },
    writable() {
      if (call.ended || call.queuedBytes < MAX_QUEUED_BYTES / 2) return Promise.resolve();
      return new Promise((resolve) => call.waiters.push(resolve));
    },
  };
}
