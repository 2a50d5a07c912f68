import { CloseCode } from '@chat/protocol';
import type { ConnectionSocket } from '../ports/socket.ts';
import type { Credential } from './credential.ts';
import { createKeepalive, type Keepalive } from './keepalive.ts';
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
  check(nowMs: number, phase: ConnectionPhase): readonly WatchAction[];
}

/** What is watched. */
export interface WatchOwner {
  readonly socket: ConnectionSocket;
  readonly outbox: Outbox;
  readonly credential: Credential;
  readonly shared: { readonly limits: ConnectionLimits };
}

class ConnectionWatch implements Watch {
  readonly #owner: WatchOwner;
  readonly #openedAtMs: number;
  readonly #keepalive: Keepalive;
  #drainUntilMs = Number.POSITIVE_INFINITY;
  #midMessageSinceMs: number | undefined;

  constructor(owner: WatchOwner, openedAtMs: number) {
    const { heartbeatMs, maxMissedPongs } = owner.shared.limits;
    this.#owner = owner;
    this.#openedAtMs = openedAtMs;
    this.#keepalive = createKeepalive(heartbeatMs, maxMissedPongs, openedAtMs);
  }

  heard(nowMs: number): void {
    this.#keepalive.heard(nowMs);
  }

  drainUntil(atMs: number): void {
    this.#drainUntilMs = atMs;
  }

  check(nowMs: number, phase: ConnectionPhase): readonly WatchAction[] {
    const { outbox, credential, shared } = this.#owner;
    const { limits } = shared;
    const ageMs = nowMs - this.#openedAtMs;
    const isGreeting = phase === 'awaitingHello' || phase === 'authenticating';
    if (isGreeting && ageMs >= limits.helloTimeoutMs) {
      return [close(CloseCode.HELLO_TIMEOUT, 'HELLO_TIMEOUT')];
    }
    if (nowMs >= this.#drainUntilMs) return [close(CloseCode.GOING_AWAY, 'drained')];
    if (this.#isMessageOverdue(nowMs)) return [close(CloseCode.BAD_FRAME, 'MESSAGE_UNFINISHED')];
    if (outbox.isStalled()) return [close(CloseCode.SLOW_CONSUMER, 'SLOW_CONSUMER')];
    const life = this.#keepalive.check(nowMs);
    if (life === 'dead') return [close(CloseCode.HEARTBEAT_MISSED, 'HEARTBEAT_MISSED')];
    if (isGreeting) return NOTHING;
    const token = credential.check(nowMs);
    if (token.do === 'expired') return [close(CloseCode.TOKEN_EXPIRED, 'TOKEN_EXPIRED')];
    const isOld = phase === 'open' && ageMs >= limits.maxConnectionAgeMs;
    if (token.do === 'none' && life === 'none' && !isOld) return NOTHING;
    const actions: WatchAction[] = [];
    if (token.do === 'askRefresh') actions.push(token);
    if (life === 'ping') actions.push({ do: 'ping' });
    if (isOld) actions.push({ do: 'drainForAge' });
    return actions;
  }

  #isMessageOverdue(nowMs: number): boolean {
    const { socket, shared } = this.#owner;
    const sinceMs = socket.midMessage ? (this.#midMessageSinceMs ?? nowMs) : undefined;
    this.#midMessageSinceMs = sinceMs;
    return sinceMs !== undefined && nowMs - sinceMs >= shared.limits.messageTimeoutMs;
  }
}

const NOTHING: readonly WatchAction[] = [];

/** Starts to watch a connection that was opened then. */
export function createWatch(owner: WatchOwner, openedAtMs: number): Watch {
  return new ConnectionWatch(owner, openedAtMs);
}

function close(code: number, reason: string): WatchAction {
  return { do: 'close', code, reason };
}
