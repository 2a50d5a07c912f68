export { launchBrowser } from './browser.ts';
export { finishesCleanly } from './finishes-cleanly.ts';
export { createManualClock, type ManualClock } from './manual-clock.ts';
export { createSeededRandom, type SeededRandom } from './seeded-random.ts';
export { createSequentialIds } from './sequential-ids.ts';
export {
  createSocketPair,
  type PairEnd,
  type PairHandlers,
  type SocketPair,
} from './socket-pair.ts';
export { waitFor } from './wait-for.ts';
