import { expect, test } from '@jest/globals';
import { hostOfPeer, limitKey } from './address.ts';

test.each([
  ['127.0.0.1:5000', '127.0.0.1'],
  ['ipv4:10.0.0.1:5000', '10.0.0.1'],
  ['[::1]:5000', '::1'],
  ['ipv6:[2001:db8::1]:5000', '2001:db8::1'],
  ['unknown', 'unknown'],
])('the host of peer %s is %s', (peer, host) => {
  expect(hostOfPeer(peer)).toBe(host);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:DB8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['nonsense', 'nonsense'],
  ['x'.repeat(100), 'x'.repeat(64)],
])('limits count %s as %s', (address, key) => {
  expect(limitKey(address)).toBe(key);
});
