/** The time. Two clocks, since the wall clock may step. */
export interface Clock {
  /** Wall clock in milliseconds since 1970. For display and expiry dates only, never for order. */
  nowMs(): number;
  /** Milliseconds since some start; never goes back. For timers, rates and grace periods. */
  monotonicMs(): number;
}
