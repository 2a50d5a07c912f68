import { argon2, type Argon2Parameters, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ProtocolError } from '@chat/protocol';

/** Cost of one hash: 46 MiB, one pass, one lane; about 50 ms. */
export interface Argon2Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}
export const DEFAULT_ARGON2_COST: Argon2Cost = { memoryKib: 47_104, passes: 1, lanes: 1 };
/** Hashes at work: each holds 46 MiB and a thread of the pool. */
const MAX_IN_FLIGHT = 2;
/** Hashes that wait: at 50 ms each and two at work this is half a second. */
const MAX_WAITING = 20;
/** When to try again after the queue was full. */
const RETRY_AFTER_MS = 1_000;
const SALT_BYTES = 16;
const TAG_BYTES = 32;

/** Hashes and checks passwords off the event loop, a few at a time. Rejects with OVERLOADED when too many wait. */
export interface PasswordHasher {
  /** PHC string of the password. */
  hash(password: string): Promise<string>;
  /** Whether the password belongs to the PHC string; undefined = no account, which takes as long and is false. */
  verify(password: string, phc: string | undefined): Promise<boolean>;
}

const derive = promisify(argon2);

/** argon2id of node's own crypto. */
export function createPasswordHasher(cost: Argon2Cost = DEFAULT_ARGON2_COST): PasswordHasher {
  const slots = createSlots();
  // A hash that no password has, so that unknown users cost the same.
  const dummy = encodePhc(cost, Buffer.alloc(SALT_BYTES), Buffer.alloc(TAG_BYTES));
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const tag = await slots(() => derive('argon2id', parametersOf(cost, password, salt)));
      return encodePhc(cost, salt, tag);
    },
    async verify(password, phc) {
      const stored = decodePhc(phc ?? dummy);
      if (stored === undefined) return false;
      const tag = await slots(() =>
        derive('argon2id', parametersOf(stored.cost, password, stored.salt)),
      );
      return timingSafeEqual(tag, stored.tag) && phc !== undefined;
    },
  };
}

function createSlots(): <T>(work: () => Promise<T>) => Promise<T> {
  let inFlight = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (inFlight >= MAX_IN_FLIGHT) {
      if (waiting.length >= MAX_WAITING) {
        throw new ProtocolError('OVERLOADED', { retryAfterMs: RETRY_AFTER_MS });
      }
      await new Promise<void>((resolve) => waiting.push(resolve)); // the slot is handed over
    } else {
      inFlight += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) inFlight -= 1;
      else next();
    }
  };
}

function parametersOf(cost: Argon2Cost, password: string, salt: Uint8Array): Argon2Parameters {
  return {
    message: password,
    nonce: salt,
    parallelism: cost.lanes,
    tagLength: TAG_BYTES,
    memory: cost.memoryKib,
    passes: cost.passes,
  };
}

function encodePhc(cost: Argon2Cost, salt: Buffer, tag: Buffer): string {
  const { memoryKib, passes, lanes } = cost;
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`;
}

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22})\$([\w+/]{43})$/;

function decodePhc(phc: string) {
  const [, memory, passes, lanes, salt, tag] = PHC.exec(phc) ?? [];
  if (salt === undefined || tag === undefined) return undefined;
  return {
    cost: { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
