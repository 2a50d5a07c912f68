import { checkOrigin, headerValues } from './origin.ts';
import { guardRequest, type Refusal } from './request-guard.ts';
import { readSessionCookie } from './session-cookie.ts';
import type { RequestPeer } from './trusted-proxies.ts';

/** What a request for an upgrade says. */
export interface UpgradeFacts {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly rawHeaders: readonly string[];
  readonly peer: RequestPeer;
}

/** Which sockets a route takes. */
export interface SocketDoor {
  /** The only path it takes; undefined = any. */
  readonly path: string | undefined;
  /** Subprotocols it speaks, best first; empty = clients that offer none. */
  readonly protocols: readonly string[];
}

/** The door and protocol of an acceptable upgrade, or why it is refused. */
export type UpgradeCheck<Door extends SocketDoor> =
  | { readonly ok: true; readonly door: Door; readonly protocol: string }
  | { readonly ok: false; readonly refusal: Refusal };

/** RFC 6455 names; a client that offers more than this is not one of ours. */
const MAX_OFFERED_PROTOCOLS = 16;

/** All checks of an upgrade that need nothing but the request (W2-W8, W14, W17). */
export function checkUpgrade<Door extends SocketDoor>(
  facts: UpgradeFacts,
  doors: readonly Door[],
  origins: ReadonlySet<string>,
): UpgradeCheck<Door> {
  const guard = guardRequest(facts);
  if (!guard.ok) return guard;
  if (facts.method !== 'GET') return refuse(405, 'METHOD_NOT_ALLOWED');
  // Node checks this for requests, not for upgrades.
  if (headerValues(facts.rawHeaders, 'host').length !== 1) return refuse(400, 'HOST');
  const upgrade = headerValues(facts.rawHeaders, 'upgrade');
  if (upgrade.length !== 1 || upgrade[0]?.toLowerCase() !== 'websocket') {
    return refuse(400, 'BAD_UPGRADE');
  }
  const version = headerValues(facts.rawHeaders, 'sec-websocket-version');
  if (version.length !== 1 || version[0] !== '13') return refuse(426, 'WEBSOCKET_VERSION');
  const origin = checkOrigin(headerValues(facts.rawHeaders, 'origin'), facts.peer, origins);
  if (origin === 'foreign') return refuse(403, 'ORIGIN');
  const cookie = readSessionCookie(facts.rawHeaders, facts.peer.secure);
  if (origin === 'absent' && cookie !== undefined) return refuse(403, 'ORIGIN');
  return findDoor(guard.path, offeredProtocols(facts.rawHeaders), doors);
}

function findDoor<Door extends SocketDoor>(
  path: string,
  offered: readonly string[] | undefined,
  doors: readonly Door[],
): UpgradeCheck<Door> {
  if (offered === undefined) return refuse(400, 'SUBPROTOCOL');
  const here = doors.filter((door) => door.path === undefined || door.path === path);
  for (const door of here) {
    const protocol = door.protocols.find((name) => offered.includes(name));
    if (protocol !== undefined) return { ok: true, door, protocol };
    if (door.protocols.length === 0 && offered.length === 0) {
      return { ok: true, door, protocol: '' };
    }
  }
  // No subprotocol is ever chosen silently (W6).
  return here.some(({ path: own }) => own === path)
    ? refuse(400, 'SUBPROTOCOL')
    : refuse(404, 'NOT_FOUND');
}

function offeredProtocols(rawHeaders: readonly string[]): readonly string[] | undefined {
  const offered = headerValues(rawHeaders, 'sec-websocket-protocol')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim());
  const areNames = offered.every((name) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name));
  const areFew = offered.length <= MAX_OFFERED_PROTOCOLS;
  return areNames && areFew && new Set(offered).size === offered.length ? offered : undefined;
}

function refuse(status: number, reason: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { status, reason } };
}
