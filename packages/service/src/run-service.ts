import { existsSync } from 'node:fs';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { commonSettings } from './common-settings.ts';
import { ConfigurationError, loadConfig } from './config/load-config.ts';
import { configHelp, configMarkdown } from './config/reference.ts';
import type { ConfigOf, Settings } from './config/setting.ts';
import { exitCode } from './exit-code.ts';
import { createLogger, type Logger } from './logger.ts';
import { StopSequence } from './stop-sequence.ts';

type ServiceConfig<S extends Settings> = ConfigOf<S> & ConfigOf<typeof commonSettings>;

export interface ServiceContext<S extends Settings> {
  config: ServiceConfig<S>;
  logger: Logger;
  registry: Registry;
  /** Aborted when a stop has run out of grace: everything still waiting must give up. */
  abort: AbortSignal;
}

export interface RunningService {
  /** Stops intake, finishes work in hand, releases what others hold for us. */
  stop(): Promise<void>;
  /** Never resolves; rejects when the service cannot go on. */
  failed: Promise<never>;
}

export interface ServiceDefinition<S extends Settings> {
  name: string;
  summary: string;
  settings: S;
  /** Checks between settings; returns one phrase for each problem. */
  check?: (config: ServiceConfig<S>) => string[];
  start(context: ServiceContext<S>): Promise<RunningService>;
}

/** How long after the abort a service may still take before the process ends by force, in ms. */
const forcedAfterMs = 5000;

/**
 * Runs a service until a signal: configuration, logger, metrics, start; then SIGTERM or SIGINT stops it gracefully, the end of the
 * grace period or a second signal aborts what still waits, and a third signal, or 5 s more, ends the process.
 */
export async function runService<S extends Settings>(definition: ServiceDefinition<S>): Promise<void> {
  const settings = { ...commonSettings, ...definition.settings };
  const help = process.argv.find((argument) => argument.startsWith('--help'));
  if (help !== undefined) {
    const format = help === '--help=markdown' ? configMarkdown : configHelp;
    process.stdout.write(format(definition.name, definition.summary, settings));
    return;
  }
  if (existsSync('.env')) process.loadEnvFile('.env');
  const loaded = readConfig(definition, settings);
  if (loaded === undefined) {
    process.exitCode = exitCode.configuration;
    return;
  }
  const { config, secrets } = loaded;
  const logger = createLogger({ name: definition.name, level: config.logLevel, secrets });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  process.exit(await runUntilStopped(definition, { config, logger, registry }));
}

function readConfig<S extends Settings>(
  definition: ServiceDefinition<S>,
  settings: S & typeof commonSettings,
): { config: ServiceConfig<S>; secrets: string[] } | undefined {
  try {
    const loaded = loadConfig({ service: definition.name, settings, env: process.env });
    // ConfigOf of an intersection is the intersection of both; the compiler cannot see that while S is open.
    const config = loaded.config as unknown as ServiceConfig<S>;
    const problems = definition.check?.(config) ?? [];
    if (problems.length > 0) throw new ConfigurationError(definition.name, problems);
    return { config, secrets: loaded.secrets };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

async function runUntilStopped<S extends Settings>(
  definition: ServiceDefinition<S>,
  context: Omit<ServiceContext<S>, 'abort'>,
): Promise<number> {
  const { logger, config } = context;
  const sequence = new StopSequence({ graceMs: config.shutdownGraceMs, forcedAfterMs });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      logger.info({ signal, step: sequence.step }, 'signal received');
      sequence.advance(new Error(`stopped by ${signal}`));
    });
  }
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught error, ending');
    process.exit(exitCode.failed);
  });
  sequence.onForced(() => {
    logger.error('stop took too long, ending by force');
    process.exit(exitCode.failed);
  });
  try {
    const starting = definition.start({ ...context, abort: sequence.abort });
    const service = await Promise.race([starting, sequence.stopRequested.then(() => undefined)]);
    if (service === undefined) {
      logger.info('stopped while starting');
      sequence.advance(new Error('stopped while starting'));
      // What was started by then is released; what was still tried has been aborted.
      await starting.then(
        (started) => started.stop(),
        () => undefined,
      );
      return exitCode.ok;
    }
    logger.info('started');
    return await runUntilEnd(service, sequence, logger);
  } catch (error) {
    return report(error, sequence, logger);
  }
}

/** A service that fails is stopped like any other: others hold things for it, and work in hand may still be finished. */
async function runUntilEnd(service: RunningService, sequence: StopSequence, logger: Logger): Promise<number> {
  let status: number = exitCode.ok;
  try {
    await Promise.race([sequence.stopRequested, service.failed]);
  } catch (error) {
    status = report(error, sequence, logger);
    if (sequence.step === 'running') sequence.advance(new Error('stopped because it failed'));
  }
  logger.info('stopping');
  await service.stop();
  logger.info('stopped');
  return status;
}

/** Says why a service ends. @returns the exit code that says so too. */
function report(error: unknown, sequence: StopSequence, logger: Logger): number {
  if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message}\n`);
    return exitCode.configuration;
  }
  if (sequence.step !== 'running') {
    logger.warn({ err: error }, 'stopped with an error');
  } else {
    logger.fatal({ err: error }, 'failed');
  }
  return exitCode.failed;
}
