/** Largest window that grants can add up to. */
const MAX_WINDOW = 2 ** 31;

/** What the client is ready to receive. May be overdrawn by one message. */
export interface SendWindow {
  /** True while a message may be sent. */
  readonly open: boolean;
  spend(cost: number): void;
  /** Gives back what was never sent, or adds what the client granted. */
  grant(credit: number): void;
}

export function createSendWindow(initialCredit: number): SendWindow {
  let available = initialCredit;
  return {
    get open() {
      return available > 0;
    },
    spend(cost) {
      available -= cost;
    },
    grant(credit) {
      available = Math.min(MAX_WINDOW, available + credit);
    },
  };
}

/** What the gateway is ready to receive. */
export interface ReceiveWindow {
  /** Takes a message in; false = the client had no window left. */
  receive(cost: number): boolean;
  /** The message has been consumed; returns the credit to grant now, 0 = wait until half a window is gathered. */
  consume(cost: number): number;
}

export function createReceiveWindow(initialCredit: number): ReceiveWindow {
  let available = initialCredit;
  let consumed = 0;
  return {
    receive(cost) {
      if (available <= 0) return false;
      available -= cost;
      return true;
    },
    consume(cost) {
      consumed += cost;
      if (consumed * 2 < initialCredit) return 0;
      const credit = consumed;
      consumed = 0;
      available += credit;
      return credit;
    },
  };
}
