import type { RequestListener } from 'node:http';
import { systemClock } from '@uns/service';
import { CanaryThread } from './canary/canary-thread.ts';
import { ControlEndpoint } from './control/control-endpoint.ts';
import { defaultCanaryOptions, type SimulatorOptions } from './options.ts';
import { ApiEndpoint } from './receiver/api-endpoint.ts';
import { makeCertificate } from './receiver/certificate.ts';
import { Door } from './receiver/door.ts';
import { Listener } from './receiver/listener.ts';
import { Receiver } from './receiver/receiver.ts';

export interface RunningSimulator extends AsyncDisposable {
  /** Root of the services' port; serves `/sim` too. */
  readonly url: string;
  /** Root of the control port: `/sim` in plain HTTP, there even while the services' port refuses connections. */
  readonly controlUrl: string;
  /** What a client is configured with. */
  readonly safBaseUrl: string;
  readonly viewsBaseUrl: string;
  /** The CA to verify the services' certificate with, PEM; undefined without TLS. */
  readonly ca: string | undefined;
  /** Never resolves; rejects when the historians' thread has ended, with `close` or without. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/**
 * Starts a simulator in this process, its historians in a thread of their own.
 *
 * @throws RangeError when API tokens are asked for without TLS: Canary takes them over HTTPS only; the error of the operating system
 *   when a port is taken
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const { host = '127.0.0.1', tls = true, apiTokens = [], certificateHosts = [] } = options;
  if (apiTokens.length > 0 && !tls) throw new RangeError('API tokens need TLS: Canary takes them over HTTPS only');
  const certificate = tls
    ? await makeCertificate([...new Set(['localhost', '127.0.0.1', '::1', host, ...certificateHosts])])
    : undefined;
  const { historians, view, tagsPerDataset, storeRestOnErrors } = { ...defaultCanaryOptions, ...options };
  const thread = new CanaryThread({ historians, view, tagsPerDataset, storeRestOnErrors, apiTokens });
  const stopping = new AbortController();
  const onRequest =
    (listener: { readonly secure: boolean; readonly throughDoor: boolean }): RequestListener =>
    (request, response) => {
      const path = request.url ?? '/';
      if (path === '/sim' || path.startsWith('/sim/')) {
        control.accept(request, response, {
          url: new URL(path, 'http://simulator'),
          throughDoor: listener.throughDoor,
        });
      } else {
        api.accept(request, response, { path: pathOnly(path), secure: listener.secure });
      }
    };
  const services = new Listener({
    host,
    port: options.port ?? 0,
    certificate,
    onRequest: onRequest({ secure: tls, throughDoor: true }),
  });
  const controlPort = new Listener({
    host,
    port: options.controlPort ?? 0,
    certificate: undefined,
    onRequest: onRequest({ secure: false, throughDoor: false }),
  });
  const door = new Door(services);
  const receiver = new Receiver({
    clock: options.clock ?? systemClock,
    thread,
    door,
    requestsPerSecond: options.requestsPerSecond ?? 500,
    logSize: options.logSize ?? 50_000,
  });
  const api = new ApiEndpoint({
    receiver,
    maxBodyBytes: options.maxBodyBytes ?? 16 * 1024 * 1024,
    stopped: stopping.signal,
  });
  const control = new ControlEndpoint({ receiver, ca: certificate?.ca });
  const close = async (): Promise<void> => {
    stopping.abort(new Error('the simulator is closing'));
    await api.idle();
    await Promise.all([door.close(), controlPort.shut()]);
    await thread.close();
  };
  try {
    await Promise.all([door.open(), controlPort.open(), thread.stats(receiver.now())]);
  } catch (error) {
    await close();
    throw error;
  }
  const { url } = services;
  return {
    url,
    controlUrl: controlPort.url,
    safBaseUrl: `${url}/api/v1`,
    viewsBaseUrl: `${url}/api/v2`,
    ca: certificate?.ca,
    failed: thread.failed,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function pathOnly(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
