/** Makes a forgotten arm of a union a type error; throws when it is reached anyway. */
export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
