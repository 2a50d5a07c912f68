import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayConfig } from '../config.ts';
import { silentLog } from '../ports/log.ts';
import type { Readiness } from './health-routes.ts';
import { createHttpFront } from './http-front.ts';
import { listen, ListenError } from './listen.ts';

let server: Server;
let port = 0;
let readiness: Readiness = { ready: true };
const webDir = mkdtempSync(join(tmpdir(), 'web-app-'));
const authority = {
  refresh: (token: string) =>
    Promise.resolve(
      token === 'good'
        ? {
            accessToken: 'access',
            accessExpiresInMs: 600_000,
            refreshToken: 'next',
            user: { userId: 'u', displayName: 'Ann', kind: 'GUEST' },
          }
        : undefined,
    ),
  loggedOut: [] as string[],
  logout(token: string) {
    authority.loggedOut.push(token);
    return Promise.resolve();
  },
};

function front(dir: string): Server {
  return createHttpFront({
    config: gatewayConfig({ webDir: dir, trustedProxies: ['127.0.0.1'] }),
    authority,
    readiness: () => readiness,
    metrics: { contentType: 'text/plain', text: () => Promise.resolve('metric 1') },
    log: silentLog,
    routes: [{ path: '/bridge', protocols: ['p'], accept: () => undefined }],
    onUpgradeRefused: () => undefined,
  });
}

beforeAll(async () => {
  mkdirSync(join(webDir, 'assets'));
  writeFileSync(join(webDir, 'index.html'), '<!doctype html><title>app</title>');
  writeFileSync(join(webDir, 'assets', 'app-1234.js'), 'export {};');
  server = front(webDir);
  ({ port } = await listen(server, { host: '127.0.0.1', port: 0, fallbackPort: undefined }));
});

afterAll(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  rmSync(webDir, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function ask(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    outgoing.end();
  });
}

describe('the web app', () => {
  test.each(['/', '/r/welcome', '/j/ABCD2345'])('%s is the app document', async (path) => {
    const { status, headers, body } = await ask(path);
    expect(status).toBe(200);
    expect(body).toContain('<title>app</title>');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${port}`);
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  test('behind a TLS proxy the policy and HSTS demand TLS', async () => {
    const { headers } = await ask('/', 'GET', {
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'chat.example',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("connect-src 'self' wss://chat.example;");
    expect(policy).toContain('upgrade-insecure-requests');
    expect(headers['strict-transport-security']).toContain('max-age=63072000');
  });

  test('a Host header cannot add a directive', async () => {
    const { headers } = await ask('/', 'GET', { Host: "x; script-src 'unsafe-inline'" });
    expect(String(headers['content-security-policy'])).not.toContain('unsafe-inline');
  });

  test('hashed files are immutable, unknown ones are not found', async () => {
    const asset = await ask('/assets/app-1234.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const missing = await ask('/assets/none.js');
    expect(missing.status).toBe(404);
    expect(missing.headers['cache-control']).toBe('no-store');
  });

  test('an app that was not built says how to build it', async () => {
    const empty = front(join(webDir, 'nothing'));
    const { port: own } = await listen(empty, {
      host: '127.0.0.1',
      port: 0,
      fallbackPort: undefined,
    });
    const answer = await fetch(`http://127.0.0.1:${own}/`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('pnpm turbo run build');
    empty.closeAllConnections();
    await new Promise((resolve) => empty.close(resolve));
  });
});

describe('health', () => {
  test('readiness is told with its reason, liveness always', async () => {
    expect(await ask('/readyz')).toMatchObject({ status: 200 });
    readiness = { ready: false, reason: 'no-upstream' };
    expect(await ask('/readyz')).toMatchObject({ status: 503, body: 'no-upstream\n' });
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
    readiness = { ready: true };
    expect(await ask('/metrics')).toMatchObject({ status: 200, body: 'metric 1\n' });
  });

  test('[W19] a plain request to the bridge is told to upgrade', async () => {
    const answer = await ask('/bridge');
    expect(answer).toMatchObject({ status: 426 });
    expect(answer.headers['sec-websocket-version']).toBe('13');
  });

  test('[W14] a request without Host is refused', async () => {
    const answer = await raw('GET / HTTP/1.1\r\n\r\n');
    expect(answer).toContain('400 Bad Request');
  });

  test.each([
    [
      'two lengths',
      'POST /session HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    ],
    [
      'length and chunks',
      'POST /session HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n'],
  ])('[W15] %s is refused', async (_name, text) => {
    expect(await raw(text)).toContain('400 Bad Request');
  });

  test('[W9] too many and too large headers get 431', async () => {
    const many = Array.from({ length: 150 }, (_, i) => `X-${i}: 1\r\n`).join('');
    expect(await raw(`GET / HTTP/1.1\r\nHost: a\r\n${many}\r\n`)).toContain('431');
    const large = `X: ${'a'.repeat(20_000)}\r\n`;
    expect(await raw(`GET / HTTP/1.1\r\nHost: a\r\n${large}\r\n`)).toContain('431');
  });
});

function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', () => undefined);
  });
}

