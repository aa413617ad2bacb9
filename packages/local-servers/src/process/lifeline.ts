import { spawn } from 'node:child_process';

/**
 * Ties a server to the life of this process: however this one ends, be it by SIGKILL, the system closes the pipe, the
 * shell at its other end reads the end of it, and sends the server `signal`. Returns how to cut the line, which must
 * happen when the server is gone, before its pid is given to somebody else. Not on Windows, where the next start on
 * the same data has to do.
 */
export function tieToThisProcess(pid: number, signal: NodeJS.Signals): () => void {
  if (process.platform === 'win32') return () => undefined;
  const watcher = spawn('/bin/sh', ['-c', 'read -r _; kill -s "$1" "$0"', String(pid), signal.slice('SIG'.length)], {
    cwd: '/',
    // Out of reach of a Ctrl-C in the terminal.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no line; the next start on the same data has to do.
  watcher.on('error', () => undefined);
  watcher.unref();
  return () => watcher.kill('SIGKILL');
}
