import { expect, test } from '@jest/globals';
import { createMetrics } from './events.ts';

test('what is counted can be read, also twice, and gateways do not mix', async () => {
  const metrics = createMetrics();
  const other = createMetrics();
  metrics.observe({ sessions: () => 3, rooms: () => 2 });
  metrics.events.framesWritten(10, 1000);
  metrics.events.framesWritten(5, 500);
  metrics.events.batchReceived(7);
  metrics.events.connectionClosed(4000);
  metrics.events.connectionClosed(3333);
  await metrics.text();
  const text = await metrics.text();
  expect(text).toContain('gateway_socket_writes_total 2\n');
  expect(text).toContain('gateway_frames_written_total 15\n');
  expect(text).toContain('gateway_room_entries_total 7\n');
  expect(text).toContain('gateway_sessions 3\n');
  expect(text).toContain('gateway_connections_closed_total{code="4000"} 1\n');
  expect(text).toContain('gateway_connections_closed_total{code="other"} 1\n');
  expect(await other.text()).toContain('gateway_frames_written_total 0\n');
});
