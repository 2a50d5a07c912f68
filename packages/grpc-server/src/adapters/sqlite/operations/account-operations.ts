import { UserKind } from '@chat/protocol';
import type { Account } from '../../../domain/account.ts';
import { decideRetire } from '../../../domain/decide-membership.ts';
import { accept, type Outcome, refuse } from '../../../domain/outcome.ts';
import type { Accounts, NewAccount } from '../../../ports/accounts.ts';
import { appendEntry } from '../append-entry.ts';
import type { Context, Operations } from '../context.ts';
import { standingOf } from './standing-of.ts';

/** Accounts inside a transaction. */
export const accountOperations: Operations<Accounts> = {
  create(context, request) {
    const free = requireFree(context, request);
    if (!free.ok) return free;
    if (context.users.get(request.userId) !== undefined) throw new Error('User id is in use.');
    return accept(write(context, toAccount(request, context.nowMs), request.passwordHash));
  },

  upgrade(context, request) {
    const guest = context.users.get(request.userId);
    if (guest?.kind !== UserKind.GUEST || guest.retired || guest.suspended) {
      return refuse('NOT_FOUND');
    }
    const free = requireFree(context, request);
    if (!free.ok) return free;
    const upgraded: Account = {
      ...guest,
      kind: request.kind,
      displayName: request.displayName,
      nameKey: request.nameKey,
      username: request.username,
    };
    return accept(write(context, upgraded, request.passwordHash));
  },

  change(context, change) {
    const before = context.users.get(change.userId);
    if (before === undefined || before.retired) return refuse('NOT_FOUND');
    if (change.nameKey !== undefined) {
      const holder = context.users.ownerOfName(change.nameKey);
      if (holder !== undefined && holder !== change.userId) {
        return refuse('NAME_TAKEN', { field: 'display_name' });
      }
    }
    const after: Account = {
      ...before,
      displayName: change.displayName ?? before.displayName,
      nameKey: change.nameKey ?? before.nameKey,
      avatarMediaId: change.avatarMediaId ?? before.avatarMediaId,
      statusText: change.statusText ?? before.statusText,
      suspended: change.suspended ?? before.suspended,
      admin: change.admin ?? before.admin,
    };
    return accept(write(context, after, change.passwordHash));
  },

  retire(context, userId) {
    const account = context.users.get(userId);
    if (account === undefined || account.retired) return accept(null);
    if (account.kind !== UserKind.GUEST) return refuse('FORBIDDEN');
    for (const roomId of context.members.roomIdsOf(userId)) {
      const successor = context.members.successorOf(roomId, userId);
      const decision = decideRetire(standingOf(context, roomId, userId), successor);
      for (const content of decision.contents) appendEntry(context, roomId, account, content);
    }
    context.sql.run('DELETE FROM sessions WHERE user_id = ?', userId);
    context.users.set({ ...account, retired: true });
    return accept(null);
  },

  find(context, userIds) {
    const found: Account[] = [];
    for (const userId of userIds) {
      const account = context.users.get(userId);
      if (account !== undefined) found.push(account);
    }
    return found;
  },

  findLogin(context, by) {
    const userId = 'userId' in by ? by.userId : context.users.ownerOfUsername(by.username);
    if (userId === undefined) return undefined;
    const account = context.users.get(userId);
    const passwordHash = context.users.passwordHash(userId);
    if (account === undefined || passwordHash === undefined) return undefined;
    return { account, passwordHash };
  },
};

/** Names are unique among live users; a guest that registers may keep its own. */
function requireFree(context: Context, request: NewAccount): Outcome<null> {
  const holder = context.users.ownerOfName(request.nameKey);
  if (holder !== undefined && holder !== request.userId) {
    return refuse('NAME_TAKEN', { field: 'display_name' });
  }
  const { username } = request;
  if (username !== undefined && context.users.ownerOfUsername(username) !== undefined) {
    return refuse('NAME_TAKEN', { field: 'username' });
  }
  return accept(null);
}

function write(context: Context, account: Account, passwordHash: string | undefined): Account {
  context.users.set(account);
  if (passwordHash !== undefined) context.users.setPasswordHash(account.userId, passwordHash);
  return account;
}

function toAccount(request: NewAccount, nowMs: number): Account {
  return {
    userId: request.userId,
    kind: request.kind,
    displayName: request.displayName,
    nameKey: request.nameKey,
    username: request.username,
    avatarMediaId: '',
    statusText: '',
    createdMs: nowMs,
    suspended: false,
    admin: request.admin,
    retired: false,
  };
}
