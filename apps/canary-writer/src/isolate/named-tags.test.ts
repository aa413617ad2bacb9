import { describe, expect, it } from '@jest/globals';
import { namedTags } from './named-tags.ts';

const tag = 'Secil.Portugal.Maceira.400 - Clinker Production.431 - Kiln.KPI.SHC_CALC';

describe('namedTags', () => {
  it.each([
    `"${tag}": the property is read-only`,
    tag,
    `cannot write ${tag}.`,
    `${tag}: bad; Secil.other: bad`,
    `(${tag})`,
  ])('finds the tag in: %s', (message) => {
    expect(namedTags(['nothing here', message], [tag, 'Secil.Portugal'])).toEqual(new Set([tag]));
  });

  it.each([`${tag}2: bad`, `X${tag}: bad`, `Other.${tag}: bad`, `${tag}.Sub: bad`, `${tag}_2`, tag.slice(1)])(
    'is not misled by a name that holds another: %s',
    (message) => {
      expect(namedTags([message], [tag])).toEqual(new Set());
    },
  );

  it('finds a name after a longer one that begins with it', () => {
    expect(namedTags(['Secil.AB and Secil.A'], ['Secil.A', 'Secil.AB'])).toEqual(new Set(['Secil.A', 'Secil.AB']));
  });
});
