import type { CancelTimer, Clock } from '../ports/clock.ts';

const SLOTS = 10;
const SLOT_MS = 100;

/** One timer for all connections: each member ticks once a second, spread over ten slots. */
export interface TimerWheel {
  /** The tick must not throw. The returned function removes the member. */
  add(tick: () => void): () => void;
  readonly members: number;
}

/** The wheel turns only while it has members. */
export function createTimerWheel(clock: Clock): TimerWheel {
  const slots = Array.from({ length: SLOTS }, () => new Set<() => void>());
  let members = 0;
  let nextSlot = 0;
  let current = 0;
  let cancel: CancelTimer | undefined;

  const turn = (): void => {
    current = (current + 1) % SLOTS;
    for (const tick of slots[current] ?? []) tick();
    cancel = members > 0 ? clock.after(SLOT_MS, turn) : undefined;
  };

  return {
    add(tick) {
      const slot = slots[nextSlot];
      nextSlot = (nextSlot + 1) % SLOTS;
      slot?.add(tick);
      members += 1;
      cancel ??= clock.after(SLOT_MS, turn);
      return () => {
        if (slot?.delete(tick) !== true) return;
        members -= 1;
        if (members > 0) return;
        cancel?.();
        cancel = undefined;
      };
    },
    get members() {
      return members;
    },
  };
}
