import { describe, expect, it } from '@jest/globals';
import { formatTopic, parseTopic } from './topic.ts';
import type { Topic } from './topic.ts';

describe('parseTopic', () => {
  it.each<[string, Topic]>([
    [
      'spBv1.0/Secil/DBIRTH/Portugal/Cement',
      { group: 'Secil', messageType: 'DBIRTH', edge: 'Portugal', device: 'Cement' },
    ],
    ['spBv1.0/Secil/NBIRTH/Portugal', { group: 'Secil', messageType: 'NBIRTH', edge: 'Portugal', device: null }],
    ['spBv1.0/São Paulo/NCMD/Edge 1', { group: 'São Paulo', messageType: 'NCMD', edge: 'Edge 1', device: null }],
    ['spBv1.0/g/DDATA/e/ ', { group: 'g', messageType: 'DDATA', edge: 'e', device: ' ' }],
  ])('SPB-15 reads %s, and formatTopic writes it', (text, topic) => {
    expect(parseTopic(text)).toEqual({ ok: true, topic });
    expect(formatTopic(topic)).toBe(text);
  });

  it.each([
    ['spbv1.0/Secil/DBIRTH/Portugal/Cement', 'TOPIC_NOT_SPARKPLUG'],
    ['SPBV1.0/Secil/DBIRTH/Portugal/Cement', 'TOPIC_NOT_SPARKPLUG'],
    ['spAv1.0/Secil/DBIRTH/Portugal/Cement', 'TOPIC_NOT_SPARKPLUG'],
    ['', 'TOPIC_NOT_SPARKPLUG'],
    ['STATE/scada', 'TOPIC_STATE'],
    ['spBv1.0/STATE/scada', 'TOPIC_STATE'],
    ['spBv1.0/Secil/dbirth/Portugal/Cement', 'TOPIC_UNKNOWN_TYPE'],
    ['spBv1.0/Secil/BIRTH/Portugal/Cement', 'TOPIC_UNKNOWN_TYPE'],
    ['spBv1.0/Secil', 'TOPIC_UNKNOWN_TYPE'],
    ['spBv1.0/Secil/DBIRTH/Portugal', 'TOPIC_WRONG_LEVELS'],
    ['spBv1.0/Secil/DBIRTH/Portugal/Cement/Kiln', 'TOPIC_WRONG_LEVELS'],
    ['spBv1.0/Secil/NBIRTH/Portugal/Cement', 'TOPIC_WRONG_LEVELS'],
    ['spBv1.0/Secil/DBIRTH/Portugal/', 'TOPIC_EMPTY_ID'],
    ['spBv1.0//DBIRTH/Portugal/Cement', 'TOPIC_EMPTY_ID'],
    ['spBv1.0/Secil/DBIRTH//Cement', 'TOPIC_EMPTY_ID'],
    ['spBv1.0/Secil/DBIRTH/+/Cement', 'TOPIC_EMPTY_ID'],
    ['spBv1.0/Secil/DBIRTH/Portugal/Cem\0ent', 'TOPIC_EMPTY_ID'],
  ])('SPB-15 refuses %s: %s', (text, reason) => {
    expect(parseTopic(text)).toEqual({ ok: false, reason });
  });

  it('does not write a topic that would mean another one', () => {
    expect(() => formatTopic({ group: 'a/b', messageType: 'NCMD', edge: 'e', device: null })).toThrow(RangeError);
    expect(() => formatTopic({ group: 'a', messageType: 'DCMD', edge: 'e', device: '#' })).toThrow(RangeError);
  });
});
