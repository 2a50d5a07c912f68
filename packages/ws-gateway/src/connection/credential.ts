import { CloseCode, LIMITS } from '@chat/protocol';
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

export function createCredential(
  gate: SessionGate,
  nowMs: () => number,
  onClosed: (closeCode: number, reason: string) => void,
): Credential {
  let token = '';
  let session = forwardingSession('');
  let principal = '';
  let request: SessionRequest | undefined;
  let closedGracefully: boolean | undefined;
  let lifeMs = 0;
  let startedAtMs = 0;
  let asked = false;

  const accept = (nextToken: string, state: SessionState): SessionState => {
    token = nextToken;
    principal = state.principal;
    lifeMs = state.accessExpiresInMs;
    startedAtMs = nowMs();
    asked = false;
    return state;
  };

  const attach = async (next: SessionRequest): Promise<SessionState> => {
    const opened = await gate.open(next, onClosed);
    if (closedGracefully !== undefined) {
      // The socket went away meanwhile.
      opened.close(closedGracefully);
      throw new SessionRefused(CloseCode.GOING_AWAY, 'closed');
    }
    session = opened;
    return accept(next.token, opened.state);
  };

  return {
    get token() {
      return token;
    },
    get session() {
      return session;
    },
    open(next) {
      request = next;
      // Without a token nothing is attached anywhere.
      return next.token === '' ? Promise.resolve(accept('', session.state)) : attach(next);
    },
    async refresh(next) {
      if (request === undefined || next === '') {
        throw new SessionRefused(CloseCode.INVALID_TOKEN, 'UNAUTHENTICATED');
      }
      if (token === '') return attach({ ...request, token: next });
      const state = await session.refresh(next);
      if (state.principal !== principal) {
        throw new SessionRefused(CloseCode.FORBIDDEN, 'PRINCIPAL_CHANGED');
      }
      return accept(next, state);
    },
    check(atMs) {
      if (lifeMs === 0) return { do: 'none' };
      const ageMs = atMs - startedAtMs;
      if (ageMs >= lifeMs) return { do: 'expired' };
      if (asked || ageMs < lifeMs * LIMITS.authRefreshFraction) return { do: 'none' };
      asked = true;
      return { do: 'askRefresh', expiresInMs: Math.floor(lifeMs - ageMs) };
    },
    close(graceful) {
      if (closedGracefully !== undefined) return;
      closedGracefully = graceful;
      session.close(graceful);
    },
  };
}
