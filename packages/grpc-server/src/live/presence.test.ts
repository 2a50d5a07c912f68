import { beforeEach, describe, expect, test } from '@jest/globals';
import { PresenceStatus, type RoomId, type UserId } from '@chat/protocol';
import { createManualTime, type ManualTime } from './manual-timers.ts';
import { PresenceBroadcast, PRESENCE_GATHER_MS } from './presence-broadcast.ts';
import { PresenceRegistry, type UserPresence } from './presence.ts';

const ROOM = 'r' as RoomId;
const OTHER = 'other' as RoomId;
const ANNA = { userId: 'anna' as UserId, displayName: 'Anna' };

describe('PresenceRegistry', () => {
  let time: ManualTime;
  let told: string[];
  let rooms: PromiseWithResolvers<readonly RoomId[]>;
  let registry: PresenceRegistry;
  beforeEach(() => {
    time = createManualTime();
    told = [];
    rooms = Promise.withResolvers();
    registry = new PresenceRegistry({
      clock: time,
      timers: time,
      graceMs: 8_000,
      roomsOf: () => rooms.promise,
      onChange: (roomId, { userId, status }) => told.push(`${roomId} ${userId} ${status}`),
    });
  });
  async function loaded(...roomIds: RoomId[]): Promise<void> {
    rooms.resolve(roomIds);
    await rooms.promise;
    await Promise.resolve();
  }

  test('[EPH2] a user is told to its rooms once, and gone 8 s after the last lease was lost', async () => {
    const [phone, desk] = [{}, {}];
    registry.hold(ANNA, phone, PresenceStatus.ONLINE);
    registry.hold(ANNA, desk, PresenceStatus.ONLINE);
    await loaded(ROOM);
    expect(told).toEqual([`r anna ${PresenceStatus.ONLINE}`]);
    registry.release(ANNA.userId, phone, false);
    registry.release(ANNA.userId, desk, false);
    time.advance(7_999);
    expect(registry.inRoom(ROOM, 10).count).toBe(1);
    time.advance(1);
    expect(registry.inRoom(ROOM, 10)).toEqual({ presences: [], count: 0 });
    expect(told.slice(1)).toEqual([`r anna ${PresenceStatus.OFFLINE}`]);
    expect(registry.size).toBe(0);
  });

  test('[EPH2] a user who comes back within the grace never went', async () => {
    registry.hold(ANNA, 'a' as never, PresenceStatus.ONLINE);
    await loaded(ROOM);
    registry.release(ANNA.userId, 'a' as never, false);
    time.advance(5_000);
    registry.hold(ANNA, 'b' as never, PresenceStatus.ONLINE);
    time.advance(60_000);
    expect(told).toEqual([`r anna ${PresenceStatus.ONLINE}`]);
  });

  test('the most telling device decides; invisible counts as not there', async () => {
    const [phone, desk] = [{}, {}];
    registry.hold(ANNA, phone, PresenceStatus.AWAY);
    registry.hold(ANNA, desk, PresenceStatus.DO_NOT_DISTURB);
    await loaded(ROOM);
    expect(registry.statusOf(ANNA.userId)).toBe(PresenceStatus.DO_NOT_DISTURB);
    registry.hold(ANNA, desk, PresenceStatus.OFFLINE);
    expect(registry.statusOf(ANNA.userId)).toBe(PresenceStatus.AWAY);
    registry.hold(ANNA, phone, PresenceStatus.OFFLINE);
    expect(registry.inRoom(ROOM, 10).count).toBe(0);
  });

  test('rooms come and go by membership, also while the list is read', async () => {
    registry.hold(ANNA, {}, PresenceStatus.ONLINE);
    registry.left(ANNA.userId, OTHER);
    registry.joined(ANNA.userId, ROOM);
    await loaded(ROOM, OTHER);
    expect(registry.inRoom(ROOM, 10).count).toBe(1);
    expect(registry.inRoom(OTHER, 10).count).toBe(0);
    registry.left(ANNA.userId, ROOM);
    expect(registry.inRoom(ROOM, 10).count).toBe(0);
    registry.joined('stranger' as UserId, ROOM);
    expect(registry.size).toBe(1);
  });

  test('a snapshot names at most so many and counts all', async () => {
    for (let index = 0; index < 250; index += 1) {
      registry.hold({ userId: `u${index}` as UserId, displayName: 'x' }, {}, PresenceStatus.ONLINE);
    }
    await loaded(ROOM);
    const { presences, count } = registry.inRoom(ROOM, 200);
    expect([presences.length, count]).toEqual([200, 250]);
  });
});

describe('PresenceBroadcast', () => {
  const presence = (userId: string, status: PresenceStatus): UserPresence => ({
    userId: userId as UserId,
    displayName: userId,
    status,
    lastSeenMs: undefined,
  });

  test('[G22] changes of one user within a gathering are one', () => {
    const time = createManualTime();
    const sent: string[] = [];
    const broadcast = new PresenceBroadcast(
      time,
      () => 3,
      (_room, { userId, status }) => sent.push(`${userId} ${status}`),
    );
    broadcast.add(ROOM, presence('anna', PresenceStatus.ONLINE));
    broadcast.add(ROOM, presence('bert', PresenceStatus.ONLINE));
    broadcast.add(ROOM, presence('anna', PresenceStatus.AWAY));
    expect(sent).toEqual([]);
    time.advance(PRESENCE_GATHER_MS);
    expect(sent).toEqual([`bert ${PresenceStatus.ONLINE}`, `anna ${PresenceStatus.AWAY}`]);
  });

  test('[G22] a large room hears slower, and never more than 200 changes late', () => {
    const time = createManualTime();
    let sent = 0;
    const broadcast = new PresenceBroadcast(
      time,
      () => 1_000,
      () => (sent += 1),
    );
    for (let index = 0; index < 1_000; index += 1) {
      broadcast.add(ROOM, presence(`u${index}`, PresenceStatus.ONLINE));
    }
    time.advance(PRESENCE_GATHER_MS);
    expect(sent).toBe(2);
    time.advance(PRESENCE_GATHER_MS * 1_000);
    expect(sent).toBe(200);
  });

  test('a room that nobody receives costs nothing', () => {
    const time = createManualTime();
    const broadcast = new PresenceBroadcast(
      time,
      () => 0,
      () => {
        throw new Error('nobody is there');
      },
    );
    broadcast.add(ROOM, presence('anna', PresenceStatus.ONLINE));
    time.advance(PRESENCE_GATHER_MS);
  });
});
