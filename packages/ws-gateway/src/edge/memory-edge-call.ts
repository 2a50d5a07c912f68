import type { CodecName, EdgeCall, EdgeStatus, SendResult } from '../ports/edge-call.ts';
import { type GateSession, forwardingSession } from '../ports/session-gate.ts';

/** One thing that a client was sent. */
export interface SentToClient {
  readonly bytes: Uint8Array;
  readonly shared: boolean;
  readonly ephemeral: boolean;
  readonly key: string | undefined;
}

/** The in-memory twin of an open call: the test decides what its socket takes. */
export interface MemoryEdgeCall extends EdgeCall {
  readonly sent: readonly SentToClient[];
  readonly status: EdgeStatus | undefined;
  /** What the next sends of the durable lane answer. */
  answer: SendResult;
}

/** Makes an open call whose socket takes everything. */
export function createMemoryEdgeCall(
  codec: CodecName = 'proto',
  callId = 1,
  session: GateSession = forwardingSession(''),
): MemoryEdgeCall {
  const sent: SentToClient[] = [];
  let status: EdgeStatus | undefined;
  const call: MemoryEdgeCall = {
    sent,
    answer: 'queued',
    get status() {
      return status;
    },
    callId,
    codec,
    connectionId: 'test',
    session,
    get writable() {
      return call.answer === 'queued';
    },
    sendMessage: (bytes, lane, key) => send(bytes, lane === 'ephemeral', key, false),
    sendShared: (bytes, lane, key) => send(bytes, lane === 'ephemeral', key, true),
    sendStatus(next) {
      status ??= next;
    },
  };
  const send = (
    bytes: Uint8Array,
    ephemeral: boolean,
    key: string | undefined,
    shared: boolean,
  ): SendResult => {
    if (status !== undefined) return 'ended';
    if (call.answer !== 'queued') return ephemeral ? 'dropped' : call.answer;
    sent.push({ bytes, shared, ephemeral, key });
    return 'queued';
  };
  return call;
}
