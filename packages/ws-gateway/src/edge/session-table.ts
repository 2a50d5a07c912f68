import { assertNever, CloseCode, ErrorCode, type relay } from '@chat/protocol';
import type { Clock } from '../ports/clock.ts';
import { type GateSession, SessionRefused, type SessionRequest } from '../ports/session-gate.ts';
import { DEFAULT_LANE_LIMITS, type LaneLimits } from './chat-lane.ts';
import type { EdgeEvents } from './edge-events.ts';
import { EdgeSession, type SessionContext } from './edge-session.ts';
import type { RelayLink } from './relay-link.ts';
import { createRoomFanout } from './room-fanout.ts';
import type { BuildEventFrame } from './room-frames.ts';

/** What the sessions of one link need. */
export interface SessionTableOptions {
  readonly link: RelayLink;
  readonly clock: Clock;
  readonly buildFrame: BuildEventFrame;
  readonly events: EdgeEvents;
  readonly maxSocketsPerUser: number;
  readonly laneLimits?: LaneLimits;
}

/** The sessions and rooms of one relay link. */
export interface SessionTable {
  open(
    request: SessionRequest,
    onClosed: (closeCode: number, reason: string) => void,
  ): Promise<GateSession>;
  readonly sessionCount: number;
  readonly roomCount: number;
}

/** Handles are unique in the process, so also on every stream of every link. */
let lastHandle = 0;

/** Starts the link and follows its records, one after the other, in the order of the stream. */
export function createSessionTable(options: SessionTableOptions): SessionTable {
  const { link, clock, events } = options;
  const sessions = new Map<number, EdgeSession>();
  const socketsOf = new Map<string, number>();
  const counted = new Set<EdgeSession>();

  const rooms = createRoomFanout({
    buildFrame: options.buildFrame,
    soon: (task) => clock.soon(task),
    onGap(cursor) {
      events.gapFound();
      sessions.get(cursor.lane.handle)?.chat?.reopenRoom(cursor);
    },
  });

  const context: SessionContext = {
    link,
    rooms,
    clock,
    laneLimits: options.laneLimits ?? DEFAULT_LANE_LIMITS,
    onLagging: () => events.roomLagged(),
    onGone(session) {
      sessions.delete(session.handle);
      if (!counted.delete(session)) return;
      const user = session.state.principal;
      const left = (socketsOf.get(user) ?? 1) - 1;
      if (left > 0) socketsOf.set(user, left);
      else socketsOf.delete(user);
    },
  };

  const follow = ({ record }: relay.ServerRecord): void => {
    switch (record?.$case) {
      case undefined:
        return; // a kind of record that only a newer server knows
      case 'attached':
        sessions.get(record.value.session)?.attached(record.value);
        return;
      case 'sessionClosed': {
        const { session, closeCode, reason } = record.value;
        sessions.get(session)?.closedByServer(closeCode, reason);
        return;
      }
      case 'sessionEvent':
        sessions.get(record.value.session)?.chat?.event(record.value);
        return;
      case 'roomJoin': {
        const { session, roomId, afterSeq } = record.value;
        sessions.get(session)?.chat?.join(roomId, Number(afterSeq));
        return;
      }
      case 'roomLeave':
        sessions.get(record.value.session)?.chat?.leave(record.value.roomId);
        return;
      case 'roomBatch': {
        const { roomId, firstSeq, lastSeq, event } = record.value;
        events.batchReceived(Number(lastSeq - firstSeq) + 1);
        rooms.pushBatch(roomId, { firstSeq: Number(firstSeq), lastSeq: Number(lastSeq), event });
        return;
      }
      case 'roomSignal': {
        const { roomId, key, event, exceptSession } = record.value;
        rooms.pushSignal(roomId, { key, event, exceptHandle: exceptSession });
        return;
      }
      case 'chatEnded':
        sessions.get(record.value.session)?.chatEnded(record.value);
        return;
      default:
        assertNever(record);
    }
  };

  link.start({
    onUp() {
      events.linkUp();
      for (const session of sessions.values()) session.linkUp();
    },
    onRecords(records) {
      for (const record of records) follow(record);
    },
    onDown() {
      events.linkDown();
      rooms.clear();
      for (const session of sessions.values()) session.linkDown();
    },
  });

  const count = (session: EdgeSession): boolean => {
    const user = session.state.principal;
    const sockets = (socketsOf.get(user) ?? 0) + 1;
    if (sockets > options.maxSocketsPerUser) return false;
    socketsOf.set(user, sockets);
    counted.add(session);
    return true;
  };

  return {
    async open(request, onClosed) {
      lastHandle += 1;
      const session = new EdgeSession(lastHandle, request, onClosed, context);
      sessions.set(session.handle, session);
      await session.attach();
      // The sockets that a user already has are kept, the new one is refused (W18).
      if (!count(session)) {
        session.close(false);
        throw new SessionRefused(CloseCode.TOO_MANY_CONNECTIONS, ErrorCode.LIMIT);
      }
      return session;
    },
    get sessionCount() {
      return sessions.size;
    },
    get roomCount() {
      return rooms.roomCount;
    },
  };
}
