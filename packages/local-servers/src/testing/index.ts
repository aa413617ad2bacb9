export { findMosquitto, startMosquitto } from '../broker/mosquitto.ts';
export { testPostgresVersion } from './environment.ts';
export { eventually, type EventuallyOptions } from './eventually.ts';
export { testDatabase, type TestDatabase, type TestDatabaseTemplate } from './test-database.ts';
export { testRedis, type TestRedis } from './test-redis.ts';
