/** What one direction of a call may still carry, in bytes. May be overdrawn by one message. */
export interface ByteWindow {
  readonly open: boolean;
  /** Takes the cost of a message that was sent. */
  take(cost: number): void;
  /** Adds what the other side granted. */
  grant(credit: number): void;
}

/** The sender's window. */
export function createByteWindow(initial: number): ByteWindow {
  let left = initial;
  return {
    get open() {
      return left > 0;
    },
    take(cost) {
      left -= cost;
    },
    grant(credit) {
      left += credit;
    },
  };
}

/** The receiver's side: says how much to grant. */
export interface CreditMeter {
  /** A message of this cost arrived. */
  arrived(cost: number): void;
  /** The application consumed the oldest message; answers the credit to grant now, 0 = none yet. */
  consumed(): number;
}

/** Grants when half of the window has been consumed, so that credit frames are few and the sender never stalls. */
export function createCreditMeter(initial: number): CreditMeter {
  const waiting: number[] = [];
  let gathered = 0;
  return {
    arrived(cost) {
      waiting.push(cost);
    },
    consumed() {
      gathered += waiting.shift() ?? 0;
      if (gathered * 2 < initial) return 0;
      const credit = gathered;
      gathered = 0;
      return credit;
    },
  };
}
