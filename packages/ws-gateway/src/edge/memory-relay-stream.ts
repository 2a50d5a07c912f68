import { relay } from '@chat/protocol';
import type { OpenRelayStream, RelayStreamHandlers } from './relay-stream.ts';

/** One stream as the test's server sees it. */
export interface MemoryRelayStream {
  readonly address: string;
  /** Everything the gateway has sent, in order. */
  readonly received: relay.GatewayRecord[];
  readonly closedByGateway: boolean;
  /** The connection stands. */
  accept(): void;
  /** The server sends records, through the wire format. */
  send(...records: NonNullable<relay.ServerRecord['record']>[]): void;
  /** The server goes away. */
  lose(reason: string): void;
  /** While false the gateway's writes are not taken. */
  setWritable(writable: boolean): void;
}

/** The in-memory twin of the gRPC relay stream: the test plays the servers. */
export interface MemoryRelay {
  readonly open: OpenRelayStream;
  /** Every stream that was opened, oldest first. */
  readonly streams: readonly MemoryRelayStream[];
}

/** Makes a relay without servers; streams wait until the test accepts them. */
export function createMemoryRelay(): MemoryRelay {
  const streams: MemoryRelayStream[] = [];
  return {
    streams,
    open(address, handlers) {
      let writable = true;
      let closedByGateway = false;
      const received: relay.GatewayRecord[] = [];
      streams.push({
        address,
        received,
        get closedByGateway() {
          return closedByGateway;
        },
        accept: () => handlers.onOpen(),
        send: (...records) => deliver(handlers, records),
        lose: (reason) => handlers.onClosed(reason),
        setWritable(next) {
          writable = next;
          if (next) handlers.onWritable();
        },
      });
      return {
        get writable() {
          return writable;
        },
        write: (message) => void received.push(...relay.RelayRequest.decode(message).records),
        close: () => void (closedByGateway = true),
      };
    },
  };
}

function deliver(
  handlers: RelayStreamHandlers,
  records: readonly NonNullable<relay.ServerRecord['record']>[],
): void {
  const message = { records: records.map((record) => ({ record })) };
  const bytes = relay.RelayResponse.encode(message).finish();
  handlers.onRecords(relay.RelayResponse.decode(bytes).records);
}
