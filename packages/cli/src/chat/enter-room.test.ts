import { ChatClientError, type RoomView } from '@chat/client';
import { expect, test } from '@jest/globals';
import type { RoomTarget } from '../args/room-target.ts';
import { enterRoom, type RoomDoors } from './enter-room.ts';
import { toCliError } from './to-cli-error.ts';

/** Doors that know some names and codes, and say what was asked of them. */
function createDoors(known: { names?: string[]; codes?: string[]; takenAtCreate?: boolean }) {
  const asked: string[] = [];
  const names = new Set(known.names);
  const codes = new Set(known.codes);
  // Only the id is looked at.
  const view = (roomId: string) => ({ roomId }) as RoomView;
  const doors: RoomDoors = {
    join: async (target, password) => {
      asked.push(`join ${JSON.stringify(target)} ${password ?? '-'}`);
      if ('name' in target && names.has(target.name)) return view(`name ${target.name}`);
      if ('code' in target && codes.has(target.code)) return view(`code ${target.code}`);
      throw new ChatClientError('NOT_FOUND');
    },
    create: async ({ name, password }) => {
      asked.push(`create ${name} ${password ?? '-'}`);
      if (known.takenAtCreate === true) {
        names.add(name);
        throw new ChatClientError('NAME_TAKEN');
      }
      return view(`new ${name}`);
    },
  };
  return { doors, asked };
}

const ENTRIES: readonly (readonly [
  string,
  RoomTarget,
  Parameters<typeof createDoors>[0],
  string,
])[] = [
  ['an existing name is joined', { kind: 'name', name: 'a' }, { names: ['a'] }, 'name a'],
  ['an unknown name is made', { kind: 'name', name: 'a' }, {}, 'new a'],
  [
    'a name made meanwhile is joined',
    { kind: 'name', name: 'a' },
    { takenAtCreate: true },
    'name a',
  ],
  ['a code is joined', { kind: 'code', code: 'C' }, { codes: ['C'] }, 'code C'],
  [
    'of both, the name wins',
    { kind: 'name-or-code', text: 'X' },
    { names: ['X'], codes: ['X'] },
    'name X',
  ],
  ['without the name, the code', { kind: 'name-or-code', text: 'X' }, { codes: ['X'] }, 'code X'],
];

test.each(ENTRIES)('%s', async (_title, target, known, entered) => {
  expect((await enterRoom(createDoors(known).doors, target, undefined)).roomId).toBe(entered);
});

test('a mistyped code makes no room', async () => {
  const { doors, asked } = createDoors({});
  await expect(enterRoom(doors, { kind: 'name-or-code', text: 'X' }, 'p')).rejects.toMatchObject({
    kind: 'refused',
    code: 'NOT_FOUND',
  });
  expect(asked).toEqual(['join {"name":"X"} p', 'join {"code":"X"} p']);
});

test('a password goes along, also into a room that is made', async () => {
  const { doors, asked } = createDoors({});
  await enterRoom(doors, { kind: 'name', name: 'a' }, 'p');
  expect(asked).toEqual(['join {"name":"a"} p', 'create a p']);
});

test('errors are told apart: nobody there, a refusal, a fault', () => {
  expect(toCliError(new ChatClientError('UNAVAILABLE')).kind).toBe('unreachable');
  expect(toCliError(new ChatClientError('DEADLINE')).kind).toBe('unreachable');
  expect(toCliError(new ChatClientError('WRONG_PASSWORD'))).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('--password'),
  });
  expect(toCliError(new TypeError('x')).kind).toBe('fault');
});
