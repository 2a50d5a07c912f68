import type { GetToken } from '../chat/chat-client-api.ts';
import { type Clock, systemClock } from '../clock.ts';
import { ChatClientError } from '../errors.ts';
import type { Auth, Tokens } from './auth.ts';

/** A token this close to its end is exchanged before it is used. */
const MARGIN_MS = 15_000;

/** Settings of `createTokenSource`. */
export interface TokenSourceOptions {
  readonly tokens: Tokens;
  readonly refresh: Auth['refresh'];
  /** Keeps new tokens; finished before they are used, so that a crash never leaves only a used one behind. */
  readonly save?: (tokens: Tokens) => void | Promise<void>;
  readonly clock?: Clock;
}

/**
 * Keeps a login alive: gives the access token while it lives and exchanges the refresh token when it does not.
 * Answers undefined when the login has ended. One exchange at a time, whoever asks.
 */
export function createTokenSource(options: TokenSourceOptions): GetToken {
  const clock = options.clock ?? systemClock;
  let { tokens } = options;
  let takenAtMs = clock.monotonicMs();
  let exchanging: Promise<string | undefined> | undefined;

  const exchange = async (): Promise<string | undefined> => {
    try {
      const next = (await options.refresh(tokens.refreshToken)).tokens;
      await options.save?.(next);
      tokens = next;
      takenAtMs = clock.monotonicMs();
      return tokens.accessToken;
    } catch (error) {
      if (
        error instanceof ChatClientError &&
        error.reason !== 'TOKEN_EXPIRED' &&
        error.code === 16
      ) {
        return undefined;
      }
      throw error;
    }
  };

  return async ({ refresh }) => {
    const ageMs = clock.monotonicMs() - takenAtMs;
    const { accessToken, accessExpiresInMs } = tokens;
    const fresh = accessExpiresInMs === 0 || ageMs < accessExpiresInMs - MARGIN_MS;
    if (!refresh && fresh && accessToken !== '') return accessToken;
    exchanging ??= exchange().finally(() => {
      exchanging = undefined;
    });
    return exchanging;
  };
}
