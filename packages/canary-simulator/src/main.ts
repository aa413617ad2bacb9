import { once } from 'node:events';
import { ConfigurationError, exitCode, loadConfig } from '@uns/service';
import type { SimulatorOptions } from './options.ts';
import { simulatorSettings, type SimulatorConfig } from './settings.ts';
import { startSimulator } from './simulator.ts';

/** Runs until SIGTERM or SIGINT. Standard output gets one line of JSON, when the simulator can be called. */
async function main(): Promise<void> {
  const { config } = loadConfig({ service: 'canary-simulator', settings: simulatorSettings, env: process.env });
  const simulator = await startSimulator(optionsOf(config));
  const { url, controlUrl, safBaseUrl, viewsBaseUrl, ca } = simulator;
  process.stdout.write(`${JSON.stringify({ url, controlUrl, safBaseUrl, viewsBaseUrl, ca: ca ?? null })}\n`);
  const stopped = Promise.race(['SIGTERM', 'SIGINT'].map((signal) => once(process, signal)));
  try {
    await Promise.race([stopped, simulator.failed]);
  } finally {
    await simulator.close();
  }
}

function optionsOf({ apiToken, view, historians, ...config }: SimulatorConfig): SimulatorOptions {
  const [first, ...others] = historians;
  if (first === undefined) {
    throw new ConfigurationError('canary-simulator', ['CANARY_SIMULATOR_HISTORIANS is empty; it must name a host']);
  }
  if (apiToken !== undefined && !config.tls) {
    throw new ConfigurationError('canary-simulator', ['CANARY_SIMULATOR_API_TOKEN needs CANARY_SIMULATOR_TLS=true']);
  }
  return {
    ...config,
    historians: [first, ...others],
    view: view ?? null,
    apiTokens: apiToken === undefined ? [] : [apiToken],
  };
}

try {
  await main();
  process.exitCode = exitCode.ok;
} catch (error) {
  const configuration = error instanceof ConfigurationError;
  process.stderr.write(`${configuration ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = configuration ? exitCode.configuration : exitCode.failed;
}
