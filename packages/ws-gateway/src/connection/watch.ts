import { CloseCode } from '@chat/protocol';
import type { ConnectionSocket } from '../ports/socket.ts';
import type { Credential } from './credential.ts';
import { createKeepalive } from './keepalive.ts';
import type { ConnectionLimits } from './limits.ts';
import type { Outbox } from './outbox.ts';
import type { ConnectionPhase } from './phase.ts';

/** What is due on a connection by the clock alone. */
export type WatchAction =
  | { readonly do: 'close'; readonly code: number; readonly reason: string }
  | { readonly do: 'ping' }
  | { readonly do: 'askRefresh'; readonly expiresInMs: number }
  | { readonly do: 'drainForAge' };

/** Every deadline of a connection, asked once a second: no socket has a timer of its own. */
export interface Watch {
  /** A frame came. */
  heard(nowMs: number): void;
  /** The grace of a drain ends then. */
  drainUntil(atMs: number): void;
  /** Due actions; a close comes alone and last. */
  check(nowMs: number, phase: ConnectionPhase): WatchAction[];
}

export interface WatchOptions {
  readonly openedAtMs: number;
  readonly limits: ConnectionLimits;
  readonly socket: ConnectionSocket;
  readonly outbox: Outbox;
  readonly credential: Credential;
}

export function createWatch({
  openedAtMs,
  limits,
  socket,
  outbox,
  credential,
}: WatchOptions): Watch {
  const keepalive = createKeepalive(limits.heartbeatMs, limits.maxMissedPongs, openedAtMs);
  let drainUntilMs = Number.POSITIVE_INFINITY;
  let midMessageSinceMs: number | undefined;

  const isMessageOverdue = (nowMs: number): boolean => {
    midMessageSinceMs = socket.midMessage ? (midMessageSinceMs ?? nowMs) : undefined;
    return midMessageSinceMs !== undefined && nowMs - midMessageSinceMs >= limits.messageTimeoutMs;
  };

  return {
    heard: (nowMs) => keepalive.heard(nowMs),
    drainUntil(atMs) {
      drainUntilMs = atMs;
    },
    check(nowMs, phase) {
      const ageMs = nowMs - openedAtMs;
      const isGreeting = phase === 'awaitingHello' || phase === 'authenticating';
      if (isGreeting && ageMs >= limits.helloTimeoutMs) {
        return [close(CloseCode.HELLO_TIMEOUT, 'HELLO_TIMEOUT')];
      }
      if (nowMs >= drainUntilMs) return [close(CloseCode.GOING_AWAY, 'drained')];
      if (isMessageOverdue(nowMs)) return [close(CloseCode.BAD_FRAME, 'MESSAGE_UNFINISHED')];
      if (outbox.isStalled()) return [close(CloseCode.SLOW_CONSUMER, 'SLOW_CONSUMER')];
      const life = keepalive.check(nowMs);
      if (life === 'dead') return [close(CloseCode.HEARTBEAT_MISSED, 'HEARTBEAT_MISSED')];
      if (isGreeting) return [];
      const token = credential.check(nowMs);
      if (token.do === 'expired') return [close(CloseCode.TOKEN_EXPIRED, 'TOKEN_EXPIRED')];
      const actions: WatchAction[] = [];
      if (token.do === 'askRefresh') actions.push(token);
      if (life === 'ping') actions.push({ do: 'ping' });
      if (phase === 'open' && ageMs >= limits.maxConnectionAgeMs) {
        actions.push({ do: 'drainForAge' });
      }
      return actions;
    },
  };
}

function close(code: number, reason: string): WatchAction {
  return { do: 'close', code, reason };
}
