import { answerJson, answerText, type Exchange, type Route } from './answer.ts';
import { checkOrigin, headerValues } from './origin.ts';
import {
  clearSessionCookie,
  isCookieToken,
  readSessionCookie,
  writeSessionCookie,
} from './session-cookie.ts';

/** What the server says about a refreshed login. */
export interface FreshSession {
  readonly accessToken: string;
  readonly accessExpiresInMs: number;
  readonly refreshToken: string;
  readonly user: { readonly userId: string; readonly displayName: string; readonly kind: string };
}

/** The two calls to the server that the cookie routes make. */
export interface SessionAuthority {
  /** A new token pair; undefined when the token is not (or no longer) good. Rejects when the server is away. */
  readonly refresh: (refreshToken: string, client: string) => Promise<FreshSession | undefined>;
  /** Ends the session of the access token. `client` is the address that asks, for the server's own limits. */
  readonly logout: (accessToken: string, client: string) => Promise<void>;
}

/** What the cookie routes need. */
export interface SessionRouteOptions {
  readonly authority: SessionAuthority;
  readonly origins: ReadonlySet<string>;
  /** False when the address asks too often. */
  readonly allow: (address: string) => boolean;
  readonly onFailure: (error: unknown) => void;
}

/**
 * `POST /session` keeps a refresh token in an HttpOnly cookie, `POST /session/refresh` turns
 * it into an access token for the page's memory, `DELETE /session` logs out. Each demands
 * the exact Origin, so no other site can use the cookie (A7).
 */
export function createSessionRoutes(options: SessionRouteOptions): Route {
  return (exchange) => {
    const action = actionOf(exchange, options);
    if (action === undefined) return false;
    const refused = refusalOf(exchange, options.origins);
    if (refused !== undefined) answerText(exchange, refused.status, refused.reason);
    else if (!options.allow(exchange.peer.address)) {
      answerText(exchange, 429, 'RATE_LIMITED', { 'Retry-After': '1' });
    } else {
      action(exchange).catch((error: unknown) => {
        options.onFailure(error);
        answerText(exchange, 503, 'UNAVAILABLE', { 'Retry-After': '1' });
      });
    }
    return true;
  };
}

type Action = (exchange: Exchange) => Promise<void>;

function actionOf(exchange: Exchange, options: SessionRouteOptions): Action | undefined {
  const { authority } = options;
  switch (`${exchange.request.method} ${exchange.path}`) {
    case 'POST /session':
      return store;
    case 'POST /session/refresh':
      return (it) => refresh(it, authority);
    case 'DELETE /session':
      return (it) => logout(it, authority);
    default:
      return undefined;
  }
}

function refusalOf(exchange: Exchange, origins: ReadonlySet<string>) {
  const { request, peer } = exchange;
  const sent = headerValues(request.rawHeaders, 'origin');
  if (checkOrigin(sent, peer, origins) !== 'same') return { status: 403, reason: 'ORIGIN' };
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return { status: 403, reason: 'ORIGIN' };
  // None of the routes has a body, so there is none to be read, slowly or not (A8).
  const hasBody = request.headers['transfer-encoding'] !== undefined;
  if (hasBody || Number(request.headers['content-length'] ?? 0) > 0) {
    return { status: 413, reason: 'NO_BODY_EXPECTED' };
  }
  return undefined;
}

async function store(exchange: Exchange): Promise<void> {
  const authorization = headerValues(exchange.request.rawHeaders, 'authorization');
  const token =
    authorization.length === 1 ? /^Bearer (\S+)$/.exec(authorization[0] ?? '')?.[1] : '';
  if (token === undefined || !isCookieToken(token)) answerText(exchange, 401, 'UNAUTHENTICATED');
  else {
    answerText(exchange, 204, '', {
      'Set-Cookie': writeSessionCookie(token, exchange.peer.secure),
    });
  }
}

async function refresh(exchange: Exchange, authority: SessionAuthority): Promise<void> {
  const { secure } = exchange.peer;
  const token = readSessionCookie(exchange.request.rawHeaders, secure);
  if (token === undefined) {
    // Nobody has signed in here: every first visit asks, so it is not an error.
    answerText(exchange, 204, '');
    return;
  }
  const fresh = await authority.refresh(token, exchange.peer.address);
  if (fresh === undefined) {
    const clear = { 'Set-Cookie': clearSessionCookie(secure) };
    answerText(exchange, 401, 'UNAUTHENTICATED', clear);
    return;
  }
  const body = {
    access_token: fresh.accessToken,
    access_expires_in_ms: fresh.accessExpiresInMs,
    user: {
      user_id: fresh.user.userId,
      display_name: fresh.user.displayName,
      kind: fresh.user.kind,
    },
  };
  answerJson(exchange, 200, body, { 'Set-Cookie': writeSessionCookie(fresh.refreshToken, secure) });
}

// The cookie holds only the refresh token, and Logout wants an access token: one is fetched first.
async function logout(exchange: Exchange, authority: SessionAuthority): Promise<void> {
  const { secure, address } = exchange.peer;
  const token = readSessionCookie(exchange.request.rawHeaders, secure);
  if (token !== undefined) {
    const fresh = await authority.refresh(token, address);
    if (fresh !== undefined) await authority.logout(fresh.accessToken, address);
  }
  answerText(exchange, 204, '', { 'Set-Cookie': clearSessionCookie(secure) });
}
