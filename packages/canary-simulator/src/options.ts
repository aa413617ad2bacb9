import type { Clock } from '@uns/service';
import type { CanaryOptions } from './canary/canary.ts';

export interface SimulatorOptions extends Partial<CanaryOptions> {
  /** Address of both ports; `127.0.0.1` unless given. */
  readonly host?: string;
  /** Port of the services; 0, a free one, unless given. */
  readonly port?: number;
  /** Port of the control API, always plain HTTP; 0, a free one, unless given. */
  readonly controlPort?: number;
  /** HTTPS with a certificate made for this run; true unless given. */
  readonly tls?: boolean;
  /** More names and addresses the certificate is valid for. */
  readonly certificateHosts?: readonly string[];
  /** The cap: requests in any one second; 500 unless given. */
  readonly requestsPerSecond?: number;
  /** How many of the last requests are kept for `GET /sim/requests`; 50,000 unless given. */
  readonly logSize?: number;
  /** Bodies of API requests beyond this are refused with 413; 16 MiB unless given. */
  readonly maxBodyBytes?: number;
  /** Session expiry and arrival times come from it; the system's clock unless given. */
  readonly clock?: Clock;
}

export const defaultCanaryOptions: CanaryOptions = {
  historians: ['localhost'],
  view: null,
  tagsPerDataset: 25_000,
  apiTokens: [],
  storeRestOnErrors: false,
};
