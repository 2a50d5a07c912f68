import { UserKind } from '@chat/protocol';
import { hashToken, issueTokens, type IssuedTokens } from '../auth/tokens.ts';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';
import type { SessionRecord } from '../ports/sessions.ts';
import { checkPassword, endLogins, type NewLogin, openLogin } from './accounts.ts';
import type { App, Caller, Origin } from './app.ts';

/** Longest token that is looked at; ours have 43 characters. */
const MAX_TOKEN_LENGTH = 256;

/** Opens a session. BAD_CREDENTIALS alike, in text and time, for a wrong name and a wrong password. */
export async function login(
  app: App,
  origin: Origin,
  request: { readonly username: string; readonly password: string; readonly client: string },
): Promise<Outcome<NewLogin>> {
  const username = request.username.trim().toLowerCase().slice(0, 64);
  for (const allowed of [
    app.limits.take('login', origin.remoteAddress),
    app.limits.take('loginName', username),
  ]) {
    if (!allowed.ok) return allowed;
  }
  const found = await app.store.accounts.findLogin({ username });
  const proven = await app.passwords.verify(request.password, found?.passwordHash);
  if (found === undefined || !proven) return refuse('BAD_CREDENTIALS');
  if (found.account.suspended) return refuse('SUSPENDED');
  return accept(await openLogin(app, found.account, request.client));
}

/** Whose access token this is. */
export async function authenticate(app: App, token: string | undefined): Promise<Outcome<Caller>> {
  if (token === undefined || token === '' || token.length > MAX_TOKEN_LENGTH) {
    return refuse('UNAUTHENTICATED');
  }
  const accessHash = hashToken(token);
  return app.callers.find(accessHash, app.clock.nowMs(), () =>
    app.store.sessions.authenticate(accessHash),
  );
}

/** Exchanges a refresh token for a new pair. A token that was used up ends its session and its streams. */
export async function refreshSession(
  app: App,
  origin: Origin,
  refreshToken: string,
): Promise<Outcome<{ readonly caller: Caller; readonly tokens: IssuedTokens }>> {
  const allowed = app.limits.take('refresh', origin.remoteAddress);
  if (!allowed.ok) return allowed;
  if (refreshToken === '' || refreshToken.length > MAX_TOKEN_LENGTH) {
    return refuse('UNAUTHENTICATED', { field: 'refresh_token' });
  }
  const tokens = issueTokens(app.ids, app.clock);
  const result = await app.store.sessions.refresh({
    refreshHash: hashToken(refreshToken),
    next: tokens.pair,
  });
  if (result.ok) return accept({ caller: result.value, tokens });
  if (result.endedSessionId !== undefined) {
    endLogins(app, [result.endedSessionId], 'TOKEN_REUSED');
  }
  return { ok: false, error: result.error };
}

/** Ends the caller's session. A guest lives as long as its sessions: without one it ends too, and its name is free. */
export async function logout(app: App, caller: Caller): Promise<void> {
  const { userId, kind } = caller.account;
  await endSessions(app, caller, { only: caller.session.sessionId });
  if (kind !== UserKind.GUEST) return;
  const left = await app.store.sessions.list(userId);
  if (left.length === 0) await app.store.accounts.retire(userId);
}

/** Ends one session of the caller. NOT_FOUND when it is none of theirs. */
export async function revokeSession(
  app: App,
  caller: Caller,
  sessionIdText: string,
): Promise<Outcome<null>> {
  const mine = await app.store.sessions.list(caller.account.userId);
  const session = mine.find(({ sessionId }) => sessionId === sessionIdText);
  if (session === undefined) return refuse('NOT_FOUND', { field: 'session_id' });
  await endSessions(app, caller, { only: session.sessionId });
  return accept(null);
}

/** The caller's live sessions, newest first. */
export function listSessions(app: App, caller: Caller): Promise<readonly SessionRecord[]> {
  return app.store.sessions.list(caller.account.userId);
}

/** Changes the password and ends all other sessions. BAD_CREDENTIALS for a wrong old one. */
export async function changePassword(
  app: App,
  caller: Caller,
  request: { readonly oldPassword: string; readonly newPassword: string },
): Promise<Outcome<null>> {
  const { userId, username } = caller.account;
  if (username === undefined) return refuse('FORBIDDEN');
  const checked = checkPassword(request.newPassword, username);
  if (!checked.ok) return refuse(checked.error.code, { field: 'new_password' });
  const allowed = app.limits.take('loginName', username);
  if (!allowed.ok) return allowed;
  const found = await app.store.accounts.findLogin({ userId });
  const proven = await app.passwords.verify(request.oldPassword, found?.passwordHash);
  if (!proven) return refuse('BAD_CREDENTIALS', { field: 'old_password' });
  const changed = await app.store.accounts.change({
    userId,
    displayName: undefined,
    nameKey: undefined,
    avatarMediaId: undefined,
    statusText: undefined,
    passwordHash: await app.passwords.hash(request.newPassword),
    suspended: undefined,
    admin: undefined,
  });
  if (!changed.ok) return changed;
  await endSessions(app, caller, { allBut: caller.session.sessionId });
  return accept(null);
}

async function endSessions(
  app: App,
  caller: Caller,
  which: Parameters<App['store']['sessions']['revoke']>[1],
): Promise<void> {
  const ended = await app.store.sessions.revoke(caller.account.userId, which);
  endLogins(app, ended, 'SESSION_ENDED');
}
