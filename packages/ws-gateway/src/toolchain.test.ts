import { expect, test } from '@jest/globals';
import * as protocol from '@chat/protocol';
import { Metadata } from '@grpc/grpc-js';
import { DatabaseSync } from 'node:sqlite';
import { WebSocket } from 'ws';

test('grpc-js, ws, node:sqlite and the protocol load in one test', () => {
  expect(new Metadata().get('x')).toEqual([]);
  expect(WebSocket.OPEN).toBe(1);
  const db = new DatabaseSync(':memory:');
  expect(db.prepare('select sqlite_version() as v').get()).toMatchObject({ v: expect.any(String) });
  db.close();
  expect(protocol).toBeDefined();
});
