/** The answer to a request that no route shall see. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** What is looked at before any route. */
export interface RequestFacts {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
}

/** A path to be routed, or a refusal. */
export type GuardResult =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly refusal: Refusal };

/** Longest request target; ours are below 200 bytes (W9). */
export const MAX_URL_BYTES = 2048;

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'DELETE']);
/** Query names under which people send credentials; they would end up in logs (W17). */
const CREDENTIAL_QUERY =
  /[?&](?:access_?token|refresh_?token|token|auth|authorization|jwt|ticket)=/i;

/** Checks method, version, target and path of a request (W4, W9, W14, W17, W20). */
export function guardRequest(facts: RequestFacts): GuardResult {
  if (!METHODS.has(facts.method)) return refuse(405, 'METHOD_NOT_ALLOWED');
  if (facts.httpVersion !== '1.1') return refuse(505, 'HTTP_VERSION');
  if (Buffer.byteLength(facts.url) > MAX_URL_BYTES) return refuse(414, 'URL_TOO_LONG');
  // Absolute-form targets and `//host` would let a client name another host.
  if (!facts.url.startsWith('/') || facts.url.startsWith('//')) return refuse(400, 'BAD_TARGET');
  if (CREDENTIAL_QUERY.test(decodeLoosely(facts.url))) return refuse(400, 'TOKEN_IN_URL');
  const path = decodePath(facts.url.split('?', 1)[0] ?? '');
  return path === undefined ? refuse(400, 'BAD_PATH') : { ok: true, path };
}

// Decoded exactly once; what then still looks like a way out of the root is refused, not repaired.
function decodePath(raw: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return undefined; // overlong or broken UTF-8
  }
  for (const character of path) if (character < ' ' || character === '\u007f') return undefined;
  if (path.includes('\\') || path.includes('%') || path.includes('//')) return undefined;
  return path.split('/').some((part) => part === '.' || part === '..') ? undefined : path;
}

function decodeLoosely(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function refuse(status: number, reason: string): GuardResult {
  return { ok: false, refusal: { status, reason } };
}
