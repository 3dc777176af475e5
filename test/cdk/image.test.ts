import { describe, expect, it } from 'vitest';
import { builtFolder, ImageCode, Images, isBuilt } from '../../cdk/image.ts';
import { _emptyStack, _IMAGE } from './_template.ts';

describe('Images', () => {
  it('takes an address without a name for the usual architecture', () => {
    expect(new Images(_emptyStack(), 'arm64', _IMAGE).of('arm64')).toEqual({ uri: _IMAGE });
  });

  it('takes an address for each', () => {
    const images = new Images(_emptyStack(), 'x86_64', { x86_64: 'a', arm64: 'b', gpu: 'c' });
    expect([images.of('x86_64').uri, images.of('arm64').uri, images.of('gpu').uri]).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it.each(['x86_64', 'arm64', 'gpu'] as const)(
    'asks for the address of %s, or makes it of the built folder, once',
    (name) => {
      const scope = _emptyStack();
      const images = new Images(scope, 'x86_64');
      expect(images.of(name)).toBe(images.of(name));
      const parameter = scope.node.tryFindChild(`Image${name.replace('_', '')}`);
      const asset = scope.node.tryFindChild(`Image-${name}`);
      const built = isBuilt(name === 'gpu' ? 'x86_64' : name);
      expect([parameter !== undefined, asset !== undefined]).toEqual([!built, built]);
    },
  );
});

it('builtFolder is where build:functions puts it', () => {
  expect(builtFolder('arm64')).toMatch(/[/\\]build[/\\]functions[/\\]arm64$/);
});

it('ImageCode is an image with its command', () => {
  expect(new ImageCode('uri', 'index.work').bind()).toEqual({
    image: { imageUri: 'uri', cmd: ['index.work'] },
  });
});
