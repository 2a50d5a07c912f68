import { ProtocolError } from '@chat/protocol';
import { GRPC_CLIENT_OPTIONS } from '@chat/protocol/grpc';
import { Client, connectivityState, credentials, type ChannelCredentials } from '@grpc/grpc-js';

/** How many connections the gateway may hold. */
export interface ChannelPoolOptions {
  /** host:port of each upstream. */
  readonly addresses: readonly string[];
  /** Must not exceed the servers' stream limit: beyond it calls would queue silently inside grpc-js. */
  readonly maxCallsPerChannel: number;
  readonly maxChannelsPerAddress: number;
  readonly credentials?: ChannelCredentials;
}

/** Stream limit of the chat server, and enough connections for every socket's calls of a small gateway. */
export const DEFAULT_CHANNEL_POOL = { maxCallsPerChannel: 100, maxChannelsPerAddress: 64 } as const;

/** A free stream of some connection. Call `release` exactly once, when the call is over. */
export interface ChannelLease {
  readonly client: Client;
  readonly release: () => void;
}

export interface ChannelPool {
  /** The least loaded connection of the next address; throws ProtocolError OVERLOADED when all are full. */
  acquire(): ChannelLease;
  readonly openChannels: number;
  /** Ends all connections; running calls end UNAVAILABLE. */
  close(): void;
}

/** What the transport may hold of one call behind its queue: many calls of slow readers are open at once. */
const STREAM_WINDOW_BYTES = 1_048_576;

/** When a call that found no free stream may be tried again. */
const BUSY_RETRY_MS = 1_000;

interface PooledChannel {
  readonly client: Client;
  calls: number;
}

function isFailing(channels: readonly PooledChannel[]): boolean {
  const first = channels[0];
  if (first === undefined) return false;
  const state = first.client.getChannel().getConnectivityState(false);
  return state === connectivityState.TRANSIENT_FAILURE;
}

/** Connections grow with the open calls and shrink again, one per address stays. */
export function createChannelPool(options: ChannelPoolOptions): ChannelPool {
  const pools = options.addresses.map((address) => ({
    address,
    channels: [] as PooledChannel[],
  }));
  type Pool = (typeof pools)[number];
  let nextPool = 0;
  let closed = false;

  const leastLoaded = ({ address, channels }: Pool): PooledChannel | undefined => {
    let best: PooledChannel | undefined;
    for (const channel of channels) {
      if (best === undefined || channel.calls < best.calls) best = channel;
    }
    if (best !== undefined && best.calls < options.maxCallsPerChannel) return best;
    if (channels.length >= options.maxChannelsPerAddress) return undefined;
    const client = new Client(
      address,
      options.credentials ?? credentials.createInsecure(),
      // Own subchannels: equal options would otherwise share one TCP connection and its stream limit.
      {
        ...GRPC_CLIENT_OPTIONS,
        'grpc.use_local_subchannel_pool': 1,
        'grpc-node.flow_control_window': STREAM_WINDOW_BYTES,
      },
    );
    const channel = { client, calls: 0 };
    channels.push(channel);
    return channel;
  };

  const release = ({ channels }: Pool, channel: PooledChannel): void => {
    channel.calls -= 1;
    if (channel.calls > 0 || channels.length <= 1 || channels[0] === channel) return;
    channels.splice(channels.indexOf(channel), 1);
    channel.client.close();
  };

  const pick = (skipFailing: boolean): ChannelLease | undefined => {
    for (let tried = 0; tried < pools.length; tried += 1) {
      const pool = pools[nextPool];
      nextPool = (nextPool + 1) % pools.length;
      if (pool === undefined || (skipFailing && isFailing(pool.channels))) continue;
      const channel = leastLoaded(pool);
      if (channel === undefined) continue;
      channel.calls += 1;
      return { client: channel.client, release: () => release(pool, channel) };
    }
    return undefined;
  };

  return {
    acquire() {
      const lease = closed
        ? undefined
        : ((pools.length > 1 ? pick(true) : undefined) ?? pick(false));
      if (lease === undefined)
        throw new ProtocolError('OVERLOADED', { retryAfterMs: BUSY_RETRY_MS });
      return lease;
    },
    get openChannels() {
      return pools.reduce((sum, pool) => sum + pool.channels.length, 0);
    },
    close() {
      closed = true;
      for (const { channels } of pools) {
        for (const { client } of channels.splice(0)) client.close();
      }
    },
  };
}
