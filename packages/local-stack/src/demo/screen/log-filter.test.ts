import { describe, expect, it } from '@jest/globals';
import { LogFilter } from './log-filter.ts';

const warning = (text: string) => ({ text, severity: 'warn' as const, adminUrl: null });

describe('what is shown of the log of an app', () => {
  it('is what it warns of', () => {
    const filter = new LogFilter();
    expect(filter.take('cdc', { text: 'INFO  started', severity: 'info', adminUrl: null })).toBeNull();
    expect(filter.take('cdc', warning('WARN  flush failed failures=0'))).toBe('cdc: WARN  flush failed failures=0');
  });

  it('is not the same thing for ever', () => {
    const filter = new LogFilter();
    const say = (attempt: number) => filter.take('writer', warning(`WARN  refused attempt=${attempt}`));
    expect([say(1), say(2), say(3)]).toEqual([
      'writer: WARN  refused attempt=1',
      'writer: WARN  refused attempt=2 (and more like it)',
      null,
    ]);
    expect(filter.take('writer', warning('WARN  something else'))).not.toBeNull();
    filter.reset();
    expect(say(4)).not.toBeNull();
  });

  it('is bounded', () => {
    expect(new LogFilter().take('cdc', warning('x'.repeat(100_000)))?.length).toBeLessThan(300);
  });
});
