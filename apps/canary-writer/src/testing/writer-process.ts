import { Spawned } from './spawned.ts';

/** One canary-writer as a process. */
export class WriterProcess extends Spawned {
  constructor(env: Record<string, string>) {
    super(new URL('../main.ts', import.meta.url), [], env);
  }

  /** Lines of its log with this message. */
  logged(message: string): Record<string, unknown>[] {
    return this.lines.filter(({ msg }) => msg === message);
  }

  /** The value of one line of `/metrics`; 0 when there is none. @throws until its admin server listens. */
  async metric(line: string): Promise<number> {
    const text = await (await fetch(`${this.#adminUrl}/metrics`)).text();
    const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
    return Number(found?.slice(line.length + 1) ?? 0);
  }

  /** The product's own metrics. */
  async metricNames(): Promise<string[]> {
    const text = await (await fetch(`${this.#adminUrl}/metrics`)).text();
    return [...text.matchAll(/^# HELP (uns_\w+)/gm)].map(([, name = '']) => name);
  }

  /** HTTP status and report of `/healthz` or `/readyz`. */
  async report(path: '/healthz' | '/readyz'): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${this.#adminUrl}${path}`);
    return { status: answer.status, body: await answer.json() };
  }

  get #adminUrl(): string {
    const url = this.logged('admin server listens')[0]?.['url'];
    if (typeof url !== 'string') throw new Error(`canary-writer does not listen yet: ${JSON.stringify(this.lines)}`);
    return url;
  }
}
