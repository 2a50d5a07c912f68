import type { WebSession } from './web-session.ts';

/** The access token of this page: in memory only, renewed through the cookie. */
export type AccessToken = {
  set(token: string, expiresInMs: number): void;
  clear(): void;
  /** A token that is good for a while; undefined = signed out. Rejects when the gateway cannot be reached. */
  get(refresh: boolean): Promise<string | undefined>;
};

/** A token about to end is not worth a connection. */
const MARGIN_MS = 20_000;

export function createAccessToken(session: WebSession, monotonicMs: () => number): AccessToken {
  let current: { readonly token: string; readonly endsMs: number } | undefined;
  let refreshing: Promise<string | undefined> | undefined;
  const renew = async (): Promise<string | undefined> => {
    const fresh = await session.refresh();
    current =
      fresh === undefined
        ? undefined
        : { token: fresh.accessToken, endsMs: monotonicMs() + fresh.accessExpiresInMs };
    return current?.token;
  };
  return {
    set: (token, expiresInMs) => {
      current = { token, endsMs: monotonicMs() + expiresInMs };
    },
    clear: () => {
      current = undefined;
    },
    get: (refresh) => {
      if (!refresh && current !== undefined && current.endsMs - monotonicMs() > MARGIN_MS)
        return Promise.resolve(current.token);
      // Two renewals at once would use one refresh token twice.
      refreshing ??= renew().finally(() => {
        refreshing = undefined;
      });
      return refreshing;
    },
  };
}
