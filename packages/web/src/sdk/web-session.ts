/** A login as the gateway continues it from its cookie. */
export type FreshSession = {
  readonly accessToken: string;
  readonly accessExpiresInMs: number;
  readonly userId: string;
  readonly displayName: string;
  /** Name of the user kind, as in UserKind. */
  readonly kind: string;
};

const TIMEOUT_MS = 10_000;

/** The three routes of the gateway that keep the refresh token where no script can read it. Rejections mean: not reached. */
export type WebSession = {
  keep(refreshToken: string): Promise<void>;
  /** undefined = nobody is signed in. */
  refresh(): Promise<FreshSession | undefined>;
  end(): Promise<void>;
};

export function createWebSession(request: typeof fetch): WebSession {
  const ask = (path: string, init: RequestInit): Promise<Response> =>
    request(path, { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(TIMEOUT_MS) });
  return {
    keep: async (refreshToken) => {
      const answer = await ask('/session', {
        method: 'POST',
        headers: { authorization: `Bearer ${refreshToken}` },
      });
      if (!answer.ok) throw new Error(`the session was not kept: ${answer.status}`);
    },
    refresh: async () => {
      const answer = await ask('/session/refresh', { method: 'POST' });
      // 204: nobody has signed in here; 401: the login has ended.
      if (answer.status === 204 || answer.status === 401) return undefined;
      if (!answer.ok) throw new Error(`the session was not refreshed: ${answer.status}`);
      return toFreshSession(await answer.json());
    },
    end: async () => {
      const answer = await ask('/session', { method: 'DELETE' });
      if (!answer.ok && answer.status !== 401)
        throw new Error(`the session was not ended: ${answer.status}`);
    },
  };
}

function toFreshSession(body: unknown): FreshSession {
  const top = toRecord(body);
  const user = toRecord(top.user);
  const { access_token: accessToken, access_expires_in_ms: accessExpiresInMs } = top;
  if (
    typeof accessToken !== 'string' ||
    typeof accessExpiresInMs !== 'number' ||
    typeof user.user_id !== 'string'
  ) {
    throw new Error('the session answer has another form');
  }
  const displayName = typeof user.display_name === 'string' ? user.display_name : '';
  const kind = typeof user.kind === 'string' ? user.kind : '';
  return { accessToken, accessExpiresInMs, userId: user.user_id, displayName, kind };
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
