import { expect, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { createPeerOf, limitKey } from './trusted-proxies.ts';

function request(remoteAddress: string, headers: Record<string, string>): IncomingMessage {
  // The only two members that are read.
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

const forwarded = {
  host: 'inner:8080',
  'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.1.2.3',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'Chat.example',
};

test('[W16] forwarded headers of a direct client are ignored', () => {
  const peer = createPeerOf(['10.0.0.0/8'])(request('::ffff:198.51.100.1', forwarded));
  expect(peer).toEqual({ address: '198.51.100.1', secure: false, host: 'inner:8080' });
});

test('[W16] of a trusted proxy they count, up to the first hop that is not trusted', () => {
  const peer = createPeerOf(['10.0.0.0/8'])(request('::ffff:10.9.9.9', forwarded));
  expect(peer).toEqual({ address: '203.0.113.9', secure: true, host: 'chat.example' });
});

test('[W16] a peer that forwards without being trusted is told of once', () => {
  const ignored: string[] = [];
  const peerOf = createPeerOf([], (address) => ignored.push(address));
  peerOf(request('198.51.100.1', { host: 'a' }));
  peerOf(request('198.51.100.1', forwarded));
  peerOf(request('198.51.100.2', forwarded));
  expect(ignored).toEqual(['198.51.100.1']);
});

test('something that is neither address nor range is a fault of the settings', () => {
  expect(() => createPeerOf(['proxy.example'])).toThrow('not an IP address');
});

test('limits count IPv6 by /64', () => {
  expect(limitKey('2001:db8::1')).toBe(limitKey('2001:db8:0:0:ffff::2'));
  expect(limitKey('2001:db8:0:1::1')).not.toBe(limitKey('2001:db8::1'));
  expect(limitKey('10.0.0.1')).toBe('10.0.0.1');
});
