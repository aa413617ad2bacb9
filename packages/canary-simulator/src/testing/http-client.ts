import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface HttpRequest {
  readonly method?: string;
  /** Sent as it is when it is a text, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** A client that keeps its connections, and shows what went over them rather than what it means. */
export class HttpClient implements Disposable {
  readonly #root: string;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(root: string, ca?: string) {
    this.#root = root;
    this.#agent = root.startsWith('https:')
      ? new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent({ keepAlive: true });
  }

  /** @throws the error of the connection; `timed out` after `timeoutMs` */
  async send(path: string, o: HttpRequest = {}): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const send = this.#agent instanceof HttpsAgent ? httpsRequest : httpRequest;
    const body = typeof o.body === 'string' ? o.body : JSON.stringify(o.body ?? {});
    const request = send(`${this.#root}${path}`, {
      agent: this.#agent,
      method: o.method ?? 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...o.headers },
    });
    const timer = setTimeout(() => request.destroy(new Error('timed out')), o.timeoutMs ?? 10_000);
    request.on('error', reject);
    request.on('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      text(response).then((content) => resolve({ status, headers, text: content }), reject);
    });
    request.end(body);
    return promise.finally(() => clearTimeout(timer));
  }

  /** Calls SAF or Views; the path without `/api/`. */
  async call(path: string, body: unknown = {}): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.send(`/api/${path}`, { body });
    if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
    return JSON.parse(answer.text);
  }

  async openSession(settings: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const careful = { autoWriteNoData: false, extendData: false, ...settings };
    const answer = await this.call('v1/getSessionToken', {
      historians: ['localhost'],
      clientId: 'test',
      settings: careful,
    });
    return String(answer['sessionToken']);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
