import { runService } from '@uns/service';
import { startCdc } from './cdc-service.ts';
import { cdcSettings, checkCdcConfig } from './config.ts';

await runService({
  name: 'cdc',
  summary: 'Follows the changes of the store, and delivers to the queue what Canary does not have yet.',
  settings: cdcSettings,
  check: checkCdcConfig,
  start: startCdc,
});
