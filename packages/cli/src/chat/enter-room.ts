import { ChatClientError, type Rooms, type RoomView } from '@chat/client';
import type { RoomTarget } from '../args/room-target.ts';
import { CliError } from './cli-error.ts';

/** What entering needs of the SDK. */
export type RoomDoors = Pick<Rooms, 'join' | 'create'>;

/** Joins by name or code. A named public room that does not exist is made, with the password if one is given. */
export async function enterRoom(
  rooms: RoomDoors,
  target: RoomTarget,
  password: string | undefined,
): Promise<RoomView> {
  switch (target.kind) {
    case 'code':
      return rooms.join({ code: target.code }, password);
    case 'name':
      return (
        (await tryJoin(rooms, { name: target.name }, password)) ??
        make(rooms, target.name, password)
      );
    case 'name-or-code': {
      const room =
        (await tryJoin(rooms, { name: target.text }, password)) ??
        (await tryJoin(rooms, { code: target.text }, password));
      if (room !== undefined) return room;
      // Making a room out of a mistyped code would look like success.
      throw new CliError(
        'refused',
        'NOT_FOUND',
        `no room has the code or name ${target.text} (write #${target.text} to make it)`,
      );
    }
  }
}

async function make(
  rooms: RoomDoors,
  name: string,
  password: string | undefined,
): Promise<RoomView> {
  try {
    return await rooms.create({ name, ...(password === undefined ? {} : { password }) });
  } catch (error) {
    // Somebody else was faster: then it can be joined.
    if (reasonOf(error) === 'NAME_TAKEN') return rooms.join({ name }, password);
    throw error;
  }
}

async function tryJoin(
  rooms: RoomDoors,
  target: { readonly name: string } | { readonly code: string },
  password: string | undefined,
): Promise<RoomView | undefined> {
  try {
    return await rooms.join(target, password);
  } catch (error) {
    if (reasonOf(error) === 'NOT_FOUND') return undefined;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof ChatClientError ? error.reason : '';
}
