import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** Who sent a request, after the proxies that we trust have been taken off. */
export interface RequestPeer {
  /** Address of the client, IPv4 where it was IPv4-mapped. */
  readonly address: string;
  /** True when the client spoke TLS (to a trusted proxy). */
  readonly secure: boolean;
  /** Lower-cased host[:port] that the client asked for; empty when there was none. */
  readonly host: string;
}

/** Tells the peer of a request. */
export type PeerOf = (request: IncomingMessage) => RequestPeer;

/**
 * `X-Forwarded-For`, `-Proto` and `-Host` count only when the TCP peer is in `proxies`
 * (addresses or CIDR ranges); a direct client cannot name its own address (W16).
 * Throws on an entry that is neither. `onIgnored` is told once of a peer that names an
 * address without being trusted: most often a proxy that was forgotten in the settings.
 */
export function createPeerOf(
  proxies: readonly string[],
  onIgnored: (proxyAddress: string) => void = () => undefined,
): PeerOf {
  let wasTold = false;
  const trusted = toBlockList(proxies);
  const trustsNobody = proxies.length === 0;
  return (request) => {
    const direct = plainAddress(request.socket.remoteAddress ?? '');
    const host = (request.headers.host ?? '').toLowerCase();
    if (trustsNobody || !isTrusted(trusted, direct)) {
      if (!wasTold && request.headers['x-forwarded-for'] !== undefined) {
        wasTold = true;
        onIgnored(direct);
      }
      return { address: direct, secure: false, host };
    }
    const hops = (single(request.headers['x-forwarded-for']) ?? '').split(',').map(plainAddress);
    return {
      address: lastUntrusted(hops, trusted) ?? direct,
      secure: lastItem(single(request.headers['x-forwarded-proto'])) === 'https',
      host: lastItem(single(request.headers['x-forwarded-host'])) ?? host,
    };
  };
}

/** The unit that address limits count in: the address, or the /64 of an IPv6 one. */
export function limitKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

function toBlockList(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) throw new Error(`not an IP address or CIDR range: ${proxy}`);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function isTrusted(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

// The chain is read from our end: each trusted hop vouches for the one before it.
function lastUntrusted(hops: readonly string[], trusted: BlockList): string | undefined {
  return hops.findLast((hop) => isIP(hop) !== 0 && !isTrusted(trusted, hop));
}

function plainAddress(address: string): string {
  const trimmed = address.trim();
  return trimmed.startsWith('::ffff:') && trimmed.includes('.') ? trimmed.slice(7) : trimmed;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.at(-1) : value;
}

function lastItem(value: string | undefined): string | undefined {
  const item = value?.split(',').at(-1)?.trim().toLowerCase();
  return item === '' ? undefined : item;
}
