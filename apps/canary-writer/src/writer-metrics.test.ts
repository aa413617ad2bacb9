import { expect, it } from '@jest/globals';
import { Registry } from '@uns/service';
import { WriterMetrics } from './writer-metrics.ts';

it('OBS-01 shows what an alert watches before it has happened for the first time', async () => {
  const registry = new Registry();
  const metrics = new WriterMetrics(registry, { testMode: false });
  const text = await registry.metrics();
  for (const line of [
    'uns_canary_requests_total{service="saf",path="/storeData",outcome="rateLimited"} 0',
    'uns_canary_requests_total{service="saf",path="/getSessionToken",outcome="unauthorised"} 0',
    'uns_writer_attempts_total{outcome="timeout"} 0',
    'uns_writer_given_back_total{why="circuit-open"} 0',
    'uns_writer_receipts_total{result="failed"} 0',
    'uns_writer_tags_total{outcome="failed",reason=""} 0',
    'uns_canary_session_state{state="closed"} 1',
    'uns_canary_test_mode 0',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  metrics.index({
    event: 'built',
    series: 'Secil',
    stats: { tags: 3, bytes: 100, conflicts: 0, datasets: [], ignored: 0 },
    ms: 1,
  });
  expect(await registry.metrics()).toContain('uns_canary_index_tags{series="Secil"} 3');
});
