import { createRequire } from 'node:module';
import type * as runners from 'jest-runner';
import type { Test, TestEvents, TestRunnerOptions, TestWatcher } from 'jest-runner';

// Its types are those of the CommonJS module.
const { default: TestRunner } = createRequire(import.meta.url)('jest-runner') as typeof runners.default;

type Listener<Name extends keyof TestEvents> = (data: TestEvents[Name]) => void | Promise<void>;

/** How jest-worker says that its process is gone. */
const crashed = /^A jest worker process .* terminated by another process: signal=SIGSEGV/;

/**
 * Runs test files as jest does. A file whose process ended by a segmentation fault is run once more, in another process, and says so:
 * Node.js 24 has such a fault in its garbage collection when a process has loaded modules into many contexts
 * (https://github.com/nodejs/node/issues/62393). No JavaScript can cause it, and what does cause it
 * every time still fails.
 */
export default class Runner extends TestRunner {
  readonly #crashed = new Set<Test>();

  override on<Name extends keyof TestEvents>(name: Name, listener: Listener<Name>): () => void {
    return super.on(name, (data) =>
      name === 'test-file-failure' && this.#isFirstCrash(data) ? undefined : listener(data),
    );
  }

  override async runTests(tests: Test[], watcher: TestWatcher, options: TestRunnerOptions): Promise<void> {
    await super.runTests(tests, watcher, options);
    if (this.#crashed.size === 0 || watcher.isInterrupted()) return;
    for (const { path } of this.#crashed) process.stderr.write(`Node.js crashed in ${path}, which is run again\n`);
    await super.runTests([...this.#crashed], watcher, options);
  }

  #isFirstCrash(data: TestEvents[keyof TestEvents]): boolean {
    const [test, error] = data as TestEvents['test-file-failure'];
    if (this.#crashed.has(test) || !crashed.test(error.message)) return false;
    this.#crashed.add(test);
    return true;
  }
}
