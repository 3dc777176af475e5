/** TensorFlow in Python, where the user's machine happens to have it: found, or told by FETTLE_PYTHON. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '../../base/child-environment.ts';
import { FettleError, ToolError, UnsupportedError } from '../../base/errors.ts';
import { makeTempDir, removeTempDir } from '../../base/files.ts';
import type { NamedTensors, Tensor, TensorType } from '../../base/tensor.ts';
import { bytesOf } from '../../onnx/make-tensor.ts';
import { isTensorType, typedArray } from '../../onnx/tensor-data.ts';
import { DEFAULT_TIMEOUT_MS } from '../../runtime/worker-process.ts';
import type { Availability } from '../engine.ts';
import { namesOf } from './open-in-child.ts';
import { PythonProcess } from './python-process.ts';
import { PYTHON_SCRIPT } from './python-script.ts';
import type {
  OpenReferenceOptions,
  Reference,
  ReferenceModel,
  ReferenceSource,
} from './reference.ts';

/** Looking for a package takes a second; more only where the disk is very slow. */
const LOOK_TIMEOUT_MS = 30_000;

/** Finds TensorFlow without importing it, which takes ten seconds. */
const LOOK = 'import importlib.util as u, sys; sys.exit(0 if u.find_spec("tensorflow") else 1)';

const python = (): string => process.env.FETTLE_PYTHON || 'python3';

export const pythonReference: Reference = {
  name: 'TensorFlow (Python)',
  formats: ['saved-model', 'frozen-graph', 'keras', 'h5', 'tflite'],
  available: () => look(python()),
  open: (source, options) => openIn(python(), source, options),
};

function look(command: string): Promise<Availability> {
  return new Promise((resolve) => {
    const options = { timeout: LOOK_TIMEOUT_MS, env: childEnvironment() };
    execFile(command, ['-c', LOOK], options, (error) => {
      resolve(
        error
          ? {
              available: false,
              reason: `${command} has no TensorFlow: set FETTLE_PYTHON to a Python that has`,
            }
          : { available: true },
      );
    });
  });
}

/** @throws UnsupportedError when TensorFlow cannot load the model */
export async function openIn(
  command: string,
  { path, format, ports, signature = 'serving_default' }: ReferenceSource,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: OpenReferenceOptions = {},
): Promise<ReferenceModel> {
  const folder = makeTempDir('python');
  const child = new PythonProcess(command, PYTHON_SCRIPT, [folder]);
  const names = namesOf(ports);
  const close = async (): Promise<void> => {
    await child.close();
    removeTempDir(folder);
  };
  const asking = { timeoutMs, signal };
  try {
    const opened = await child.ask(
      { kind: 'open', path, format, signature, ports: names },
      { ...asking, doing: 'loading the model in TensorFlow' },
    );
    const version = isRecord(opened) ? String(opened.version) : '';
    return {
      name: `TensorFlow ${version}`,
      async run(feeds) {
        const tensors = await Promise.all(
          names.inputs.map((name, index) => writeTensor(folder, name, feeds[name], index)),
        );
        const answer = await child.ask(
          { kind: 'run', tensors, outputs: names.outputs },
          { ...asking, doing: 'running TensorFlow' },
        );
        return readTensors(folder, answer);
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    if (!(error instanceof FettleError)) throw error;
    throw error instanceof ToolError
      ? new UnsupportedError(`TensorFlow cannot load the model: ${error.message}`, { cause: error })
      : error;
  }
}

interface FileTensor {
  readonly name: string;
  /** NumPy's name of the type, which is ours. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly file: string;
}

async function writeTensor(
  folder: string,
  name: string,
  tensor: Tensor | undefined,
  index: number,
): Promise<FileTensor> {
  if (!tensor || tensor.type === 'string')
    throw new ToolError(`the input '${name}' cannot be given to Python`);
  const file = `in${index}.bin`;
  const data = tensor.data as Float32Array;
  await writeFile(join(folder, file), bytesOf(data));
  return { name, dtype: tensor.type, shape: tensor.dims, file };
}

async function readTensors(folder: string, answer: unknown): Promise<NamedTensors> {
  const tensors = isRecord(answer) && Array.isArray(answer.tensors) ? answer.tensors : [];
  const entries = tensors.map(async (item: FileTensor, index): Promise<[string, Tensor]> => {
    const { name, dtype, shape } = item;
    if (!isNumeric(dtype)) throw new ToolError(`the output '${name}' is of ${dtype}`);
    // The names of the files are known: an answer cannot lead elsewhere.
    const bytes = new Uint8Array(await readFile(join(folder, `out${index}.bin`)));
    return [name, { type: dtype, dims: shape, data: typedArray(dtype, bytes) }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

const isNumeric = (type: string): type is Exclude<TensorType, 'string'> =>
  type !== 'string' && isTensorType(type as TensorType);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
