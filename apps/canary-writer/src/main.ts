import { runService } from '@uns/service';
import { startCanaryWriter } from './canary-writer-service.ts';
import { canaryWriterSettings, checkCanaryWriterConfig } from './config.ts';
import { keepPausesShort } from './short-pauses.ts';

keepPausesShort();

await runService({
  name: 'canary-writer',
  summary:
    'Takes write jobs from the queue and writes their properties to Canary, all pods together under one rate cap.',
  settings: canaryWriterSettings,
  check: checkCanaryWriterConfig,
  start: startCanaryWriter,
});
