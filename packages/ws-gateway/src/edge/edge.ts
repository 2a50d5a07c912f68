import { ErrorCode, ProtocolError } from '@chat/protocol';
import type { Clock } from '../ports/clock.ts';
import type { OpenEdgeCall } from '../ports/edge-call.ts';
import type { Log } from '../ports/log.ts';
import { forwardingSession, type SessionGate, type SessionRequest } from '../ports/session-gate.ts';
import type { LaneLimits } from './chat-lane.ts';
import type { EdgeEvents } from './edge-events.ts';
import { EdgeSession } from './edge-session.ts';
import { createRelayLink, type RelayLink } from './relay-link.ts';
import type { OpenRelayStream } from './relay-stream.ts';
import type { BuildEventFrame } from './room-frames.ts';
import { createSessionTable, type SessionTable } from './session-table.ts';

/** What the edge needs. */
export interface EdgeOptions {
  /** Chat servers that all serve the same store. */
  readonly addresses: readonly string[];
  readonly openStream: OpenRelayStream;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly events: EdgeEvents;
  readonly buildFrame: BuildEventFrame;
  readonly maxSocketsPerUser: number;
  readonly laneLimits?: LaneLimits;
}

/** The chat at the edge: who may have a session, and the chat stream of each socket. */
export interface Edge {
  readonly gate: SessionGate;
  /** Serves chat.v1.ChatService/Chat. */
  readonly openChat: OpenEdgeCall;
  /** True while a relay link stands. */
  readonly connected: boolean;
  readonly sessionCount: number;
  readonly roomCount: number;
  close(): void;
}

interface EdgeLink {
  readonly link: RelayLink;
  readonly table: SessionTable;
}

/** Starts the edge; it connects by itself and keeps connecting. */
export function createEdge(options: EdgeOptions): Edge {
  const links = [startLink(options)];

  return {
    gate: {
      open(request, onClosed) {
        // Anonymous sockets call the open methods; there is nobody to attach.
        if (request.token === '') return Promise.resolve(forwardingSession(''));
        return pickLink(links, request).table.open(request, onClosed);
      },
    },
    openChat(call) {
      if (call.session instanceof EdgeSession) return call.session.openChat(call);
      throw new ProtocolError(ErrorCode.UNAUTHENTICATED);
    },
    get connected() {
      return links.some(({ link }) => link.up);
    },
    get sessionCount() {
      return links.reduce((sum, { table }) => sum + table.sessionCount, 0);
    },
    get roomCount() {
      return links.reduce((sum, { table }) => sum + table.roomCount, 0);
    },
    close() {
      for (const { link } of links) link.close();
    },
  };
}

function startLink(options: EdgeOptions): EdgeLink {
  const link = createRelayLink({
    addresses: options.addresses,
    open: options.openStream,
    clock: options.clock,
    random: options.random,
    log: options.log,
  });
  const { clock, buildFrame, events, maxSocketsPerUser, laneLimits } = options;
  const limits = laneLimits === undefined ? {} : { laneLimits };
  const table = createSessionTable({
    link,
    clock,
    buildFrame,
    events,
    maxSocketsPerUser,
    ...limits,
  });
  return { link, table };
}

// One link with failover carries everything today. With several, this choice is all that
// changes: a session stays on its link, and rooms are kept per link.
function pickLink(links: readonly EdgeLink[], _request: SessionRequest): EdgeLink {
  const [first] = links;
  if (first === undefined) throw new Error('an edge has at least one link');
  return first;
}
