import { type AuthServiceDefinition, toTimestamp } from '@chat/protocol';
import type { Handlers } from '@chat/protocol/grpc';
import type { IssuedTokens } from '../auth/tokens.ts';
import { createGuest, type NewLogin, register } from '../usecases/accounts.ts';
import {
  changePassword,
  listSessions,
  login,
  logout,
  refreshSession,
  revokeSession,
} from '../usecases/login.ts';
import { toWireUser } from '../wire/to-wire.ts';
import { optionalCallerOf, originOf, type RpcDeps, unwrap, withCaller } from './call.ts';

/** Logins. */
export function authHandlers(deps: RpcDeps): Handlers<typeof AuthServiceDefinition> {
  const { app } = deps;
  return {
    createGuest: async (request, call) =>
      toLogin(deps, unwrap(await createGuest(app, originOf(deps, call), request))),
    register: async (request, call) => {
      const caller = await optionalCallerOf(deps, call);
      return toLogin(deps, unwrap(await register(app, originOf(deps, call), caller, request)));
    },
    login: async (request, call) =>
      toLogin(deps, unwrap(await login(app, originOf(deps, call), request))),
    refreshSession: async (request, call) => {
      const result = await refreshSession(app, originOf(deps, call), request.refreshToken);
      const { caller, tokens } = unwrap(result);
      return {
        user: toWireUser(caller.account),
        session: toSession(deps, caller.session.sessionId, tokens),
      };
    },
    logout: withCaller(deps, async (caller) => {
      await logout(app, caller);
      return {};
    }),
    getSession: withCaller(deps, (caller) =>
      Promise.resolve({
        user: toWireUser(caller.account),
        sessionId: caller.session.sessionId,
        accessExpiresInMs: leftMs(deps, caller.accessExpiresMs),
        epoch: app.store.epoch,
      }),
    ),
    listSessions: withCaller(deps, async (caller) => {
      const sessions = await listSessions(app, caller);
      return {
        sessions: sessions.map(({ sessionId, createdMs, lastUsedMs, client }) => ({
          sessionId,
          createTime: toTimestamp(createdMs),
          lastUsedTime: toTimestamp(lastUsedMs),
          client,
          current: sessionId === caller.session.sessionId,
        })),
      };
    }),
    revokeSession: withCaller(deps, async (caller, request) => {
      unwrap(await revokeSession(app, caller, request.sessionId));
      return {};
    }),
    changePassword: withCaller(deps, async (caller, request) => {
      unwrap(await changePassword(app, caller, request));
      return {};
    }),
  };
}

function toLogin(deps: RpcDeps, made: NewLogin) {
  const { account, sessionId, tokens } = made;
  return { user: toWireUser(account), session: toSession(deps, sessionId, tokens) };
}

function toSession(deps: RpcDeps, sessionId: string, tokens: IssuedTokens) {
  const { accessToken, refreshToken, pair } = tokens;
  const accessExpiresInMs = leftMs(deps, pair.accessExpiresMs);
  return { sessionId, accessToken, accessExpiresInMs, refreshToken };
}

function leftMs(deps: RpcDeps, expiresMs: number): number {
  return Math.max(0, Math.round(expiresMs - deps.app.clock.nowMs()));
}
