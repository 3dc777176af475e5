/** Which files of a project are worth a look, by their names: what they are, their bytes say. */

const MODEL_SUFFIX = /\.(onnx|ort|keras|h5|tflite|pb|pt|pth|pt2|safetensors|gguf)$/i;
const DATA_SUFFIX = /\.(npz|npy|jsonl|csv)$/i;
const DATA_FOLDER = /^(data|datasets?)$/i;

/** Whether a file of this name may be a model. */
export const mayBeModel = (name: string): boolean => MODEL_SUFFIX.test(name);

/** Whether a file of this name may be samples. */
export const mayBeData = (name: string): boolean => DATA_SUFFIX.test(name);

/** Whether a folder that holds a file of this name may be a model as a whole. */
export const mayBeModelFolder = (entry: string): boolean =>
  entry === 'saved_model.pb' || entry === 'model.json';

/** Whether a folder of this name holds the data of what lies beside it. */
export const isDataFolder = (name: string): boolean => DATA_FOLDER.test(name);
