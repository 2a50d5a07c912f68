import { LIMITS, nameKey, normalizeDisplayName, type UserId } from '@chat/protocol';
import type { Account } from '../domain/account.ts';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';
import { toWireUser } from '../wire/to-wire.ts';
import type { App, Caller } from './app.ts';
import { checkText, checkUserId, clampLimit } from './check.ts';

/** Reads one account. */
export async function getUser(app: App, userIdText: string): Promise<Outcome<Account>> {
  const userId = checkUserId(userIdText);
  if (!userId.ok) return userId;
  const [account] = await app.store.accounts.find([userId.value]);
  return account === undefined ? refuse('NOT_FOUND', { field: 'user_id' }) : accept(account);
}

/** Reads accounts in the order asked; unknown ones are left out. */
export async function batchGetUsers(
  app: App,
  userIdTexts: readonly string[],
): Promise<Outcome<readonly Account[]>> {
  if (userIdTexts.length > LIMITS.maxRepeated) return refuse('TOO_MANY', { field: 'user_ids' });
  const userIds: UserId[] = [];
  for (const text of userIdTexts) {
    const userId = checkUserId(text);
    if (userId.ok) userIds.push(userId.value);
  }
  return accept(await app.store.accounts.find(userIds));
}

/** Changes what is given of the caller's profile and tells the rooms. */
export async function updateProfile(
  app: App,
  caller: Caller,
  request: {
    readonly displayName: string | undefined;
    readonly avatarMediaId: string | undefined;
    readonly statusText: string | undefined;
  },
): Promise<Outcome<Account>> {
  const { userId } = caller.account;
  const allowed = app.limits.take('profile', userId);
  if (!allowed.ok) return allowed;
  const name =
    request.displayName === undefined ? undefined : normalizeDisplayName(request.displayName);
  if (name?.ok === false) return refuse(name.code, { field: 'display_name' });
  const status = checkText(request.statusText ?? '', LIMITS.maxStatusTextCodePoints, 'status_text');
  if (!status.ok) return status;
  // Pictures need the media service, which is not served yet.
  if (request.avatarMediaId) return refuse('NOT_FOUND', { field: 'avatar_media_id' });
  const changed = await app.store.accounts.change({
    userId,
    displayName: name?.name,
    nameKey: name?.key,
    avatarMediaId: request.avatarMediaId,
    statusText: request.statusText === undefined ? undefined : status.value,
    passwordHash: undefined,
    suspended: undefined,
    admin: undefined,
  });
  if (!changed.ok) return refuse(changed.error.code, { field: 'display_name' });
  app.callers.dropUser(userId);
  const rooms = await app.store.directory.listMine(userId);
  const roomIds = rooms.map(({ room }) => room.roomId);
  app.live.userChanged(toWireUser(changed.value), userId, roomIds);
  return changed;
}

/** Finds accounts by the beginning of a name. */
export async function searchUsers(
  app: App,
  caller: Caller,
  request: { readonly query: string; readonly limit: number },
): Promise<Outcome<readonly Account[]>> {
  const allowed = app.limits.take('search', caller.account.userId);
  if (!allowed.ok) return allowed;
  const query = checkText(request.query, LIMITS.maxDisplayNameCodePoints, 'query');
  if (!query.ok) return query;
  const prefix = nameKey(query.value);
  if (prefix === '') return refuse('EMPTY', { field: 'query' });
  const limit = clampLimit(request.limit, 20, 50);
  return accept(await app.store.people.search({ prefix, limit }));
}

/** Sets or takes back a block. */
export async function setBlock(
  app: App,
  caller: Caller,
  userIdText: string,
  blocked: boolean,
): Promise<Outcome<null>> {
  const userId = checkUserId(userIdText);
  if (!userId.ok) return userId;
  const blockerId = caller.account.userId;
  return app.store.people.setBlock({ blockerId, blockedId: userId.value, blocked });
}
