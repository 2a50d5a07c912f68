/**
 * Makes ids in order: `room-00000001`, `room-00000002`, …
 * Long enough to be a client_message_id, whatever the prefix.
 */
export function createSequentialIds(prefix = 'id'): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${prefix}-${String(last).padStart(8, '0')}`;
  };
}
