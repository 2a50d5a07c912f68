/** Ends a switch over a closed union. Throws when a value outside the type arrives. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${String(value)}`);
}
