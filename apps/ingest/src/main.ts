import { runService } from '@uns/service';
import { checkIngestConfig, ingestSettings } from './config.ts';
import { startIngest } from './ingest-service.ts';

await runService({
  name: 'ingest',
  summary: 'Reads Sparkplug B births from the broker and writes what is new into the store.',
  settings: ingestSettings,
  check: checkIngestConfig,
  start: startIngest,
});
