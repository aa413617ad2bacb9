import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Receiver } from '../receiver/receiver.ts';
import { readBody } from '../receiver/request-body.ts';
import { controlRoutes } from './control-routes.ts';
import type { ControlAnswer } from './historian-control.ts';

/** A million tag names are some 100 MB. */
const maxBodyBytes = 256 * 1024 * 1024;

/** Serves `/sim`: what tests and demos ask of the simulator, and no client of Canary. */
export class ControlEndpoint {
  readonly #receiver: Receiver;
  /** The CA of the service's certificate, PEM; undefined where there is none. */
  readonly #ca: string | undefined;

  constructor(o: { receiver: Receiver; ca: string | undefined }) {
    this.#receiver = o.receiver;
    this.#ca = o.ca;
  }

  /** @param throughDoor whether the request came through the port that a fault may shut */
  accept(request: IncomingMessage, response: ServerResponse, o: { url: URL; throughDoor: boolean }): void {
    this.#handle(request, response, o).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, content: { problems: [problem] } });
    });
  }

  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
    { url, throughDoor }: { url: URL; throughDoor: boolean },
  ): Promise<void> {
    const body = await readBody(request, maxBodyBytes);
    if (body.outcome === 'abandoned') return;
    if (body.outcome === 'tooLarge') return send(response, { status: 413, content: { problems: ['too large'] } });
    if (url.pathname === '/sim/ca' && this.#ca !== undefined)
      return sendText(response, 200, this.#ca, 'application/x-pem-file');
    const handler = controlRoutes.get(`${request.method} ${url.pathname}`);
    if (handler === undefined)
      return send(response, { status: 404, content: { problems: ['there is no such route'] } });
    const { shutDoor, ...answer } = await handler(this.#receiver, { query: url.searchParams, body: body.bytes });
    if (shutDoor !== undefined && throughDoor) response.once('finish', () => void shutDoor());
    else await shutDoor?.();
    send(response, answer);
  }
}

function send(response: ServerResponse, answer: ControlAnswer): void {
  sendText(response, answer.status, JSON.stringify(answer.content), 'application/json; charset=utf-8');
}

function sendText(response: ServerResponse, status: number, text: string, type: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
