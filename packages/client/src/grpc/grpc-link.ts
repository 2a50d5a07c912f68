import { type ChannelCredentials, Client, credentials } from '@grpc/grpc-js';
import type { GetToken } from '../chat/chat-client-api.ts';
import { type Clock, systemClock } from '../clock.ts';
import { refuse } from '../connection/bridge-link.ts';
import { reconnectDelayMs } from '../connection/reconnect-policy.ts';
import type { Link, LinkStatus } from '../link.ts';
import { createSubject } from '../observable.ts';
import { CHANNEL_OPTIONS, openGrpcCall } from './grpc-call.ts';

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
 * A link without a bridge between. The channel connects by itself; `ready` means that there is a token,
 * and each new token begins a new generation, so that the chat stream moves over to it.
 */
export function createGrpcLink(options: GrpcLinkOptions): Link {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const client = new Client(
    options.address,
    options.credentials ?? credentials.createInsecure(),
    CHANNEL_OPTIONS,
  );
  const status = createSubject<LinkStatus>({ state: 'idle' });
  let token = '';
  let generation = 0;
  let attempt = 0;
  let asking = false;
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
      if (!isClosed()) onToken(next);
    } catch (error) {
      asking = false;
      if (!isClosed()) onTokenFailed(refresh, error instanceof Error ? error.message : 'no token');
    }
  };

  const onToken = (next: string | undefined): void => {
    if (next === undefined) {
      close('signed-out', 'no token');
      return;
    }
    token = next;
    attempt = 0;
    generation += 1;
    status.set({ state: 'ready', generation });
  };

  const onTokenFailed = (refresh: boolean, reason: string): void => {
    attempt += 1;
    const waitMs = reconnectDelayMs(attempt, random);
    status.set({ state: 'waiting', nextTryAtMs: clock.monotonicMs() + waitMs, reason });
    cancelWait = clock.after(waitMs, () => void askToken(refresh));
  };

  const close = (reason: 'signed-out' | 'stopped', message: string): void => {
    if (isClosed()) return;
    cancelWait?.();
    status.set({ state: 'closed', reason, message });
    client.close();
  };

  const wake = (): void => {
    if (cancelWait !== undefined) void askToken(true);
    // Makes an idle channel connect.
    else if (!isClosed()) client.getChannel().getConnectivityState(true);
  };

  return {
    status,
    start() {
      if (status.getSnapshot().state === 'idle') void askToken(false);
    },
    tryNow: wake,
    wake,
    refreshCredential: () => void askToken(true),
    openCall(start, handlers) {
      if (status.getSnapshot().state !== 'ready') return refuse(handlers);
      return openGrpcCall(client, start, token, handlers);
    },
    close: () => close('stopped', 'stopped'),
  };
}
