import { decodeStrict, relay } from '@chat/protocol';
import type { Handlers } from '@chat/protocol/grpc';
import type { RpcDeps } from './call.ts';
import type { CommandDeps } from './chat-commands.ts';
import type { OpenStreams } from './open-streams.ts';
import { RelayLink } from './relay-link.ts';
import { createRelaySink } from './relay-sink.ts';

/** Records that a gateway may gather into one message. */
const MAX_LINK_RECORDS = 4_096;

/** The streams of gateways. Needs no token: each session brings its own. */
export function relayHandlers(
  deps: RpcDeps & CommandDeps,
  streams: OpenStreams,
): Handlers<typeof relay.RelayServiceDefinition, 'bytes'> {
  return {
    relay: (requests, writer, call) =>
      streams.run(async () => {
        const sessions: ConstructorParameters<typeof RelayLink>[2] = new Map();
        const sink = createRelaySink(writer, (number) => void sessions.delete(number));
        const link = new RelayLink(deps, sink, sessions);
        call.signal.addEventListener('abort', () => link.close());
        try {
          for await (const bytes of requests) {
            link.take(
              decodeStrict(relay.RelayRequest, bytes, { maxRepeated: MAX_LINK_RECORDS }).records,
            );
          }
        } finally {
          link.close();
        }
      }),
  };
}
