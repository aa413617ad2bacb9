import { boolean, integer, list, optional, secret, text, type ConfigOf } from '@uns/service';

const port = (o: { env: string; doc: string }) => integer({ ...o, min: 0, max: 65_535, default: 0 });

/** The simulator as a process of its own. */
export const simulatorSettings = {
  host: text({ env: 'CANARY_SIMULATOR_HOST', doc: 'Address of both ports.', default: '127.0.0.1' }),
  port: port({ env: 'CANARY_SIMULATOR_PORT', doc: 'Port of the services; 0 takes a free one.' }),
  controlPort: port({ env: 'CANARY_SIMULATOR_CONTROL_PORT', doc: 'Port of the control API; 0 takes a free one.' }),
  tls: boolean({
    env: 'CANARY_SIMULATOR_TLS',
    doc: 'HTTPS with a certificate made at start, whose CA is served at `/sim/ca`.',
    default: true,
  }),
  certificateHosts: list({
    env: 'CANARY_SIMULATOR_CERTIFICATE_HOSTS',
    doc: 'More names and addresses the certificate is valid for.',
    default: [],
  }),
  requestsPerSecond: integer({
    env: 'CANARY_SIMULATOR_RPS',
    doc: 'Requests taken in any one second; more are refused with 429.',
    min: 1,
    max: 1_000_000,
    default: 500,
  }),
  apiToken: optional(
    secret({ env: 'CANARY_SIMULATOR_API_TOKEN', doc: 'API token to ask for; without it anyone may call.' }),
  ),
  historians: list({
    env: 'CANARY_SIMULATOR_HISTORIANS',
    doc: 'Hosts of the historians behind the services.',
    default: ['localhost'],
  }),
  view: optional(
    text({
      env: 'CANARY_SIMULATOR_VIEW',
      doc: 'First level of every path in Views; without it paths begin with the dataset.',
    }),
  ),
  tagsPerDataset: integer({
    env: 'CANARY_SIMULATOR_TAGS_PER_DATASET',
    doc: 'Tags a dataset takes before the next one follows.',
    min: 1,
    max: 1_000_000,
    default: 25_000,
  }),
};

export type SimulatorConfig = ConfigOf<typeof simulatorSettings>;
