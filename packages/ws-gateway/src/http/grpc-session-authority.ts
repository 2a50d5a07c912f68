import { AuthServiceDefinition, ProtocolError, UserKind } from '@chat/protocol';
import { createGrpcClient } from '@chat/protocol/grpc';
import { createRefreshOnce } from './refresh-once.ts';
import type { FreshSession, SessionAuthority } from './session-routes.ts';

/** The authority over gRPC, and the end of its connection. */
export interface GrpcSessionAuthority extends SessionAuthority {
  close(): void;
}

/** A page waits no longer than this for its login. */
const DEADLINE_MS = 10_000;

const KINDS: ReadonlyMap<number, string> = new Map([
  [UserKind.GUEST, 'GUEST'],
  [UserKind.REGISTERED, 'REGISTERED'],
  [UserKind.BOT, 'BOT'],
  [UserKind.SYSTEM, 'SYSTEM'],
]);

/** Asks the first of the chat servers that answers. */
export function createGrpcSessionAuthority(addresses: readonly string[]): GrpcSessionAuthority {
  const clients = addresses.map((address) => createGrpcClient(AuthServiceDefinition, address));
  const nextClient = () => clients[nextIndex % clients.length] ?? noClient();
  let nextIndex = 0;

  const ask = async <T>(call: (auth: ReturnType<typeof nextClient>) => Promise<T>): Promise<T> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await call(nextClient());
      } catch (error) {
        if (ProtocolError.from(error).code !== 'UNAVAILABLE') throw error;
        nextIndex += 1; // the next server may be there; a later request begins with it
        if (tried >= clients.length) throw error;
      }
    }
  };

  const refresh = async (
    refreshToken: string,
    client: string,
  ): Promise<FreshSession | undefined> => {
    try {
      const { user, session } = await ask((auth) =>
        auth.refreshSession(
          { refreshToken },
          { metadata: { 'x-forwarded-for': client }, deadlineMs: DEADLINE_MS },
        ),
      );
      if (user === undefined || session === undefined) return undefined;
      const { userId, displayName } = user;
      return {
        accessToken: session.accessToken,
        accessExpiresInMs: session.accessExpiresInMs,
        refreshToken: session.refreshToken,
        user: { userId, displayName, kind: KINDS.get(user.kind) ?? 'UNSPECIFIED' },
      };
    } catch (error) {
      if (isRefusal(ProtocolError.from(error))) return undefined;
      throw error;
    }
  };

  return {
    refresh: createRefreshOnce(refresh, () => performance.now()),
    async logout(accessToken, client) {
      const metadata = { authorization: `Bearer ${accessToken}`, 'x-forwarded-for': client };
      await ask((auth) => auth.logout({}, { metadata, deadlineMs: DEADLINE_MS }));
    },
    close() {
      for (const auth of clients) auth.close();
    },
  };
}

const REFUSALS: ReadonlySet<string> = new Set([
  'UNAUTHENTICATED',
  'TOKEN_EXPIRED',
  'TOKEN_REUSED',
  'SESSION_ENDED',
  'SUSPENDED',
]);

function isRefusal({ code }: ProtocolError): boolean {
  return REFUSALS.has(code);
}

function noClient(): never {
  throw new Error('a gateway has at least one chat server');
}
