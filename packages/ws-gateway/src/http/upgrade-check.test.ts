import { describe, expect, test } from '@jest/globals';
import { checkUpgrade, type UpgradeFacts } from './upgrade-check.ts';

const doors = [
  { path: '/bridge', protocols: ['grpc-bridge.v1.proto', 'grpc-bridge.v1.json'] },
  { path: '/', protocols: [] },
];
const peer = { address: '10.0.0.1', secure: false, host: 'chat.example:8080' };
const headers = {
  Host: 'chat.example:8080',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Protocol': 'grpc-bridge.v1.json',
};

function check(changes: Partial<UpgradeFacts>, more: Record<string, string> = {}) {
  const rawHeaders = Object.entries({ ...headers, ...more }).flat();
  const facts = { method: 'GET', url: '/bridge', httpVersion: '1.1', peer, rawHeaders, ...changes };
  const result = checkUpgrade(facts, doors, new Set(['https://app.example']));
  return result.ok ? result.protocol : `${result.refusal.status} ${result.refusal.reason}`;
}

describe('upgrades', () => {
  test('[HS1] the subprotocol is one that both speak, in our order', () => {
    expect(check({})).toBe('grpc-bridge.v1.json');
    const both = 'grpc-bridge.v1.json, grpc-bridge.v1.proto';
    expect(check({}, { 'Sec-WebSocket-Protocol': both })).toBe('grpc-bridge.v1.proto');
  });

  test.each([
    ['W2', {}, { 'Sec-WebSocket-Version': '8' }, '426 WEBSOCKET_VERSION'],
    ['W3', { method: 'POST' }, {}, '405 METHOD_NOT_ALLOWED'],
    ['W4', { httpVersion: '1.0' }, {}, '505 HTTP_VERSION'],
    ['W5', {}, { Upgrade: 'h2c' }, '400 BAD_UPGRADE'],
    ['W6', {}, { 'Sec-WebSocket-Protocol': 'chat' }, '400 SUBPROTOCOL'],
    ['W6', {}, { 'Sec-WebSocket-Protocol': 'grpc-bridge.v1.json, a b' }, '400 SUBPROTOCOL'],
    ['W6', {}, { 'Sec-WebSocket-Protocol': 'x, x' }, '400 SUBPROTOCOL'],
    ['W7', {}, { Cookie: 'chat_sid=abc' }, '403 ORIGIN'],
    ['W9', { url: `/bridge?${'a'.repeat(2100)}` }, {}, '414 URL_TOO_LONG'],
    ['W14', { url: 'http://evil/bridge' }, {}, '400 BAD_TARGET'],
    [
      'W14',
      { rawHeaders: ['Upgrade', 'websocket', 'Sec-WebSocket-Version', '13'] },
      {},
      '400 HOST',
    ],
    ['W17', { url: '/bridge?token=x' }, {}, '400 TOKEN_IN_URL'],
    ['W17', { url: '/bridge?a=1&access%5Ftoken=x' }, {}, '400 TOKEN_IN_URL'],
    ['W20', { url: '/other' }, {}, '404 NOT_FOUND'],
  ])('[%s] %j %j is refused', (_rule, changes, more, expected) => {
    expect(check(changes, more)).toBe(expected);
  });

  test.each([
    'https://chat.example:8080',
    'http://chat.example',
    'http://chat.example:8081',
    'http://CHAT.example:8080',
    'http://chat.example.:8080',
    'http://chat.example:8080.evil.com',
    'https://evil.com/chat.example:8080',
    'null',
    '',
  ])('[W8] origin %j is foreign', (origin) => {
    expect(check({}, { Origin: origin })).toBe('403 ORIGIN');
  });

  test('[W8] two Origin headers are foreign, the own one and a listed one are not', () => {
    const own = 'http://chat.example:8080';
    const twice = [...Object.entries(headers).flat(), 'Origin', own, 'Origin', own];
    expect(check({ rawHeaders: twice })).toBe('403 ORIGIN');
    expect(check({}, { Origin: own, Cookie: 'chat_sid=abc' })).toBe('grpc-bridge.v1.json');
    expect(check({}, { Origin: 'https://app.example' })).toBe('grpc-bridge.v1.json');
  });

  test('a door without subprotocols takes clients that offer none', () => {
    const bare = [
      'Host',
      'chat.example:8080',
      'Upgrade',
      'websocket',
      'Sec-WebSocket-Version',
      '13',
    ];
    expect(check({ url: '/', rawHeaders: bare })).toBe('');
    expect(check({ url: '/bridge', rawHeaders: bare })).toBe('400 SUBPROTOCOL');
  });
});
