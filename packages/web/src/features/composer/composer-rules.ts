/** Code points the server accepts in a message. */
export const MAX_MESSAGE_LENGTH = 4_000;

/** Length as the server counts it. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** True for the Enter that sends: without Shift, and not the one that ends a word of an input method. */
export function shouldSend(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'isComposing' | 'keyCode'>,
): boolean {
  // 229 is the key code of input methods; Safari ends the composition before it tells the key.
  return (
    event.key === 'Enter' &&
    !event.shiftKey &&
    !event.altKey &&
    !event.isComposing &&
    event.keyCode !== 229
  );
}
