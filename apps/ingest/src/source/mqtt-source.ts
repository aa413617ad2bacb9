import { hostname } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import type { Clock, Logger } from '@uns/service';
import { cappedBackoff } from '@uns/service';
import { parseTopic, type ParsedTopic } from '@uns/sparkplug';
import mqtt, { type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type { IngestMetrics } from '../ingest-metrics.ts';
import type { BirthMessage } from './birth-mailbox.ts';

/** A message on a topic that is no birth's. */
export interface StrayMessage {
  topic: string;
  payload: Buffer;
  reason: Extract<ParsedTopic, { ok: false }>['reason'];
}

export interface MqttSourceOptions {
  url: string;
  clientId: string;
  username?: string | undefined;
  password?: string | undefined;
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer };
  /** Sparkplug groups; `+` for all. */
  groups: readonly string[];
  /** Births of devices are parted among all who subscribe by this name; null: everybody gets all. */
  sharedSubscription: string | null;
  onBirth: (message: BirthMessage) => void;
  onStray: (message: StrayMessage) => void;
  onSubscribed: () => void;
  /** The connection was lost, once it was there. */
  onLost: () => void;
  clock: Clock;
  logger: Logger;
  metrics: IngestMetrics;
}

const keepaliveSeconds = 30;
const connectTimeoutMs = 10_000;

export function defaultClientId(environment: string): string {
  return `uns-spb-dbirth-meta-${environment}-${hostname()}`;
}

/**
 * Subscribes to births: QoS 0 and a clean session, because a birth is never worth delivering late; after each connection the edges
 * are asked anew. Reconnects for ever, with a growing, jittered pause of at most 30 s.
 */
export class MqttSource {
  readonly #o: MqttSourceOptions;
  readonly #client: MqttClient;
  #failures = 0;
  #subscribed = false;
  #lastFailure = '';
  #sinceMs: number;

  constructor(o: MqttSourceOptions) {
    this.#o = o;
    this.#sinceMs = o.clock.monotonic();
    this.#client = mqtt.connect(o.url, clientOptions(o));
    this.#client.on('connect', () => void this.#subscribe());
    this.#client.on('message', (topic, payload, packet) => this.#receive(topic, payload, packet));
    this.#client.on('close', () => this.#lost());
    this.#client.on('error', (error) => this.#failed(error));
  }

  get subscribed(): boolean {
    return this.#subscribed;
  }

  /** How long the present state, subscribed or not, has lasted, in ms. */
  get sinceMs(): number {
    return this.#o.clock.monotonic() - this.#sinceMs;
  }

  /** Stops intake and leaves the broker. */
  async close(): Promise<void> {
    this.#client.removeAllListeners('close');
    await this.#client.endAsync(true);
  }

  async publish(topic: string, payload: Buffer): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 0, retain: false });
  }

  async #subscribe(): Promise<void> {
    const { groups, sharedSubscription } = this.#o;
    const shared = sharedSubscription === null ? '' : `$share/${sharedSubscription}/`;
    // What a node's birth says is needed wherever a birth of its devices may come.
    const topics = groups.flatMap((group) => [`spBv1.0/${group}/NBIRTH/+`, `${shared}spBv1.0/${group}/DBIRTH/#`]);
    try {
      const granted = await this.#client.subscribeAsync(topics, { qos: 0 });
      const refused = granted.filter((grant) => grant.qos >= 128).map((grant) => grant.topic);
      if (refused.length > 0) throw new Error(`the broker refuses the subscription to ${refused.join(', ')}`);
    } catch (error) {
      this.#o.logger.error({ err: error }, 'cannot subscribe, connecting again');
      this.#client.reconnect();
      return;
    }
    this.#failures = 0;
    this.#lastFailure = '';
    this.#client.options.reconnectPeriod = firstPause;
    this.#enter(true);
    this.#o.logger.info({ topics }, 'subscribed');
    this.#o.onSubscribed();
  }

  #receive(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const parsed = parseTopic(topic);
    this.#o.metrics.received.inc({ type: parsed.ok ? parsed.topic.messageType : 'none' });
    if (!parsed.ok) {
      this.#o.onStray({ topic, payload, reason: parsed.reason });
      return;
    }
    const { messageType, group, edge, device } = parsed.topic;
    if (messageType !== 'NBIRTH' && messageType !== 'DBIRTH') return;
    const receivedAt = new Date(this.#o.clock.now());
    this.#o.onBirth({ topic, group, edge, device, payload, receivedAt, retained: packet.retain });
  }

  #lost(): void {
    if (this.#subscribed) {
      this.#o.logger.warn('connection to the broker lost');
      this.#o.metrics.reconnects.inc();
      this.#o.onLost();
    }
    this.#enter(false);
    this.#client.options.reconnectPeriod = cappedBackoff({
      attempt: this.#failures,
      baseMs: firstPause,
      capMs: 30_000,
    });
    this.#failures += 1;
  }

  /** The same failure again is no news: it comes with every attempt, and twice with most. */
  #failed(error: Error): void {
    const level = error.message === this.#lastFailure ? 'debug' : 'warn';
    this.#lastFailure = error.message;
    this.#o.logger[level]({ err: error }, 'broker refused or failed, connecting again');
  }

  #enter(subscribed: boolean): void {
    this.#o.metrics.connected.set(subscribed ? 1 : 0);
    if (subscribed === this.#subscribed) return;
    this.#subscribed = subscribed;
    this.#sinceMs = this.#o.clock.monotonic();
  }
}

const firstPause = 1000;

/** mqtt hands what it does not know itself to `tls.connect`. */
function clientOptions(o: MqttSourceOptions): IClientOptions & Pick<ConnectionOptions, 'minVersion'> {
  return {
    clientId: o.clientId,
    protocolVersion: 4,
    clean: true,
    keepalive: keepaliveSeconds,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: firstPause,
    reconnectOnConnackError: true,
    resubscribe: false,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: true,
    ...o.tls,
    ...(o.username === undefined ? {} : { username: o.username }),
    ...(o.password === undefined ? {} : { password: o.password }),
  };
}
