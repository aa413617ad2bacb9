import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerRuntimeClient, StartedTestContainer } from 'testcontainers';
import { freePort } from '../process/free-port.ts';
import { within } from '../process/within.ts';
import type { LocalRedis, OnProgress, RedisOptions } from './local-redis.ts';
import { serverArguments } from './server-settings.ts';
import { snapshotFile, takeSnapshot } from './snapshot.ts';

const image = 'redis:8-alpine';
const engineAnswersWithinMs = 5000;
const startDeadlineMs = 60_000;
/** Pulling the image included. */
const overallDeadlineMs = 300_000;

/**
 * A Redis in a container, or undefined when no container engine answers.
 *
 * @throws when an engine answers and the container does not start, for want of the image mostly.
 */
export async function redisInDocker(options: RedisOptions, onProgress: OnProgress): Promise<LocalRedis | undefined> {
  // Loaded only here: it takes most of a second.
  const { getContainerRuntimeClient } = await import('testcontainers');
  const engine = await Promise.race([
    getContainerRuntimeClient().catch(() => undefined),
    delay(engineAnswersWithinMs, undefined, { ref: false }),
  ]);
  if (engine === undefined) return undefined;
  onProgress(`Starting Redis in a container (${image})`);
  return await RedisContainer.start(engine, options);
}

class RedisContainer implements LocalRedis {
  readonly how = 'docker';
  readonly pid = null;
  readonly url: string;
  readonly #engine: ContainerRuntimeClient;
  readonly #options: RedisOptions;
  readonly #port: number;
  #container: StartedTestContainer;

  private constructor(
    engine: ContainerRuntimeClient,
    options: RedisOptions,
    port: number,
    container: StartedTestContainer,
  ) {
    this.url = `redis://${container.getHost()}:${port}`;
    this.#engine = engine;
    this.#options = options;
    this.#port = port;
    this.#container = container;
  }

  static async start(engine: ContainerRuntimeClient, options: RedisOptions): Promise<RedisContainer> {
    // A port of the host that we choose: one chosen by the engine would change with a restart.
    const port = options.port ?? (await freePort());
    return new RedisContainer(engine, options, port, await startContainer(options, port));
  }

  async stop(): Promise<void> {
    await this.#container.stop({ removeVolumes: true });
  }

  async kill(): Promise<void> {
    await this.#engine.container.getById(this.#container.getId()).kill({ signal: 'SIGKILL' });
  }

  async restart({ keepData }: { keepData: boolean }): Promise<void> {
    if (!keepData) {
      await this.stop();
      this.#container = await startContainer(this.#options, this.#port);
      return;
    }
    if (this.#options.appendOnly !== true && (await this.#isRunning())) await takeSnapshot(this.url);
    await this.#container.restart();
    await this.#container.exec(['rm', '-f', `/data/${snapshotFile}`]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #isRunning(): Promise<boolean> {
    return (await this.#engine.container.getById(this.#container.getId()).inspect()).State.Running;
  }
}

async function startContainer(options: RedisOptions, host: number): Promise<StartedTestContainer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const args = serverArguments(options, { port: 6379, bind: '*', dir: '/data' });
  const container = new GenericContainer(image)
    .withCommand(['redis-server', '--protected-mode', 'no', ...args])
    .withExposedPorts({ container: 6379, host })
    .withWaitStrategy(Wait.forSuccessfulCommand('redis-cli ping | grep -q PONG'))
    .withStartupTimeout(startDeadlineMs);
  return await within(overallDeadlineMs, `A container of ${image}`, container.start());
}
