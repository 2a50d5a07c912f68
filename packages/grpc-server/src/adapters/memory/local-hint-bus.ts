import type { HintBus } from '../../ports/hint-bus.ts';

/** The bus of a single server: there is nobody else to tell, and nothing comes in. */
export function createLocalHintBus(): HintBus {
  return {
    publish: () => undefined,
    subscribe: () => () => undefined,
    close: () => Promise.resolve(),
  };
}
