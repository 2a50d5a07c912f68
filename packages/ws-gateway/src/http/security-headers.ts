import type { RequestPeer } from './trusted-proxies.ts';

/** What an answer carries: a page of the app, one of its hashed files, or data. */
export type AnswerKind = 'document' | 'asset' | 'data';

/** On every answer. */
const ALWAYS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** On documents: what the page may do and who may hold it. */
const DOCUMENT: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()',
};

const TWO_YEARS_SECONDS = 63_072_000;

/** Security and cache headers of an answer. `dev` loosens the policy for Vite's inline scripts. */
export function securityHeaders(
  kind: AnswerKind,
  peer: RequestPeer,
  dev: boolean,
): Record<string, string> {
  const headers: Record<string, string> = { ...ALWAYS };
  // Browsers ignore both over plain http, or worse: http://localhost would stop working.
  if (peer.secure) {
    headers['Strict-Transport-Security'] = `max-age=${TWO_YEARS_SECONDS}; includeSubDomains`;
  }
  if (kind === 'asset') {
    headers['Cache-Control'] = 'public, max-age=31536000, immutable';
    return headers;
  }
  headers['Cache-Control'] = 'no-store';
  headers['Content-Security-Policy'] =
    kind === 'data' ? "default-src 'none'; frame-ancestors 'none'" : documentPolicy(peer, dev);
  return kind === 'document' ? Object.assign(headers, DOCUMENT) : headers;
}

function documentPolicy(peer: RequestPeer, dev: boolean): string {
  const socket = isPlainHost(peer.host) ? ` ${peer.secure ? 'wss' : 'ws'}://${peer.host}` : '';
  const shared = [
    "default-src 'none'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    `connect-src 'self'${socket}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ];
  if (dev) {
    return [
      ...shared,
      "script-src 'self' 'unsafe-inline'",
      "style-src 'self' 'unsafe-inline'",
    ].join('; ');
  }
  const strict = [
    "script-src 'self'",
    "style-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  const upgrade = peer.secure ? ['upgrade-insecure-requests'] : [];
  return [...shared, ...strict, ...upgrade].join('; ');
}

// A Host header goes into the policy only when it cannot add a directive of its own.
function isPlainHost(host: string): boolean {
  return /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.test(host);
}
