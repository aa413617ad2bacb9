import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftovers, SimulatorControl } from '@uns/canary-simulator';
import { LocalStack, type StackLog, type StackOptions } from '@uns/local-stack';

/** What the stack said, kept for the message of a test that fails. */
class MemoryLog implements StackLog {
  readonly lines: string[] = [];

  step(text: string): void {
    this.#keep(text);
  }

  notice(text: string): void {
    this.#keep(text);
  }

  line(from: string, line: { text: string; severity: string }): void {
    if (line.severity !== 'info') this.#keep(`${from}: ${line.text}`);
  }

  #keep(text: string): void {
    this.lines.push(text);
    if (this.lines.length > 200) this.lines.shift();
  }
}

export interface StackFixture {
  stack: LocalStack;
  log: { lines: readonly string[] };
  /** To be counted up by a test that kills a writer, whose session nobody can revoke. */
  sessionsLost: number;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface FixtureOptions extends Partial<StackOptions> {
  rulesFile?: string;
  environment?: NonNullable<Parameters<typeof LocalStack.start>[0]['environment']>;
}

/** The whole product with real servers, in a folder of its own. */
export async function startStack({
  rulesFile,
  environment = {},
  ...options
}: FixtureOptions = {}): Promise<StackFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'uns-e2e-'));
  const log = new MemoryLog();
  const stack = await LocalStack.start({
    folder,
    log,
    environment,
    ...(rulesFile === undefined ? {} : { rulesFile }),
    options: {
      debounceSeconds: 1,
      writers: 1,
      cdcs: 1,
      rate: 500,
      postgres: 16,
      brokerUrl: null,
      keep: false,
      ...options,
    },
  });
  try {
    await stack.ready(AbortSignal.timeout(60_000));
  } catch (error) {
    await stack.stop();
    throw new Error(`the stack did not get ready:\n${log.lines.join('\n')}`, { cause: error });
  }
  const fixture: StackFixture = {
    stack,
    log,
    sessionsLost: 0,
    /** E5: the writers have made no point and left no session open. */
    [Symbol.asyncDispose]: async () => {
      const canary = new SimulatorControl(stack.simulator.controlUrl);
      await canary.clearFaults();
      await stack.stopApps();
      const left = leftovers(await canary.stats(), fixture);
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`left behind at Canary: ${left.join(', ')}`);
    },
  };
  return fixture;
}
