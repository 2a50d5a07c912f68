/** What the edge reports for metrics. */
export interface EdgeEvents {
  linkUp(): void;
  linkDown(): void;
  /** A batch of a room with so many entries came down the link. */
  batchReceived(entries: number): void;
  /** A room was given up for a slow stream; its client pulls. */
  roomLagged(): void;
  /** A batch did not continue a session's position: invariant-violation of the server. */
  gapFound(): void;
}

/** Counts nothing. */
export const silentEdgeEvents: EdgeEvents = {
  linkUp: () => undefined,
  linkDown: () => undefined,
  batchReceived: () => undefined,
  roomLagged: () => undefined,
  gapFound: () => undefined,
};
