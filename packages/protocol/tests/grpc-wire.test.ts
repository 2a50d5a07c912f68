import { connect } from 'node:http2';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GRPC_SERVER_OPTIONS, type Handlers, implementService } from '../src/grpc.ts';
import { AuthServiceDefinition, CreateGuestResponse } from '../src/index.ts';

// What no gRPC client would send, byte by byte, and what the door makes of it.

type AuthHandlers = Handlers<typeof AuthServiceDefinition>;
const HANDLERS: AuthHandlers = {
  createGuest: async () => CreateGuestResponse.fromPartial({}),
  register: 'unimplemented',
  login: 'unimplemented',
  refreshSession: 'unimplemented',
  logout: 'unimplemented',
  getSession: 'unimplemented',
  listSessions: 'unimplemented',
  revokeSession: 'unimplemented',
  changePassword: 'unimplemented',
};

let server: Server;
let origin: string;

beforeAll(async () => {
  server = new Server(GRPC_SERVER_OPTIONS);
  implementService(server, AuthServiceDefinition, HANDLERS);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  origin = `http://127.0.0.1:${await promise}`;
});
afterAll(() => server.forceShutdown());

const PATH = '/chat.v1.AuthService/CreateGuest';
const EMPTY = '0000000000';

interface Answer {
  readonly http: number | undefined;
  readonly grpc: number | undefined;
}

function post(headers: Record<string, string>, bodyHex: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const session = connect(origin);
  session.on('error', reject);
  const stream = session.request({
    ':method': 'POST',
    ':path': PATH,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  let http: number | undefined;
  let grpc: number | undefined;
  const read = (fields: Record<string, unknown>) => {
    if (fields['grpc-status'] !== undefined) grpc = Number(fields['grpc-status']);
  };
  stream.on('response', (fields) => {
    http = fields[':status'];
    read(fields);
  });
  stream.on('trailers', read);
  stream.on('error', () => undefined);
  stream.on('close', () => {
    session.close();
    resolve({ http, grpc });
  });
  stream.resume();
  stream.end(Buffer.from(bodyHex, 'hex'));
  return promise;
}

const { INTERNAL, INVALID_ARGUMENT, OK, RESOURCE_EXHAUSTED, UNIMPLEMENTED } = status;

// INTERNAL stands where grpc-js answers before any of our code: a line that begins to fail here is good news.
const CASES: readonly [string, Record<string, string>, string, number | undefined][] = [
  ['an ordinary request', {}, EMPTY, OK],
  ['P1 a message cut in the middle of a field', {}, '00000000030a0541', INVALID_ARGUMENT],
  ['P11 a length of 4 GiB', {}, '00ffffffff', RESOURCE_EXHAUSTED],
  ['P11 a length above the limit', {}, '0000040001', RESOURCE_EXHAUSTED],
  ['P13 the compressed flag without an encoding', {}, '0100000003010203', INVALID_ARGUMENT],
  ['P13 gzip that is not gzip', { 'grpc-encoding': 'gzip' }, '0100000003010203', INTERNAL],
  ['P14 an unknown encoding in use', { 'grpc-encoding': 'zip' }, '0100000003010203', UNIMPLEMENTED],
  ['P15 no message', {}, '', UNIMPLEMENTED],
  ['P15 two messages', {}, EMPTY + EMPTY, UNIMPLEMENTED],
  ['P18 an unknown method', { ':path': '/chat.v1.AuthService/Nothing' }, EMPTY, UNIMPLEMENTED],
  ['P18 a path that climbs', { ':path': '/../../etc/passwd' }, EMPTY, UNIMPLEMENTED],
  ['P19 a deadline that is no number', { 'grpc-timeout': 'soon' }, EMPTY, INTERNAL],
  ['P19 a negative deadline, read by its digits', { 'grpc-timeout': '-1S' }, EMPTY, OK],
  ['P20 metadata of 9 KiB', { 'x-a': 'v'.repeat(9_000) }, EMPTY, RESOURCE_EXHAUSTED],
];

test.each(CASES)('[DOOR1] %s', async (_, headers, body, expected) => {
  expect((await post(headers, body)).grpc).toBe(expected);
});

test('[DOOR1] P16 JSON is not gRPC', async () => {
  expect((await post({ 'content-type': 'application/json' }, '7b7d')).http).toBe(415);
});
