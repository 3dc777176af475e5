/** Whether 16-bit sums overflow on this CPU: the same file run by kernels that cannot, compared on samples. */
import type { NamedTensors } from '../../../../base/tensor.ts';
import type { Model } from '../../../../onnx/model.ts';
import { openSession, type SessionOptions } from '../../../../runtime/session.ts';
import { type Int8Context, samplesOf } from '../context.ts';

/** Makes onnxruntime compute U8 × S8 without VPMADDUBSW on x64; other CPUs do not know it. */
const EXACT_KERNELS = { 'session.x64quantprecision': '1' };

/**
 * The relative L2 distance between the outputs of the fast and of the exact kernels, over all samples. Above 0.05
 * on every model that saturates, below 0.001 on those that do not (measured; `docs/quantization.md`).
 * 0 on CPUs with VNNI, where nothing saturates.
 */
export async function saturationOf(
  model: Model,
  samples: () => AsyncIterable<NamedTensors>,
  options: SessionOptions = {},
): Promise<number> {
  const fast: NamedTensors[] = [];
  {
    await using session = await openSession(model, options);
    for await (const outputs of session.runMany(samples())) fast.push(outputs);
  }
  // One after the other: two sessions would hold the weights twice.
  await using exact = await openSession(model, {
    ...options,
    extra: { ...options.extra, ...EXACT_KERNELS },
  });
  let error = 0;
  let size = 0;
  let index = 0;
  for await (const reference of exact.runMany(samples())) {
    for (const [name, { data }] of Object.entries(fast[index++] ?? {})) {
      const other = reference[name]?.data;
      if (!(data instanceof Float32Array) || !(other instanceof Float32Array)) continue;
      for (let i = 0; i < data.length; i++) {
        const right = other[i] ?? 0;
        error += ((data[i] ?? 0) - right) ** 2;
        size += right ** 2;
      }
    }
  }
  return size === 0 ? 0 : Math.sqrt(error / size);
}

/** Samples of the check. */
const SAMPLES = 8;
/** Relative distance above which kernels do saturate. */
const MAX_DISTANCE = 0.02;

/** A sentence when sums overflow on this CPU though the hardware asked for promises that they do not. */
export async function findSaturation(
  model: Model,
  { hardware, calibration, process: child, signal }: Int8Context,
): Promise<string | undefined> {
  if (hardware !== 'x64' || process.arch !== 'x64') return undefined;
  const distance = await saturationOf(model, () => samplesOf(calibration, SAMPLES), {
    ...(child && { process: child }),
    ...(signal && { signal }),
  });
  return distance > MAX_DISTANCE
    ? `sums overflow on this CPU: its outputs differ by ${(100 * distance).toFixed(1)} % from exact kernels`
    : undefined;
}
