import { expect, test } from '@jest/globals';
import { guardRequest } from './request-guard.ts';

function guard(url: string, method = 'GET', httpVersion = '1.1') {
  const result = guardRequest({ method, url, httpVersion });
  return result.ok ? result.path : `${result.refusal.status} ${result.refusal.reason}`;
}

test.each(['/', '/assets/app-1a2b.js', '/r/room?x=1&x=2', '/a%20b', '/?a[]=1'])(
  '%s is a path',
  (url) => {
    expect(guard(url)).toBe(decodeURIComponent(url.split('?')[0]!));
  },
);

test.each([
  '/%00',
  '/a%0d%0ab',
  '/%2e%2e%2fetc',
  '/..\\etc',
  '/../etc',
  '/a/../../b',
  '/%252e%252e/x',
  '/%c0%ae%c0%ae/x',
  '/a//b',
  '/a%5cb',
])('[W20] %s is no path', (url) => {
  expect(guard(url)).toBe('400 BAD_PATH');
});

test.each(['//evil.com', 'http://evil.com/', '*', 'evil.com:443'])(
  '[W14] target %s is refused',
  (url) => {
    expect(guard(url)).toBe('400 BAD_TARGET');
  },
);

test.each(['TRACE', 'PUT', 'PATCH', 'OPTIONS', 'CONNECT'])('[W14] %s is not allowed', (method) => {
  expect(guard('/', method)).toBe('405 METHOD_NOT_ALLOWED');
});
