import { expect, test } from '@jest/globals';
import { AuthServiceDefinition, RoomServiceDefinition } from '@chat/protocol';
import { ENTRY_AUTH, ENTRY_ROOMS } from './entry-methods.ts';

test('the methods of the first page are those of the services', () => {
  expect(AuthServiceDefinition).toMatchObject(ENTRY_AUTH);
  expect(RoomServiceDefinition).toMatchObject(ENTRY_ROOMS);
});
