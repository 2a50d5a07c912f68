import {
  checkUsername,
  type ErrorCode,
  LIMITS,
  nameKey,
  normalizeDisplayName,
  type SessionId,
  type UserId,
  UserKind,
  utf8Length,
} from '@chat/protocol';
import { issueTokens, type IssuedTokens } from '../auth/tokens.ts';
import type { Account } from '../domain/account.ts';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';
import type { NewAccount } from '../ports/accounts.ts';
import type { App, Caller, Origin } from './app.ts';
import { cleanClientName } from './check.ts';

/** Sessions of one user; the oldest ends beyond it. */
const MAX_SESSIONS_PER_USER = 20;

/** A login just made. */
export interface NewLogin {
  readonly account: Account;
  readonly sessionId: string;
  readonly tokens: IssuedTokens;
}

/** Makes a guest and puts it into the welcome room. GUESTS_REFUSED, NAME_TAKEN, BAD_TEXT … */
export async function createGuest(
  app: App,
  origin: Origin,
  request: { readonly displayName: string; readonly client: string },
): Promise<Outcome<NewLogin>> {
  if (!app.settings.guests) return refuse('GUESTS_REFUSED');
  const allowed = app.limits.take('guest', origin.remoteAddress);
  if (!allowed.ok) return allowed;
  const name = normalizeDisplayName(request.displayName);
  if (!name.ok) return refuse(name.code, { field: 'display_name' });
  const created = await app.store.accounts.create({
    userId: app.ids.userId(),
    kind: UserKind.GUEST,
    displayName: name.name,
    nameKey: name.key,
    username: undefined,
    passwordHash: undefined,
    admin: false,
  });
  if (!created.ok) return wireField(created.error);
  await joinWelcome(app, created.value.userId);
  return accept(await openLogin(app, created.value, request.client));
}

/** Makes an account, or turns the calling guest into one. Rules of RegisterRequest. */
export async function register(
  app: App,
  origin: Origin,
  caller: Caller | undefined,
  request: {
    readonly username: string;
    readonly password: string;
    readonly displayName: string;
    readonly client: string;
  },
): Promise<Outcome<NewLogin>> {
  const username = checkUsername(request.username);
  if (!username.ok) return refuse(username.code, { field: 'username' });
  const password = checkPassword(request.password, username.text);
  if (!password.ok) return password;
  const wanted = request.displayName || (caller?.account.displayName ?? username.text);
  const name = normalizeDisplayName(wanted);
  if (!name.ok) return refuse(name.code, { field: 'display_name' });
  const allowed = app.limits.take('register', origin.remoteAddress);
  if (!allowed.ok) return allowed;
  const guest = caller?.account.kind === UserKind.GUEST ? caller.account : undefined;
  const account: NewAccount = {
    userId: guest?.userId ?? app.ids.userId(),
    kind: UserKind.REGISTERED,
    displayName: name.name,
    nameKey: name.key,
    username: username.text,
    passwordHash: await app.passwords.hash(request.password),
    admin: app.settings.admins.includes(username.text),
  };
  const made =
    guest === undefined
      ? await app.store.accounts.create(account)
      : await app.store.accounts.upgrade(account);
  if (!made.ok) return wireField(made.error);
  app.callers.dropUser(made.value.userId);
  if (guest === undefined) await joinWelcome(app, made.value.userId);
  return accept(await openLogin(app, made.value, request.client));
}

/** Opens a session for an account that proved itself. */
export async function openLogin(app: App, account: Account, client: string): Promise<NewLogin> {
  const tokens = issueTokens(app.ids, app.clock);
  const sessionId = app.ids.sessionId();
  const { endedSessionIds } = await app.store.sessions.open({
    sessionId,
    userId: account.userId,
    client: cleanClientName(client),
    tokens: tokens.pair,
    expiresMs: app.clock.nowMs() + LIMITS.refreshTokenMs,
    maxPerUser: MAX_SESSIONS_PER_USER,
  });
  endLogins(app, endedSessionIds, 'SESSION_ENDED');
  return { account, sessionId, tokens };
}

/** Makes ended sessions worth nothing: their tokens are forgotten, their connections closed. */
export function endLogins(app: App, sessionIds: readonly SessionId[], code: ErrorCode): void {
  app.callers.dropSessions(sessionIds);
  app.live.endLogins(sessionIds, code);
}

/** Length, bytes, well-formed, not the name itself and not one symbol again and again. */
export function checkPassword(password: string, username: string): Outcome<null> {
  const field = 'password';
  if (utf8Length(password) > LIMITS.maxPasswordBytes) return refuse('TOO_LONG', { field });
  if (!password.isWellFormed()) return refuse('BAD_TEXT', { field });
  const codePoints = Array.from(password);
  if (codePoints.length > LIMITS.maxPasswordCodePoints) return refuse('TOO_LONG', { field });
  if (codePoints.length < LIMITS.minPasswordCodePoints) return refuse('BAD_FIELD', { field });
  // 15 code points rule out the usual lists; these are the weak ones that remain.
  const rest = nameKey(password).split(username).join('');
  if (new Set(rest).size < MIN_DIFFERENT) return refuse('BAD_FIELD', { field });
  return accept(null);
}

/** Different symbols a password must have beside the user name. */
const MIN_DIFFERENT = 4;

async function joinWelcome(app: App, userId: UserId): Promise<void> {
  const roomId = app.settings.welcomeRoomId;
  if (roomId === undefined) return;
  // A refusal (the room was archived, closed to guests) does not stop the account.
  await app.store.log.append({
    type: 'join',
    roomId,
    actorId: userId,
    via: 'public',
    provenPasswordHash: undefined,
  });
}

function wireField(error: {
  readonly code: Parameters<typeof refuse>[0];
  readonly field: string | undefined;
}) {
  if (error.field === undefined) return refuse(error.code);
  return refuse(error.code, {
    field: error.field === 'displayName' ? 'display_name' : error.field,
  });
}
