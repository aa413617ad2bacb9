import type { RedisOptions } from './local-redis.ts';

/** Given one by one on the command line, so that no configuration file of the machine has a say. */
export function serverArguments(options: RedisOptions, place: { port: number; bind: string; dir: string }): string[] {
  const settings: Record<string, string> = {
    port: String(place.port),
    bind: place.bind,
    dir: place.dir,
    save: '',
    appendonly: options.appendOnly === true ? 'yes' : 'no',
    'maxmemory-policy': 'noeviction',
    databases: String(options.databases ?? 16),
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}
