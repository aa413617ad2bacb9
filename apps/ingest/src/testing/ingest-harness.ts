import { startBroker, type Broker, type BrokerOptions } from '@uns/local-servers';
import { eventually } from '@uns/local-servers/testing';
import { testStore, type TestStore } from '@uns/metadata-store/testing';
import { createLogger, loadConfig, Registry, type RunningService } from '@uns/service';
import { encodePayload, type BirthInput } from '@uns/sparkplug';
import { connectAsync, type MqttClient } from 'mqtt';
import { ingestSettings } from '../config.ts';
import { startIngest } from '../ingest-service.ts';

export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

export type Environment = Record<string, string>;

/** One run of the service, as its process would run it. */
export class IngestRun {
  readonly log: LogLine[];
  readonly #service: RunningService;
  readonly #registry: Registry;
  #stopped = false;

  private constructor(service: RunningService, registry: Registry, log: LogLine[]) {
    this.#service = service;
    this.#registry = registry;
    this.log = log;
  }

  static async start(env: Environment): Promise<IngestRun> {
    const log: LogLine[] = [];
    const { config, secrets } = loadConfig({ service: 'ingest', settings: ingestSettings, env });
    const logger = createLogger({
      name: 'ingest',
      level: 'debug',
      secrets,
      destination: { write: (line: string) => void log.push(JSON.parse(line) as LogLine) },
    });
    const registry = new Registry();
    const service = await startIngest({
      config: { ...config, logLevel: 'debug', adminHost: '127.0.0.1', adminPort: 0, shutdownGraceMs: 1000 },
      logger,
      registry,
      abort: new AbortController().signal,
    });
    return new IngestRun(service, registry, log);
  }

  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    const found = await this.#registry.getSingleMetric(name)?.get();
    const values = (found?.values ?? []).filter(({ labels: given }) =>
      Object.entries(labels).every(([key, value]) => given[key] === value),
    );
    return values.reduce((sum, { value }) => sum + value, 0);
  }

  /** The names and labels of all metrics. */
  async series(): Promise<string[]> {
    const metrics = await this.#registry.getMetricsAsJSON();
    return metrics.flatMap(({ name, values }) => values.map(({ labels }) => `${name} ${JSON.stringify(labels)}`));
  }

  async subscribed(): Promise<void> {
    await eventually(async () => {
      if ((await this.metric('uns_ingest_broker_connected')) !== 1) throw new Error('not subscribed');
    });
  }

  lines(msg: string): LogLine[] {
    return this.log.filter((line) => line.msg === msg);
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#service.stop();
  }
}

/** A store, a broker, a publisher, and runs of ingest on them as the role it has in production. */
export interface IngestHarness {
  store: TestStore;
  broker: Broker;
  publisher: MqttClient;
  env: Environment;
  /** Starts ingest and waits until it has subscribed, unless `subscribed` is false. */
  start(env?: Environment, o?: { subscribed: boolean }): Promise<IngestRun>;
  /** Publishes a birth; the topic is `Secil/DBIRTH/Portugal/Cement`, without `spBv1.0/`. */
  publish(topic: string, birth: BirthInput | Buffer, o?: { retain: boolean }): Promise<void>;
  /** The same, and waits until the run has dealt with it. Returns its line of log. */
  birth(run: IngestRun, topic: string, birth: BirthInput | Buffer): Promise<LogLine>;
  /** Topics of the commands published by anybody. */
  commands: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export async function ingestHarness(options: BrokerOptions = {}): Promise<IngestHarness> {
  await using resources = new AsyncDisposableStack();
  const store = resources.use(await testStore());
  const broker = resources.use(await startBroker(options));
  const credentials = options.credentials ?? {};
  const publisher = resources.adopt(await connectAsync(broker.url, { reconnectPeriod: 50, ...credentials }), (client) =>
    client.endAsync(true),
  );
  const commands: string[] = [];
  publisher.on('message', (topic) => commands.push(topic));
  await publisher.subscribeAsync('spBv1.0/+/NCMD/#');
  const env = {
    MQTT_URL: broker.url,
    MQTT_ALLOW_PLAINTEXT: 'true',
    MQTT_CLIENT_ID: `ingest-${Math.random().toString(36).slice(2)}`,
    POSTGRES_URL: `${store.url}?role=uns_meta_app`,
    POSTGRES_TLS: 'off',
    REBIRTH_REQUESTS: 'off',
  };
  const publish: IngestHarness['publish'] = async (topic, birth, o = { retain: false }) => {
    const payload = Buffer.isBuffer(birth) ? birth : encodePayload(birth);
    await publisher.publishAsync(`spBv1.0/${topic}`, payload, { qos: 0, retain: o.retain });
  };
  const kept = resources.move();
  return {
    store,
    broker,
    publisher,
    env,
    commands,
    publish,
    start: async (more = {}, o = { subscribed: true }) => {
      const run = kept.adopt(await IngestRun.start({ ...env, ...more }), (started) => started.stop());
      if (o.subscribed) await run.subscribed();
      return run;
    },
    birth: async (run, topic, birth) => {
      const what = topic.includes('/NBIRTH/') ? 'node birth' : 'birth';
      const before = run.lines(what).length;
      await publish(topic, birth);
      return eventually(() => {
        const line = run.lines(what)[before];
        if (line === undefined) throw new Error(`no birth yet: ${JSON.stringify(run.log.slice(-3))}`);
        return line;
      });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
