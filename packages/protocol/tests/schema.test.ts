import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as protocol from '../src/index.ts';
import { descriptorSet, rawFileDescriptors } from '../src/grpc.ts';
import { renderWireTable } from './render-wire-table.ts';

const SOURCE = new URL('../src/', import.meta.url);

test('the schema is the one that PROTOCOL_VERSION stands for', () => {
  const hash = createHash('sha256').update(descriptorSet()).digest('hex');
  // When this fails the schema has changed: raise PROTOCOL_VERSION (an addition: minor), describe it in
  // docs/PROTOCOL.md under Versions, and pin the new hash in src/version.ts.
  expect(protocol.DESCRIPTOR_SHA256).toBe(hash);
});

test('the page names the version', () => {
  const page = readFileSync(new URL('../../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  expect(page).toContain(`Version ${protocol.PROTOCOL_VERSION}.`);
  expect(page).toContain(`| ${protocol.PROTOCOL_VERSION} |`);
});

test('the wire table is made from this schema (UPDATE=1 writes it)', () => {
  const file = new URL('strict/wire-table.ts', SOURCE);
  const expected = renderWireTable(descriptorSet());
  if (process.env['UPDATE'] !== undefined) writeFileSync(file, expected);
  expect(readFileSync(file, 'utf8')).toBe(expected);
});

test('every generated message and service of chat.v1 is on the flat door', async () => {
  const folder = new URL('gen/chat/v1/', SOURCE);
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(10);
  const door = new Map<string, unknown>(Object.entries(protocol));
  for (const file of files) {
    const generated: Record<string, unknown> = await import(new URL(file, folder).href);
    for (const [name, value] of Object.entries(generated)) {
      if (name === 'protobufPackage' || name === 'protobufFileName') continue;
      expect([name, door.get(name) === value]).toEqual([name, true]);
    }
  }
});

test('every service of chat.v1 is in the registry, by its full path', async () => {
  const folder = new URL('gen/chat/v1/', SOURCE);
  const paths: string[] = [];
  for (const file of readdirSync(folder)) {
    const generated: Record<string, unknown> = await import(new URL(file, folder).href);
    for (const [name, value] of Object.entries(generated)) {
      if (!name.endsWith('ServiceDefinition')) continue;
      // The name says what it is.
      const definition = value as protocol.ServiceDefinition;
      for (const method of Object.values(definition.methods)) {
        paths.push(`${definition.fullName}/${method.name}`);
      }
    }
  }
  expect([...protocol.methodByPath.keys()].sort()).toEqual(paths.sort());
});

test('[AUTH5] the methods without a token are exactly six', () => {
  const anonymous = [...protocol.methodByPath.values()].filter((method) => method.anonymous);
  expect(anonymous.map(({ name }) => name).sort()).toEqual([
    'CreateGuest',
    'ListPublicRooms',
    'Login',
    'PreviewRoom',
    'RefreshSession',
    'Register',
  ]);
});

test('a method that makes something new each time is not called idempotent', () => {
  const once = ['CreateGuest', 'Register', 'Login', 'CreateRoom', 'CreateInvite', 'RotateCode'];
  for (const method of protocol.methodByPath.values()) {
    if (once.includes(method.name))
      expect([method.name, method.idempotent]).toEqual([method.name, false]);
  }
  expect(protocol.methodByPath.get('chat.v1.MessageService/SendMessage')?.idempotent).toBe(true);
  expect(protocol.methodByPath.get('constructor')).toBeUndefined();
});

test('only uploads may be larger than a frame', () => {
  const larger = [...protocol.methodByPath.values()].filter(
    (method) => method.maxRequestBytes > protocol.LIMITS.maxFrameBytes,
  );
  expect(larger.map(({ path }) => path)).toEqual(['chat.v1.MediaService/UploadMedia']);
});

test('the descriptor files are all there, dependencies first', () => {
  const files = rawFileDescriptors();
  const total = files.reduce((bytes, file) => bytes + file.length, 0);
  expect(total).toBeGreaterThan(descriptorSet().length * 0.95);
  expect(files.length).toBeGreaterThan(20);
});
