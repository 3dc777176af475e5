import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../../shared/formats/build/build-model.ts';
import { layerOf } from '../../../../shared/formats/keras/layer-table.ts';
import { PREPROCESSING_CATEGORIES } from '../../../../shared/formats/keras/layers/preprocessing-categories.ts';
import { agreesWithKeras, callOf } from './_more.ts';

const REFUSED = [
  ['StringLookup', 'text'],
  ['TextVectorization', 'text'],
  ['Hashing', 'SipHash'],
  ['HashedCrossing', 'FarmHash'],
  ['Equalization', 'histograms'],
  ['CLAHE', 'histograms'],
  ['MelSpectrogram', 'spectrograms'],
  ['STFTSpectrogram', 'spectrograms'],
] as const;

describe('preprocessing to categories as Keras computes it', () => {
  const refused = new Set<string>(REFUSED.map(([name]) => name));
  agreesWithKeras(
    Object.keys(PREPROCESSING_CATEGORIES).filter((name) => !refused.has(name)),
    'layer',
  );
});

describe('what cannot be', () => {
  const refusal = (name: string, config = {}): string => {
    let message = '';
    try {
      buildModel(undefined, (b) => {
        const x = b.input('x', 'int64', [2, 3]);
        layerOf(name)?.(callOf(b, name, [x], config));
      });
    } catch (error) {
      message = String(error);
    }
    return message;
  };
  it.each(REFUSED)('%s is refused because of %s', (name, why) => {
    expect(refusal(name)).toContain(why);
  });
  it('a vocabulary that is nowhere is asked for', () => {
    expect(refusal('IntegerLookup', { vocabulary: null })).toContain('not in the file');
  });
  it('a vocabulary may lie beside the variables', () => {
    const words = (text: string): string => {
      try {
        buildModel(undefined, (b) => {
          const call = callOf(b, 'IntegerLookup', [b.input('x', 'int64', [2, 3])], {});
          const weights = { ...call.weights, asset: () => text };
          const made = layerOf('IntegerLookup')?.({ ...call, weights });
          expect(made).toHaveProperty('shape', [2, 3]);
        });
      } catch (error) {
        return String(error);
      }
      return 'converted';
    };
    expect(words('-1\n7\n8')).toBe('converted');
    expect(words('7\n8\n')).toBe('converted');
    expect(words('seven')).toContain('one word of its vocabulary is "seven"');
  });
  it('bins that were never adapted are told', () => {
    expect(refusal('Discretization', { num_bins: 3 })).toContain('no bounds of its bins');
  });
});
