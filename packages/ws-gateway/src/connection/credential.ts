import { CloseCode, LIMITS } from '@chat/protocol';
import type { Clock } from '../ports/clock.ts';
import {
  forwardingSession,
  SessionRefused,
  type GateSession,
  type SessionGate,
  type SessionRequest,
  type SessionState,
} from '../ports/session-gate.ts';

/** What is due about the token's life. */
export type CredentialAction =
  | { readonly do: 'none' }
  | { readonly do: 'askRefresh'; readonly expiresInMs: number }
  | { readonly do: 'expired' };

/** The credential of one connection: opened once, refreshed in band, closed once. */
export interface Credential {
  /** The newest accepted token; empty = anonymous. */
  readonly token: string;
  readonly session: GateSession;
  /** Rejects with SessionRefused. */
  open(request: SessionRequest): Promise<SessionState>;
  /** Rejects with SessionRefused, also when the principal would change. An anonymous connection may become a user's. */
  refresh(token: string): Promise<SessionState>;
  /** Called about once a second. */
  check(nowMs: number): CredentialAction;
  close(graceful: boolean): void;
}

/** What a credential needs of its connection. */
export interface CredentialOwner {
  readonly shared: { readonly sessionGate: SessionGate; readonly clock: Clock };
  /** The session ended from the other side. */
  onSessionClosed(closeCode: number, reason: string): void;
}

const ANONYMOUS = forwardingSession('');

class ConnectionCredential implements Credential {
  token = '';
  session: GateSession = ANONYMOUS;
  readonly #owner: CredentialOwner;
  #request: SessionRequest | undefined;
  #closedGracefully: boolean | undefined;
  #startedAtMs = 0;
  #asked = false;
  #lifeMs = 0;
  #principal = '';

  constructor(owner: CredentialOwner) {
    this.#owner = owner;
  }

  open(request: SessionRequest): Promise<SessionState> {
    this.#request = request;
    // Without a token nothing is attached anywhere.
    if (request.token === '') return Promise.resolve(this.#accept('', this.session.state));
    return this.#attach(request);
  }

  async refresh(token: string): Promise<SessionState> {
    if (this.#request === undefined || token === '') {
      throw new SessionRefused(CloseCode.INVALID_TOKEN, 'UNAUTHENTICATED');
    }
    if (this.token === '') return this.#attach({ ...this.#request, token });
    const state = await this.session.refresh(token);
    if (state.principal !== this.#principal) {
      throw new SessionRefused(CloseCode.FORBIDDEN, 'PRINCIPAL_CHANGED');
    }
    return this.#accept(token, state);
  }

  check(nowMs: number): CredentialAction {
    if (this.#lifeMs === 0) return NOTHING;
    const ageMs = nowMs - this.#startedAtMs;
    if (ageMs >= this.#lifeMs) return { do: 'expired' };
    if (this.#asked || ageMs < this.#lifeMs * LIMITS.authRefreshFraction) return NOTHING;
    this.#asked = true;
    return { do: 'askRefresh', expiresInMs: Math.floor(this.#lifeMs - ageMs) };
  }

  close(graceful: boolean): void {
    if (this.#closedGracefully !== undefined) return;
    this.#closedGracefully = graceful;
    this.session.close(graceful);
  }

  #accept(token: string, state: SessionState): SessionState {
    this.token = token;
    this.#principal = state.principal;
    this.#lifeMs = state.accessExpiresInMs;
    this.#startedAtMs = this.#owner.shared.clock.nowMs();
    this.#asked = false;
    return state;
  }

  async #attach(request: SessionRequest): Promise<SessionState> {
    const opened = await this.#owner.shared.sessionGate.open(request, (code, reason) =>
      this.#owner.onSessionClosed(code, reason),
    );
    if (this.#closedGracefully !== undefined) {
      // The socket went away meanwhile.
      opened.close(this.#closedGracefully);
      throw new SessionRefused(CloseCode.GOING_AWAY, 'closed');
    }
    this.session = opened;
    return this.#accept(request.token, opened.state);
  }
}

const NOTHING: CredentialAction = { do: 'none' };

/** An anonymous credential until it is opened. */
export function createCredential(owner: CredentialOwner): Credential {
  return new ConnectionCredential(owner);
}
