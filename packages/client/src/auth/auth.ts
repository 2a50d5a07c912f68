import {
  CreateGuestRequest,
  CreateGuestResponse,
  LoginRequest,
  LoginResponse,
  LogoutRequest,
  LogoutResponse,
  RefreshSessionRequest,
  RefreshSessionResponse,
  RegisterRequest,
  RegisterResponse,
  type Session,
  type User,
} from '@chat/protocol';
import { type Codec, callUnary } from '../calls/create-client.ts';
import { type Clock, systemClock } from '../clock.ts';
import { createBridgeLink } from '../connection/bridge-link.ts';
import { ChatClientError } from '../errors.ts';
import type { Link } from '../link.ts';

/** What a login gives. Keep `refreshToken` safe: it is the login. */
export interface Tokens {
  readonly sessionId: string;
  readonly accessToken: string;
  /** Life of the access token when it was given. */
  readonly accessExpiresInMs: number;
  readonly refreshToken: string;
}

/** Who logged in, and with what. */
export interface Login {
  readonly user: User;
  readonly tokens: Tokens;
}

/** Logins over any link; none of them needs a token but `logout` and a guest's `register`. Reject with ChatClientError. */
export interface Auth {
  createGuest(displayName: string): Promise<Login>;
  /** With the access token of a guest, the guest becomes the account and keeps rooms and messages. */
  register(
    account: {
      readonly username: string;
      readonly password: string;
      readonly displayName?: string;
    },
    guestAccessToken?: string,
  ): Promise<Login>;
  login(username: string, password: string): Promise<Login>;
  refresh(refreshToken: string): Promise<Login>;
  logout(accessToken: string): Promise<void>;
  /** Closes the connection, if one was opened. */
  close(): void;
}

/** Where to log in: the address of a bridge, or a link (which then stays open). */
export type AuthOptions = {
  readonly clientName?: string;
  readonly clock?: Clock;
} & ({ readonly url: string } | { readonly link: Link });

/** Makes the login calls. With `url` an anonymous connection is opened at the first call. */
export function createAuth(options: AuthOptions): Auth {
  const clock = options.clock ?? systemClock;
  const client = options.clientName ?? 'chat-client';
  const owned = 'url' in options;
  let link: Link | undefined = owned ? undefined : options.link;

  const call = <Request, Response>(
    name: string,
    requestType: Codec<Request>,
    responseType: Codec<Response>,
    request: Partial<Request>,
    token?: string,
  ): Promise<Response> => {
    if (link === undefined && owned) {
      const { url } = options;
      link = createBridgeLink({
        url,
        getToken: () => Promise.resolve(''),
        clientName: client,
        clock,
      });
    }
    if (link === undefined) throw new ChatClientError('UNAVAILABLE');
    link.start();
    return callUnary(
      { link, clock, random: Math.random },
      `chat.v1.AuthService/${name}`,
      { requestType, responseType },
      request,
      { metadata: token === undefined ? [] : [{ name: 'token', value: token }] },
    );
  };

  return {
    createGuest: async (displayName) =>
      toLogin(
        await call('CreateGuest', CreateGuestRequest, CreateGuestResponse, { displayName, client }),
      ),
    register: async ({ username, password, displayName = '' }, guestAccessToken) =>
      toLogin(
        await call(
          'Register',
          RegisterRequest,
          RegisterResponse,
          { username, password, displayName, client },
          guestAccessToken,
        ),
      ),
    login: async (username, password) =>
      toLogin(await call('Login', LoginRequest, LoginResponse, { username, password, client })),
    refresh: async (refreshToken) =>
      toLogin(
        await call('RefreshSession', RefreshSessionRequest, RefreshSessionResponse, {
          refreshToken,
        }),
      ),
    async logout(accessToken) {
      await call('Logout', LogoutRequest, LogoutResponse, {}, accessToken);
    },
    close() {
      if (owned) link?.close();
      if (owned) link = undefined;
    },
  };
}

function toLogin(response: {
  readonly user: User | undefined;
  readonly session: Session | undefined;
}): Login {
  const { user, session } = response;
  if (user === undefined || session === undefined) {
    throw new ChatClientError('INTERNAL', { message: 'no session in the answer' });
  }
  const { sessionId, accessToken, accessExpiresInMs, refreshToken } = session;
  return { user, tokens: { sessionId, accessToken, accessExpiresInMs, refreshToken } };
}
