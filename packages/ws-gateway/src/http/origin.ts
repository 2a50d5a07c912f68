import type { RequestPeer } from './trusted-proxies.ts';

/** What a request says about its origin. */
export type OriginVerdict = 'same' | 'absent' | 'foreign';

/**
 * Compares `Origin` exactly, byte by byte: the scheme and host that the client asked us
 * for, or an entry of `allowed` (CHAT_ORIGINS). Upper case, a trailing dot, another port,
 * `null` and two headers are foreign (W8).
 */
export function checkOrigin(
  origins: readonly string[],
  peer: RequestPeer,
  allowed: ReadonlySet<string>,
): OriginVerdict {
  const [origin, ...more] = origins;
  if (origin === undefined) return 'absent';
  if (more.length > 0) return 'foreign';
  const own = `${peer.secure ? 'https' : 'http'}://${peer.host}`;
  return (peer.host !== '' && origin === own) || allowed.has(origin) ? 'same' : 'foreign';
}

/** Every value of a header, as sent; node joins or drops repeated ones. */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '');
  }
  return values;
}
