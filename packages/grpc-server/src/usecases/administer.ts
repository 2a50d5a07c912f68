import { LIMITS } from '@chat/protocol';
import type { Account } from '../domain/account.ts';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';
import type { StoredEntry } from '../ports/room-log.ts';
import type { Page } from '../ports/rooms.ts';
import { endLogins } from './accounts.ts';
import type { App, Caller } from './app.ts';
import { checkRoomId, checkSeq, checkUserId, clampLimit } from './check.ts';
import { checkPageToken } from './read-rooms.ts';

/** What the server says about itself. */
export interface ServerFacts {
  readonly users: number;
  readonly rooms: number;
  readonly entries: number;
  readonly sessionsOnline: number;
}

/** Counts of everything. Administrators only. */
export async function serverFacts(app: App, caller: Caller): Promise<Outcome<ServerFacts>> {
  if (!caller.account.admin) return refuse('FORBIDDEN');
  const counts = await app.store.people.count();
  return accept({ ...counts, sessionsOnline: app.live.counts().sessions });
}

/** All accounts, newest first. Administrators only. */
export async function listUsers(
  app: App,
  caller: Caller,
  request: { readonly limit: number; readonly pageToken: string },
): Promise<Outcome<Page<Account>>> {
  if (!caller.account.admin) return refuse('FORBIDDEN');
  const after = checkPageToken(request.pageToken);
  if (!after.ok) return after;
  const limit = clampLimit(request.limit, 50, 100);
  return accept(await app.store.people.list({ after: after.value, limit }));
}

/** Switches an account off or on; its sessions end at once. Administrators only. */
export async function setSuspended(
  app: App,
  caller: Caller,
  request: { readonly userId: string; readonly suspended: boolean },
): Promise<Outcome<Account>> {
  if (!caller.account.admin) return refuse('FORBIDDEN');
  const userId = checkUserId(request.userId);
  if (!userId.ok) return userId;
  if (userId.value === caller.account.userId) return refuse('BAD_FIELD', { field: 'user_id' });
  const changed = await app.store.accounts.change({
    userId: userId.value,
    displayName: undefined,
    nameKey: undefined,
    avatarMediaId: undefined,
    statusText: undefined,
    passwordHash: undefined,
    suspended: request.suspended,
    admin: undefined,
  });
  if (changed.ok && request.suspended) {
    const ended = await app.store.sessions.revoke(userId.value, { allBut: undefined });
    endLogins(app, ended, 'SUSPENDED');
  }
  return changed;
}

/**
 * Hands the log of a room to `take`, page by page, up to the head of the moment; `take` resolves when the next page may
 * come. Administrators only.
 */
export async function exportRoom(
  app: App,
  caller: Caller,
  request: { readonly roomId: string; readonly afterSeq: bigint },
  take: (entries: readonly StoredEntry[]) => Promise<void>,
): Promise<Outcome<null>> {
  if (!caller.account.admin) return refuse('FORBIDDEN');
  const roomId = checkRoomId(request.roomId);
  if (!roomId.ok) return roomId;
  const after = checkSeq(request.afterSeq, 'after_seq');
  if (!after.ok) return after;
  let seq = after.value;
  for (;;) {
    const page = await app.store.log.readEntries({
      roomId: roomId.value,
      readerId: undefined,
      anchor: { at: 'after', seq },
      limit: LIMITS.maxPageEntries,
    });
    if (!page.ok) return page;
    const last = page.value.entries.at(-1);
    if (last === undefined) return accept(null);
    await take(page.value.entries);
    seq = last.seq;
  }
}
