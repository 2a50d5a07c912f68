import { expect, test } from '@jest/globals';
import { parseArgs } from './parse-args.ts';
import { parseRoom } from './room-target.ts';
import { parseServer } from './server-address.ts';

const SERVERS: readonly (readonly [string, unknown])[] = [
  ['localhost:50051', { kind: 'grpc', address: 'localhost:50051' }],
  ['localhost', { kind: 'grpc', address: 'localhost:50051' }],
  ['grpc://10.0.0.1:6000', { kind: 'grpc', address: '10.0.0.1:6000' }],
  ['[::1]:50051', { kind: 'grpc', address: '[::1]:50051' }],
  ['ws://localhost:8080', { kind: 'bridge', url: 'ws://localhost:8080/bridge' }],
  ['wss://chat.example/deep/bridge', { kind: 'bridge', url: 'wss://chat.example/deep/bridge' }],
  ['http://localhost:8080/', { kind: 'bridge', url: 'ws://localhost:8080/bridge' }],
  ['https://chat.example', { kind: 'bridge', url: 'wss://chat.example/bridge' }],
  ['https://chat.example/j/ABCD1234', { kind: 'bridge', url: 'wss://chat.example/bridge' }],
  ['ftp://x', undefined],
  ['host:0', undefined],
  ['host:70000', undefined],
  ['ws://user:pass@host', undefined],
  ['ws://host/?token=x', undefined],
  ['a b', undefined],
  ['', undefined],
];

test.each(SERVERS)('the server %j is read', (text, server) => {
  expect(parseServer(text)).toEqual(server);
});

const ROOMS: readonly (readonly [string, unknown])[] = [
  ['general', { kind: 'name', name: 'general' }],
  ['#general', { kind: 'name', name: 'general' }],
  ['#K7QM2XPA', { kind: 'name', name: 'K7QM2XPA' }],
  ['K7QM2XPA', { kind: 'name-or-code', text: 'K7QM2XPA' }],
  ['K7QM-2XPA', { kind: 'name-or-code', text: 'K7QM-2XPA' }],
  ['standard', { kind: 'name', name: 'standard' }],
  ['/j/k7qm2xpa', { kind: 'code', code: 'k7qm2xpa' }],
  ['https://chat.example/j/K7QM2XPA', { kind: 'code', code: 'K7QM2XPA' }],
  ['  ', undefined],
  ['#', undefined],
];

test.each(ROOMS)('the room %j is read', (text, room) => {
  expect(parseRoom(text)).toEqual(room);
});

test('name, room and server are enough', () => {
  expect(parseArgs(['Alice', 'general', 'localhost:50051'], {}, '1.2.3')).toEqual({
    kind: 'run',
    options: {
      name: 'Alice',
      room: { kind: 'name', name: 'general' },
      server: { kind: 'grpc', address: 'localhost:50051' },
      password: undefined,
      json: false,
      follow: false,
      historyCount: 20,
    },
  });
});

test('the environment gives what the command line does not', () => {
  const parsed = parseArgs(
    ['Alice'],
    { CHAT_ROOM_PASSWORD: 'p', CHAT_SERVER: 'ws://h:1' },
    '1.2.3',
  );
  expect(parsed).toMatchObject({
    options: { password: 'p', server: { kind: 'bridge', url: 'ws://h:1/bridge' } },
  });
  expect(parseArgs(['Alice', '-p', 'q'], { CHAT_ROOM_PASSWORD: 'p' }, '1')).toMatchObject({
    options: { password: 'q' },
  });
});

test('help and version go to stdout with exit code 0', () => {
  expect(parseArgs(['--version'], {}, '1.2.3')).toMatchObject({ exitCode: 0, stdout: '1.2.3\n' });
  const help = parseArgs(['--help'], {}, '1.2.3');
  expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Exit codes:') });
});

test.each([
  [[]],
  [['A', 'r', 'ftp://x']],
  [['A', '--history', '-1']],
  [['A', '--nonsense']],
  [['A', 'r', 's', 'too', 'many']],
])('the wrong command line %j ends with exit code 2 and a text on stderr', (argv) => {
  const parsed = parseArgs(argv, {}, '1.2.3');
  expect(parsed).toMatchObject({ kind: 'stop', exitCode: 2, stdout: '' });
  expect(parsed.kind === 'stop' && parsed.stderr).toBeTruthy();
});
