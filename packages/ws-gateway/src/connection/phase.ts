/** Life of a connection. */
export type ConnectionPhase = 'awaitingHello' | 'authenticating' | 'open' | 'draining' | 'closed';

export type ConnectionEvent = 'hello' | 'accepted' | 'goAway' | 'close';

const TRANSITIONS: Readonly<
  Record<ConnectionPhase, Readonly<Partial<Record<ConnectionEvent, ConnectionPhase>>>>
> = {
  awaitingHello: { hello: 'authenticating', close: 'closed' },
  authenticating: { accepted: 'open', close: 'closed' },
  open: { goAway: 'draining', close: 'closed' },
  draining: { close: 'closed' },
  closed: {},
};

/** The next phase; undefined = the event does not belong here. */
export function nextPhase(
  phase: ConnectionPhase,
  event: ConnectionEvent,
): ConnectionPhase | undefined {
  return TRANSITIONS[phase][event];
}
