import { describe, expect, it } from '@jest/globals';
import { canaryId, collisionKey } from './canary-id.ts';

describe('the Canary id', () => {
  it('TC-02 is the path with dots', () => {
    expect(canaryId('Secil/Portugal/Cement/Maceira/431 - Kiln/SHC_CALC')).toBe(
      'Secil.Portugal.Cement.Maceira.431 - Kiln.SHC_CALC',
    );
  });

  it.each([
    ['A/B.C', 'A/B/C', 'one id'],
    ['A/Kiln', 'a/KILN', 'case'],
    ['A/V\u00e1lvula', 'A/Va\u0301lvula', 'normalisation'],
    ['A/\u1e96', 'A/H\u0331', 'case that only composes in lower case'],
    ['A/ΟΔΟΣ', 'A/οδος', 'final sigma'],
    ['A/ΣΑΣ x', 'A/σασ x', 'final sigma written as any other'],
    ['A/İ', 'A/i\u0307', 'dotted capital I'],
  ])('TC-02 finds that %s and %s are one tag: %s', (one, other) => {
    expect(collisionKey(canaryId(one))).toBe(collisionKey(canaryId(other)));
  });

  it.each([
    ['A/B', 'A/B_'],
    ['A/ß', 'A/ss'],
    ['A/ı', 'A/i'],
    ['A/K1', 'A/K 1'],
  ])('TC-02 keeps %s and %s apart', (one, other) => {
    expect(collisionKey(canaryId(one))).not.toBe(collisionKey(canaryId(other)));
  });
});