describe('the session cookie', () => {
  const own = () => ({ Origin: `http://127.0.0.1:${port}` });

  test('a refresh token is stored where scripts cannot read it', async () => {
    const answer = await ask('/session', 'POST', { ...own(), Authorization: 'Bearer good' });
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']).toEqual([
      'chat_sid=good; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000',
    ]);
  });

  test('over TLS the cookie is Secure and bound to the host', async () => {
    const answer = await ask('/session', 'POST', {
      Authorization: 'Bearer good',
      Origin: 'https://chat.example',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'chat.example',
    });
    expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-sid=good;.*; Secure$/);
  });

  test('[A7] another or no origin is refused for every action', async () => {
    const auth = { Authorization: 'Bearer good', Cookie: 'chat_sid=good' };
    for (const origin of [{}, { Origin: 'http://evil.example' }, { Origin: 'null' }]) {
      expect((await ask('/session', 'POST', { ...auth, ...origin })).status).toBe(403);
      expect((await ask('/session/refresh', 'POST', { ...auth, ...origin })).status).toBe(403);
      expect((await ask('/session', 'DELETE', { ...auth, ...origin })).status).toBe(403);
    }
    const crossSite = { ...auth, ...own(), 'Sec-Fetch-Site': 'cross-site' };
    expect((await ask('/session/refresh', 'POST', crossSite)).status).toBe(403);
  });

  test('the cookie gives an access token and is rotated', async () => {
    const answer = await ask('/session/refresh', 'POST', { ...own(), Cookie: 'chat_sid=good' });
    expect(JSON.parse(answer.body)).toEqual({
      access_token: 'access',
      access_expires_in_ms: 600_000,
      user: { user_id: 'u', display_name: 'Ann', kind: 'GUEST' },
    });
    expect(String(answer.headers['set-cookie'])).toMatch(/^chat_sid=next;/);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('[A6] no cookie, a dead one and two of them are no login', async () => {
    expect((await ask('/session/refresh', 'POST', own())).status).toBe(204);
    const dead = await ask('/session/refresh', 'POST', { ...own(), Cookie: 'chat_sid=dead' });
    expect(dead.status).toBe(401);
    expect(String(dead.headers['set-cookie'])).toContain('Max-Age=0');
    const two = { ...own(), Cookie: 'chat_sid=good; chat_sid=good' };
    expect((await ask('/session/refresh', 'POST', two)).status).toBe(204);
  });

  test('[A8] a body is refused unread', async () => {
    const answer = await ask('/session', 'POST', { ...own(), 'Content-Length': '5' }).catch(
      () => undefined,
    );
    expect(answer === undefined || answer.status === 413).toBe(true);
  });

  test('[A2] an address that asks too often waits, others do not', async () => {
    const from = (address: string) => ({ ...own(), 'X-Forwarded-For': address });
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) {
      statuses.push((await ask('/session/refresh', 'POST', from('203.0.113.7'))).status);
    }
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 204));
    expect(statuses).toContain(429);
    expect((await ask('/session/refresh', 'POST', from('203.0.113.8'))).status).toBe(204);
  });

  test('logging out ends the session on the server and removes the cookie', async () => {
    const answer = await ask('/session', 'DELETE', { ...own(), Cookie: 'chat_sid=good' });
    expect(answer.status).toBe(204);
    expect(authority.loggedOut).toEqual(['access']);
    expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0');
  });
});

test('a taken port leads to the fallback, or to one clear line when there is none', async () => {
  const second = front(webDir);
  const options = { host: '127.0.0.1', port, fallbackPort: undefined };
  const failure = listen(second, options);
  await expect(failure).rejects.toBeInstanceOf(ListenError);
  await expect(failure).rejects.toThrow(`127.0.0.1:${port}: it is in use by another program`);
  const result = await listen(second, { ...options, fallbackPort: 0 });
  expect(result).toMatchObject({ fellBack: true });
  await new Promise((resolve) => second.close(resolve));
});
