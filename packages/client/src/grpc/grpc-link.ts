import { type ChannelCredentials, Client, connectivityState, credentials } from '@grpc/grpc-js';
import type { GetToken } from '../chat/chat-client-api.ts';
import { type Clock, systemClock } from '../clock.ts';
import { refuse } from '../connection/bridge-link.ts';
import { reconnectDelayMs } from '../connection/reconnect-policy.ts';
import type { Link, LinkStatus } from '../link.ts';
import { createSubject } from '../observable.ts';
import { CHANNEL_OPTIONS, openGrpcCall } from './grpc-call.ts';

/** A watch of the channel that saw no change is renewed after this long. */
const WATCH_MS = 3_600_000;

/** Settings of a link over gRPC itself. */
export interface GrpcLinkOptions {
  /** `host:port` of the server. */
  readonly address: string;
  /** Access token; empty = anonymous; undefined = signed out. A rejection is tried again with backoff. */
  readonly getToken: GetToken;
  /** Plain text by default. */
  readonly credentials?: ChannelCredentials;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
}

/**
 * A link without a bridge between. The channel connects by itself (100 ms to 5 s apart); `ready` means that
 * it is up and there is a token. A channel that came up again, or a new token, begins a new generation.
 */
export function createGrpcLink(options: GrpcLinkOptions): Link {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const client = new Client(
    options.address,
    options.credentials ?? credentials.createInsecure(),
    CHANNEL_OPTIONS,
  );
  const channel = client.getChannel();
  const status = createSubject<LinkStatus>({ state: 'idle' });
  let token: string | undefined;
  let generation = 0;
  let attempt = 0;
  let asking = false;
  let watched: connectivityState | undefined;
  let cancelWait: (() => void) | undefined;

  const isClosed = (): boolean => status.getSnapshot().state === 'closed';

  const askToken = async (refresh: boolean): Promise<void> => {
    if (asking || isClosed()) return;
    asking = true;
    cancelWait?.();
    cancelWait = undefined;
    status.set({ state: 'connecting', reason: '' });
    try {
      const next = await options.getToken({ refresh });
      asking = false;
      if (isClosed()) return;
      if (next === undefined) {
        close('signed-out', 'no token');
        return;
      }
      token = next;
      attempt = 0;
      update();
      watch();
    } catch (error) {
      asking = false;
      if (!isClosed()) onTokenFailed(refresh, error instanceof Error ? error.message : 'no token');
    }
  };

  const onTokenFailed = (refresh: boolean, reason: string): void => {
    attempt += 1;
    const waitMs = reconnectDelayMs(attempt, random);
    status.set({ state: 'waiting', nextTryAtMs: clock.monotonicMs() + waitMs, reason });
    cancelWait = clock.after(waitMs, () => void askToken(refresh));
  };

  const update = (): void => {
    if (token === undefined || asking || cancelWait !== undefined) return;
    if (channel.getConnectivityState(true) === connectivityState.READY) {
      generation += 1;
      status.set({ state: 'ready', generation });
    } else if (status.getSnapshot().state !== 'connecting') {
      status.set({ state: 'connecting', reason: 'the server cannot be reached' });
    }
  };

  /** One watch at a time, for as long as the link lives. */
  const watch = (): void => {
    if (isClosed() || watched !== undefined) return;
    const seen = channel.getConnectivityState(true);
    watched = seen;
    channel.watchConnectivityState(seen, Date.now() + WATCH_MS, () => {
      watched = undefined;
      if (isClosed()) return;
      if (channel.getConnectivityState(true) !== seen) update();
      watch();
    });
  };

  const close = (reason: 'signed-out' | 'stopped', message: string): void => {
    if (isClosed()) return;
    cancelWait?.();
    status.set({ state: 'closed', reason, message });
    client.close();
  };

  const tryNow = (): void => {
    if (cancelWait !== undefined) void askToken(true);
    // Makes an idle channel connect.
    else if (!isClosed()) channel.getConnectivityState(true);
  };

  return {
    status,
    start() {
      if (status.getSnapshot().state === 'idle') void askToken(false);
    },
    tryNow,
    wake: tryNow,
    refreshCredential: () => void askToken(true),
    openCall(start, handlers) {
      if (status.getSnapshot().state !== 'ready') return refuse(handlers);
      return openGrpcCall(client, start, token ?? '', handlers);
    },
    close: () => close('stopped', 'stopped'),
  };
}
