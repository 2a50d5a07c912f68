import type { LiveSession, Principal } from '../live/live-session.ts';
import type { App, Caller } from '../usecases/app.ts';

/** The caller as the hub knows it. */
export function principalOf(caller: Caller): Principal {
  const { userId, displayName, kind } = caller.account;
  return { userId, displayName, kind, sessionId: caller.session.sessionId };
}

/** End of the caller's token on the monotonic clock, which no step of the wall clock moves. */
export function monotonicExpiry(app: App, caller: Caller): number {
  return app.clock.monotonicMs() + (caller.accessExpiresMs - app.clock.nowMs());
}

/** The caller with what has changed since the token was shown: the name. */
export function currentUser(caller: Caller, session: LiveSession): Caller['account'] {
  return { ...caller.account, displayName: session.principal.displayName };
}
