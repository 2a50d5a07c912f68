import { type ChatServiceDefinition, type ErrorCode, LIMITS, ProtocolError } from '@chat/protocol';
import type { Handlers, StreamWriter } from '@chat/protocol/grpc';
import type { Sink } from '../live/sink.ts';
import { toWireUser } from '../wire/to-wire.ts';
import { callerOf, originOf, type RpcDeps } from './call.ts';
import { ChatCommands, type CommandDeps } from './chat-commands.ts';
import type { OpenStreams } from './open-streams.ts';
import { monotonicExpiry, principalOf } from './session-caller.ts';

/** A native stream has one session. */
const ONLY_SESSION = 1;

/** The live stream of a client that speaks gRPC itself. */
export function chatHandlers(
  deps: RpcDeps & CommandDeps,
  streams: OpenStreams,
): Handlers<typeof ChatServiceDefinition, 'bytes'> {
  return {
    chat: (requests, writer, call) =>
      streams.run(async (end) => {
        const caller = await callerOf(deps, call);
        const sink = createStreamSink(writer, end);
        const session = deps.hub.openSession(sink, ONLY_SESSION, {
          principal: principalOf(caller),
          expiresAtMs: monotonicExpiry(deps.app, caller),
          remoteAddress: originOf(deps, call).remoteAddress,
        });
        // Whatever ends the call ends the session, also when the loop below never hears of it.
        call.signal.addEventListener('abort', () => deps.hub.closeSession(session, false));
        let goodbye = false;
        try {
          const commands = new ChatCommands(deps, session, caller);
          deps.hub.openChat(session, toWireUser(caller.account));
          for await (const bytes of requests) {
            commands.run(bytes);
            if (session.ended) break;
          }
          goodbye = true; // the client ended its side itself
        } finally {
          deps.hub.closeSession(session, goodbye);
        }
      }),
  };
}

function createStreamSink(writer: StreamWriter<Buffer>, end: (error: ProtocolError) => void): Sink {
  const write = (event: Uint8Array) => void writer.write(asBuffer(event));
  const slow = () => writer.queuedBytes > LIMITS.maxOutboxBytes / 2;
  return {
    roomBatch: ({ event }) => write(event),
    // Absent: the one session joins and leaves in the hub alone.
    roomJoin: () => undefined,
    roomLeave: () => undefined,
    roomSignal: ({ event, exceptSession }) => {
      if (exceptSession !== ONLY_SESSION && !slow()) write(event);
    },
    sessionEvent: (_session, event, lane) => {
      if (lane.kind !== 'ephemeral' || !slow()) write(event);
    },
    sessionClosed: (_session, code: ErrorCode) => end(new ProtocolError(code)),
    busy: () => writer.queuedBytes > 0,
    drained: () => writer.drained(),
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
