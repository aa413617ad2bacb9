export { startBroker, type Broker, type BrokerOptions } from './broker/start-broker.ts';
export { LocalServerError } from './local-server-error.ts';
export type { PostgresVersion } from './postgres/binaries.ts';
export { startPostgres, type PostgresOptions, type PostgresServer, type StopMode } from './postgres/start-postgres.ts';
export type { PostgresProfile, PostgresSettings } from './postgres/settings.ts';
export type { LocalRedis, RedisOrigin } from './redis/local-redis.ts';
export { resolveRedis, type ResolveRedisOptions } from './redis/resolve-redis.ts';
