/** Configurations as JSON text, and the version that wrote them. */
import { LimitError, ModelError } from '../../base/errors.ts';
import type { ByteSource } from '../../onnx/stored-tensor.ts';
import type { Json } from './layer.ts';

/**
 * The configurations of the largest known models are a few MB; lists of a vocabulary some tens. Parsed it takes
 * some ten times as much memory (CWE-789).
 */
export const MAX_CONFIG_BYTES = 64 << 20;

/** @throws ModelError for what is no JSON */
export function parseConfig(text: string, where: string): Json {
  try {
    // Keras writes NaN and Infinity as Python does, outside of text; 1e999 is the same to JSON.
    const plain = text.replace(
      /([:[,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g,
      (_, before: string, word: string) =>
        `${before}${word === 'NaN' ? 'null' : word.replace('Infinity', '1e999')}`,
    );
    return JSON.parse(plain);
  } catch (error) {
    if (error instanceof RangeError) throw new ModelError(`${where} is nested too deeply`);
    throw new ModelError(`${where} is no JSON`, { cause: error });
  }
}

/** A whole source as JSON. */
export function readConfig(source: ByteSource, where: string): Json {
  if (source.size > MAX_CONFIG_BYTES)
    throw new LimitError(`${where} is ${source.size} bytes, more than any configuration`);
  return parseConfig(new TextDecoder().decode(source.read(0, source.size)), where);
}

/** The major version of Keras from its own words; files that do not say are of the old one. */
export const majorOf = (version: string | undefined): 2 | 3 =>
  version !== undefined && Number.parseInt(version, 10) >= 3 ? 3 : 2;
