import { nameKey } from './name-key.ts';

// Names that speak for the system, address groups, or mean something to software.
const RESERVED: ReadonlySet<string> = new Set(
  `admin administrator root system support moderator mod owner staff official security help server bot
   gateway deleted everyone here channel all room online anonymous unknown null undefined nan true false
   __proto__ constructor prototype con prn aux nul com1 lpt1 . ..`
    .split(/\s+/)
    .map(nameKey),
);

/** True when a name with this key may not be taken by anyone. */
export function isReservedName(key: string): boolean {
  return RESERVED.has(key);
}
