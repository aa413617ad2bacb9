const commands: Partial<Record<NodeJS.Platform, string>> = {
  linux: '"sudo apt-get install redis-server" (Debian, Ubuntu), "sudo dnf install valkey" (Fedora)',
  darwin: '"brew install redis"',
  win32: '"docker run -p 6379:6379 redis:8-alpine"',
};

/** What to do on this platform to have a Redis. */
export function installationAdvice(platform: NodeJS.Platform): string {
  const command = commands[platform];
  return `${command === undefined ? 'Install Redis or Valkey' : `Run ${command}`}, or set REDIS_URL to one that runs.`;
}
