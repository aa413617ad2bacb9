import { describe, expect, it } from '@jest/globals';
import { neededBy } from './needed-servers.ts';

describe('the servers that test files need', () => {
  it('are told by their names', () => {
    expect(neededBy(['/a/pg/x.test.ts', '/a/redis.ts', ''])).toEqual({ postgres: false, redis: false });
    expect(neededBy(['/a/x.test.ts', '/a/y.pg.test.ts'])).toEqual({ postgres: true, redis: false });
    expect(neededBy(['/a/y.pg.redis.test.ts'])).toEqual({ postgres: true, redis: true });
  });
});
