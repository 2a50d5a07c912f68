import type { UserServiceDefinition } from '@chat/protocol';
import type { Handlers } from '@chat/protocol/grpc';
import { batchGetUsers, getUser, searchUsers, setBlock, updateProfile } from '../usecases/users.ts';
import { toWireUser } from '../wire/to-wire.ts';
import { type RpcDeps, unwrap, withCaller } from './call.ts';

/** Accounts as others see them. */
export function userHandlers(deps: RpcDeps): Handlers<typeof UserServiceDefinition> {
  const { app } = deps;
  return {
    getUser: withCaller(deps, async (_caller, request) => ({
      user: toWireUser(unwrap(await getUser(app, request.userId))),
    })),
    batchGetUsers: withCaller(deps, async (_caller, request) => ({
      users: unwrap(await batchGetUsers(app, request.userIds)).map(toWireUser),
    })),
    updateProfile: withCaller(deps, async (caller, request) => {
      const { displayName, avatarMediaId, statusText } = request;
      const change = { displayName, avatarMediaId, statusText };
      return { user: toWireUser(unwrap(await updateProfile(app, caller, change))) };
    }),
    searchUsers: withCaller(deps, async (caller, request) => ({
      users: unwrap(await searchUsers(app, caller, request)).map(toWireUser),
    })),
    blockUser: withCaller(deps, async (caller, request) => {
      unwrap(await setBlock(app, caller, request.userId, true));
      return {};
    }),
    unblockUser: withCaller(deps, async (caller, request) => {
      unwrap(await setBlock(app, caller, request.userId, false));
      return {};
    }),
    listBlockedUsers: withCaller(deps, async (caller) => {
      const users = await app.store.people.listBlocked(caller.account.userId);
      return { users: users.map(toWireUser) };
    }),
  };
}
