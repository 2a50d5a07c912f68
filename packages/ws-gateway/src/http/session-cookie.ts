import { headerValues } from './origin.ts';

/** `__Host-` forbids Domain and needs Secure, so a sibling host cannot set it (A6). */
const SECURE_NAME = '__Host-sid';
/** Browsers refuse the prefix without TLS; plain http on localhost needs another name. */
const PLAIN_NAME = 'chat_sid';
/** Life of a refresh token. */
const MAX_AGE_SECONDS = 30 * 24 * 3600;
/** A token is 43 base64url characters; more is no token of ours. */
const TOKEN = /^[A-Za-z0-9_.~-]{1,512}$/;

/** The refresh token in the cookie; undefined when absent, malformed or given twice (A6). */
export function readSessionCookie(
  rawHeaders: readonly string[],
  secure: boolean,
): string | undefined {
  const name = secure ? SECURE_NAME : PLAIN_NAME;
  const found = headerValues(rawHeaders, 'cookie')
    .flatMap((header) => header.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [token, ...more] = found;
  return token !== undefined && more.length === 0 && TOKEN.test(token) ? token : undefined;
}

/** `Set-Cookie` that stores a refresh token out of reach of scripts. */
export function writeSessionCookie(token: string, secure: boolean): string {
  return cookie(token, MAX_AGE_SECONDS, secure);
}

/** `Set-Cookie` that removes it. */
export function clearSessionCookie(secure: boolean): string {
  return cookie('', 0, secure);
}

/** True for a value that may be put into the cookie. */
export function isCookieToken(token: string): boolean {
  return TOKEN.test(token);
}

function cookie(value: string, maxAgeSeconds: number, secure: boolean): string {
  const name = secure ? SECURE_NAME : PLAIN_NAME;
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
  return `${name}=${value}; ${attributes}${secure ? '; Secure' : ''}`;
}
