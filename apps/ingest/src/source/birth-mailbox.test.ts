import { describe, expect, it } from '@jest/globals';
import { BirthMailbox, type BirthMessage } from './birth-mailbox.ts';

const birth = (topic: string, text: string, retained = false): BirthMessage => ({
  topic,
  group: 'g',
  edge: 'e',
  device: topic,
  payload: Buffer.from(text),
  receivedAt: new Date(0),
  retained,
});
const never = new AbortController().signal;

describe('the birth mailbox', () => {
  it('hands out births in the order of their topics, the newest of each', async () => {
    const mailbox = new BirthMailbox(100);
    expect(['a1', 'b1', 'a2'].map((text) => mailbox.offer(birth(text.slice(0, 1), text)))).toEqual([
      'queued',
      'queued',
      'replaced',
    ]);
    expect(String((await mailbox.take(never)).payload)).toBe('a2');
    expect(String((await mailbox.take(never)).payload)).toBe('b1');
    expect(mailbox.bytes).toBe(0);
  });

  it('never hands out two births of one device at once', async () => {
    const mailbox = new BirthMailbox(100);
    mailbox.offer(birth('a', 'a1'));
    const first = await mailbox.take(never);
    mailbox.offer(birth('a', 'a2'));
    const second = mailbox.take(never);
    mailbox.offer(birth('b', 'b1'));
    expect(String((await second).payload)).toBe('b1');
    const third = mailbox.take(never);
    mailbox.done(first);
    expect(String((await third).payload)).toBe('a2');
  });

  it('PROMISE-6 refuses what does not fit, and takes it when there is room', async () => {
    const mailbox = new BirthMailbox(10);
    expect(mailbox.offer(birth('a', '12345678'))).toBe('queued');
    expect(mailbox.offer(birth('b', '123'))).toBe('refused');
    // The room of the birth that is replaced counts.
    expect(mailbox.offer(birth('a', '1234567890'))).toBe('replaced');
    expect(mailbox.peakBytes).toBe(10);
    await mailbox.take(never);
    expect(mailbox.offer(birth('b', '123'))).toBe('queued');
  });

  it('PROMISE-6 refuses births without a byte too, when 50,000 are waiting', async () => {
    const mailbox = new BirthMailbox(10);
    for (let i = 0; i < 50_000; i += 1) mailbox.offer(birth(`d${i}`, ''));
    expect([mailbox.offer(birth('one more', '')), mailbox.offer(birth('d7', '')), mailbox.size]).toEqual([
      'refused',
      'replaced',
      50_000,
    ]);
    await mailbox.take(never);
    expect(mailbox.offer(birth('one more', ''))).toBe('queued');
  });

  it('does not let a retained birth take the place of a live one', async () => {
    const mailbox = new BirthMailbox(100);
    mailbox.offer(birth('a', 'live'));
    mailbox.offer(birth('a', 'kept', true));
    expect(String((await mailbox.take(never)).payload)).toBe('live');
  });

  it('stops waiting when aborted', async () => {
    const mailbox = new BirthMailbox(100);
    const stop = new AbortController();
    const waiting = mailbox.take(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });

  it('wakes as many waiters as there are births', async () => {
    const mailbox = new BirthMailbox(100);
    const taken = [mailbox.take(never), mailbox.take(never)];
    mailbox.offer(birth('a', 'a'));
    mailbox.offer(birth('b', 'b'));
    expect((await Promise.all(taken)).map((message) => message.topic).toSorted()).toEqual(['a', 'b']);
  });

  it('lets births of devices wait for that of their edge node, and no others', async () => {
    const mailbox = new BirthMailbox(100);
    const nodeBirth = { ...birth('node', 'n1'), device: null };
    mailbox.offer(birth('a', 'a1'));
    mailbox.offer(nodeBirth);
    mailbox.offer({ ...birth('b', 'b1'), edge: 'other' });
    expect(String((await mailbox.take(never)).payload)).toBe('n1');
    expect(String((await mailbox.take(never)).payload)).toBe('b1');
    const taken: string[] = [];
    const takers = [1, 2, 3].map(async () => taken.push(String((await mailbox.take(never)).payload)));
    mailbox.offer(birth('c', 'c1'));
    mailbox.offer({ ...nodeBirth, payload: Buffer.from('n2') });
    mailbox.done(nodeBirth);
    await Promise.race(takers);
    expect(taken).toEqual(['n2']);
    mailbox.done(nodeBirth);
    await Promise.all(takers);
    expect(taken).toEqual(['n2', 'a1', 'c1']);
  });
});
