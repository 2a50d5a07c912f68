import { frameCost, LIMITS, ProtocolError, type bridge } from '@chat/protocol';
import type { InboundFrame } from '../codec/frame-codec.ts';
import { buildCreditFrame } from '../codec/message-frame.ts';
import { websocketPayloadBytes } from '../codec/websocket-frame.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  EdgeCall,
  EdgeCallHandlers,
  Lane,
  OpenEdgeCall,
  SendResult,
} from '../ports/edge-call.ts';
import type { BridgeMethod } from '../ports/router.ts';
import type { GateSession } from '../ports/session-gate.ts';
import type { BridgedCall, CallSink } from './bridged-call.ts';
import type { CallStatuses } from './call-status.ts';
import { createReceiveWindow, createSendWindow } from './credit.ts';

export interface EdgeBridgedCallOptions {
  readonly callId: number;
  readonly method: BridgeMethod;
  readonly connectionId: string;
  readonly session: GateSession;
  readonly timeoutMs: number | undefined;
  readonly initialCredit: number;
  readonly sink: CallSink;
  readonly open: OpenEdgeCall;
  readonly statuses: CallStatuses;
  readonly clock: Clock;
}

/** A call that the gateway itself serves. The owner sends frames, this keeps the windows and the call's end. */
export function createEdgeBridgedCall(options: EdgeBridgedCallOptions): BridgedCall {
  const { callId, method, sink, statuses } = options;
  const { codec } = sink;
  const sendWindow = createSendWindow(options.initialCredit);
  const receiveWindow = createReceiveWindow(LIMITS.initialCredit);
  let handlers: EdgeCallHandlers | undefined;
  let over = false;
  let requestOpen = true;
  let wasFull = false;

  const end = (status: bridge.Status | undefined): void => {
    if (over) return;
    over = true;
    cancelDeadline?.();
    sink.forgetEphemeral(callId);
    if (status !== undefined) sink.send(codec.encode({ callId, status }));
    sink.callEnded(callId, status);
    handlers?.onClosed(status === undefined ? 'socketGone' : 'ended');
  };

  const fail = (error: unknown): void => end(statuses.fromError(ProtocolError.from(error), false));

  const cancelDeadline =
    options.timeoutMs === undefined
      ? undefined
      : options.clock.after(options.timeoutMs, () => fail(new ProtocolError('DEADLINE')));

  const sendFrame = (frame: Buffer, lane: Lane, key: string | undefined): SendResult => {
    if (over) return 'ended';
    const cost = frameCost(websocketPayloadBytes(frame));
    if (lane === 'durable') {
      if (!sendWindow.open) return 'blocked';
      if (!sink.writable()) {
        wasFull = true;
        return 'full';
      }
      sendWindow.spend(cost);
      sink.send(frame);
      return 'queued';
    }
    if (!sendWindow.open) return 'dropped';
    const result = sink.sendEphemeral(callId, key, frame);
    if (result === 'dropped') return 'dropped';
    sendWindow.spend(cost);
    // A frame that was replaced never reached the client, who cannot give its credit back.
    if (result !== 'queued') sendWindow.grant(frameCost(websocketPayloadBytes(result)));
    return 'queued';
  };

  const call: EdgeCall = {
    callId,
    codec: codec.name,
    connectionId: options.connectionId,
    session: options.session,
    get writable() {
      return !over && sendWindow.open && sink.writable();
    },
    sendMessage: (message, lane, key) =>
      over ? 'ended' : sendFrame(codec.messageFrame(callId, method, message), lane, key),
    sendShared: sendFrame,
    sendStatus({ code, message }) {
      const details: bridge.ErrorDetail[] = [];
      end({
        // The owner passes a gRPC status code.
        code: code as bridge.StatusCode,
        message,
        details,
        trailers: [],
        origin: 1,
        notProcessed: false,
        retryAfterMs: 0,
      });
    },
  };

  const onMessage = (frame: InboundFrame): void => {
    if (frame.message === undefined || over) return;
    const cost = frameCost(frame.bytes);
    if (!receiveWindow.receive(cost)) {
      sink.flowViolation();
      fail(new ProtocolError('FLOW_CONTROL'));
      return;
    }
    if (!requestOpen) {
      fail(new ProtocolError('BAD_FIELD', { message: 'a message after end' }));
      return;
    }
    try {
      handlers?.onMessage(codec.requestBytes(method, frame.message));
    } catch (error) {
      fail(error);
      return;
    }
    // The owner works at once, so the message is consumed.
    const credit = receiveWindow.consume(cost);
    if (credit > 0) sink.send(buildCreditFrame(codec.name, callId, credit));
  };

  try {
    handlers = options.open(call);
  } catch (error) {
    fail(error);
  }

  return {
    onFrame(frame) {
      if (over) return;
      if (frame.cancel !== undefined) {
        end(statuses.fromError(new ProtocolError('CANCELLED'), false));
        return;
      }
      onMessage(frame);
      if (over) return;
      if (frame.end && requestOpen) {
        requestOpen = false;
        handlers?.onEnd();
      }
      if (frame.credit === 0) return;
      const wasOpen = sendWindow.open;
      sendWindow.grant(frame.credit);
      if (!wasOpen && sendWindow.open) handlers?.onCredit();
    },
    onWritable() {
      if (over || !wasFull) return;
      wasFull = false;
      handlers?.onWritable();
    },
    onSocketLost: () => end(undefined),
  };
}
