import { describe, expect, it } from '@jest/globals';
import { datasetNameProblem, parseTagName } from './tag-name.ts';

describe('names of datasets and tags', () => {
  it('a tag is split at its first dot', () => {
    expect(parseTagName('Secil2.Portugal.Cement')).toEqual({ name: { dataset: 'Secil2', rest: 'Portugal.Cement' } });
  });

  it.each(':=/*\\%?<>'.split('').map((character) => [character]))('CT-02 a dataset may not contain %s', (character) => {
    expect(datasetNameProblem(`Sec${character}il`)).toContain(character);
  });

  it.each([' Secil', 'Secil ', '', 'Sec.il', 'Sec\u0007il'])('CT-02 a dataset may not be called %j', (name) => {
    expect(datasetNameProblem(name)).toBeDefined();
  });

  it.each(['Secil', 'Secil.', 'Secil..A', 'Secil.A.', 'Secil..', '.A', 'Secil.A\n', 'Secil.\ud800'])(
    'CT-02 %j is no tag',
    (tag) => {
      expect(parseTagName(tag)).toHaveProperty('problem');
    },
  );

  it.each(['Secil.431 - Kiln', 'Secil.a/b:c', 'Secil.Moagem de Cimento nº 2', 'Test.__proto__'])(
    '%j is a tag',
    (tag) => {
      expect(parseTagName(tag)).toHaveProperty('name');
    },
  );
});
