/**
 * What lies in the functions' `node_modules`: packages that cannot be bundled, as they load files of their own, and of
 * those only what is loaded. Everything else is part of the bundle.
 */
import type { Architecture } from './architecture.ts';

export interface FunctionPackage {
  readonly name: string;
  /** Copied, relative to the package; `package.json` always is. */
  readonly files?: readonly string[];
  /** Bundled with its dependencies into the file that its `main` names, as copying them would take ten times the space. */
  readonly bundled?: string;
  /** Why it is there. */
  readonly why: string;
}

/** All of them, for one architecture. */
export function functionPackages({ cpu }: Architecture): readonly FunctionPackage[] {
  return [
    {
      name: 'onnxruntime-node',
      // No provider but the CPU's: the others are separate files. Its dependencies serve its installation alone.
      files: ['dist/*.js', `bin/napi-v6/linux/${cpu}/*`],
      why: 'runs models',
    },
    {
      name: 'onnxruntime-common',
      files: ['dist/cjs/*.js', 'dist/cjs/package.json'],
      why: 'onnxruntime-node loads it',
    },
    { name: 'sharp', files: ['dist/*.cjs', 'dist/*.mjs', 'LICENSE'], why: 'decodes images' },
    {
      name: `@img/sharp-linux-${cpu}`,
      files: ['index.cjs', 'lib/*.node', 'LICENSE'],
      why: 'sharp loads it',
    },
    {
      name: `@img/sharp-libvips-linux-${cpu}`,
      files: ['lib/*.so.*', 'README.md'],
      why: 'sharp loads it',
    },
    { name: '@img/colour', files: ['*.cjs', 'LICENSE*'], why: 'sharp loads it' },
    { name: 'detect-libc', files: ['lib/*.js', 'LICENSE'], why: 'sharp loads it' },
    {
      name: 'semver',
      files: ['*.js', 'classes/*.js', 'functions/*.js', 'internal/*.js', 'ranges/*.js', 'LICENSE'],
      why: 'sharp loads it',
    },
    {
      name: '@tensorflow/tfjs',
      bundled: 'dist/tf.node.js',
      why: 'the reference that Keras and TensorFlow.js models are verified against',
    },
    {
      name: '@litertjs/core',
      files: ['dist/index.js', 'wasm/litert_wasm_internal.js', 'wasm/litert_wasm_internal.wasm'],
      why: 'the reference that TFLite models are verified against; Node needs none of its other builds',
    },
    { name: '@litertjs/wasm-utils', files: ['dist/index.js'], why: '@litertjs/core loads it' },
  ];
}
