import { isIPv6 } from 'node:net';

/** Longest address that is kept as a key. */
const MAX_LENGTH = 64;

/** The host of a grpc-js peer: "127.0.0.1:5000", "[::1]:5000", "ipv4:127.0.0.1:5000". */
export function hostOfPeer(peer: string): string {
  const address = peer.replace(/^ipv[46]:/, '');
  const end = address.lastIndexOf(':');
  return (end < 0 ? address : address.slice(0, end)).replace(/^\[|\]$/g, '');
}

/** An address as a key of limits: IPv4 as it is, IPv6 by its /64, since one customer owns all of that. */
export function limitKey(address: string): string {
  const plain = address.slice(0, MAX_LENGTH).replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().replace(/%.*$/, '').split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    while (groups.length + rest.length < 8) groups.push('0');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
