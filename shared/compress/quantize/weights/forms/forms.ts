/** Every form and who writes it. */
import type { Form } from '../../policy.ts';
import { applyDequantize } from './dequantize.ts';
import { applyDequantizeBlocks } from './dequantize-blocks.ts';
import { applyDynamic } from './dynamic.ts';
import { applyDynamicLstm } from './dynamic-lstm.ts';
import { applyFolded } from './folded.ts';
import type { ApplyForm } from './form.ts';
import { applyGatherBlocks } from './gather-blocks.ts';
import { applyGatherDequantize } from './gather-dequantize.ts';
import { applyMatMulNBits } from './matmul-nbits.ts';

interface FormEntry {
  readonly apply: ApplyForm;
  /** The version of ai.onnx that its operators need. */
  readonly opset: number;
  /** Whether it uses operators of com.microsoft. */
  readonly isContrib: boolean;
  /** The IR version that its element types need; 0: any. */
  readonly irVersion: number;
}

export const FORMS: Readonly<Record<Exclude<Form, 'float'>, FormEntry>> = {
  folded: { apply: applyFolded, opset: 7, isContrib: false, irVersion: 0 },
  dequantize: { apply: applyDequantize, opset: 13, isContrib: false, irVersion: 0 },
  'gather-dequantize': { apply: applyGatherDequantize, opset: 13, isContrib: false, irVersion: 0 },
  dynamic: { apply: applyDynamic, opset: 11, isContrib: false, irVersion: 0 },
  'dynamic-lstm': { apply: applyDynamicLstm, opset: 7, isContrib: true, irVersion: 0 },
  'matmul-nbits': { apply: applyMatMulNBits, opset: 7, isContrib: true, irVersion: 0 },
  'gather-blocks': { apply: applyGatherBlocks, opset: 7, isContrib: true, irVersion: 0 },
  'dequantize-blocks': { apply: applyDequantizeBlocks, opset: 21, isContrib: false, irVersion: 10 },
};
