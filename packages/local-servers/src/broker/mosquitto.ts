import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalServerError } from '../local-server-error.ts';
import { ChildServer } from '../process/child-server.ts';
import { freePort } from '../process/free-port.ts';

/** Debian keeps servers where only root's PATH looks. */
const alsoIn = ['/usr/sbin', '/usr/local/sbin'];
const startDeadlineMs = 10_000;

/** The Mosquitto of this machine, or undefined: it is not installed for anybody. */
export async function findMosquitto(path = process.env['PATH'] ?? ''): Promise<string | undefined> {
  for (const folder of [...path.split(delimiter).filter(Boolean), ...alsoIn]) {
    const candidate = join(folder, 'mosquitto');
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  return undefined;
}

/**
 * Eclipse Mosquitto on a free port of 127.0.0.1, without persistence and open to everybody: for what the broker in this process does
 * not have, like shared subscriptions.
 *
 * @throws LocalServerError when it does not start.
 */
export async function startMosquitto(binary: string): Promise<{ url: string; [Symbol.asyncDispose](): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'uns-mosquitto-'));
  const deadline = performance.now() + startDeadlineMs;
  for (;;) {
    const port = await freePort();
    const configuration = join(folder, 'mosquitto.conf');
    const user = process.geteuid?.() === 0 ? 'user root\n' : '';
    await writeFile(configuration, `${user}listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
    const child = await ChildServer.start({
      command: binary,
      args: ['-c', configuration],
      cwd: folder,
      orphanSignal: 'SIGKILL',
    });
    while (child.running && performance.now() < deadline) {
      if (await accepts(port)) {
        return {
          url: `mqtt://127.0.0.1:${port}`,
          [Symbol.asyncDispose]: async () => {
            await child.end('SIGTERM', 2000);
            await rm(folder, { recursive: true, force: true });
          },
        };
      }
      await delay(10);
    }
    await child.end('SIGKILL', 0);
    if (performance.now() > deadline) {
      await rm(folder, { recursive: true, force: true });
      throw new LocalServerError(`${binary} did not start:\n${await child.lastWords()}`);
    }
    // Somebody took the port in between, most likely.
    await delay(50);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (value: boolean) => (): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}
