import { AuthServiceDefinition, RoomServiceDefinition } from '@chat/protocol';
import { createGrpcClient } from '@chat/protocol/grpc';
import { mapParallel } from '../load/open-loop.ts';

/** A guest of the bench. */
export interface BenchPerson {
  readonly token: string;
}

/** Guests and rooms, made directly at the server. */
export interface People {
  /** Makes guests. */
  guests(count: number): Promise<readonly BenchPerson[]>;
  /** Makes a public room and lets all of them join; answers its id. */
  room(name: string, members: readonly BenchPerson[]): Promise<string>;
  close(): void;
}

/** Names are unique on a server, over all that make people there. */
let made = 0;
/** Enough to share commits. */
const PARALLEL_CALLS = 64;

/** Connects to the server. */
export function createPeople(grpcAddress: string): People {
  const auth = createGrpcClient(AuthServiceDefinition, grpcAddress);
  const rooms = createGrpcClient(RoomServiceDefinition, grpcAddress);
  return {
    guests: (count) =>
      mapParallel(count, PARALLEL_CALLS, async () => {
        made += 1;
        const { session } = await auth.createGuest({
          displayName: `Guest ${made}`,
          client: 'bench',
        });
        return { token: session?.accessToken ?? '' };
      }),
    async room(name, members) {
      const [owner, ...others] = members;
      if (owner === undefined) throw new RangeError('a room needs a member');
      const { room } = await rooms.createRoom({ name }, as(owner));
      const roomId = room?.roomId ?? '';
      await mapParallel(others.length, PARALLEL_CALLS, async (index) => {
        const member = others[index];
        if (member !== undefined)
          await rooms.joinRoom({ target: { $case: 'roomId', value: roomId } }, as(member));
      });
      return roomId;
    },
    close() {
      auth.close();
      rooms.close();
    },
  };
}

function as(person: BenchPerson) {
  return { metadata: { authorization: `Bearer ${person.token}` } };
}
