/** How channels go through an operator. */
import type { Node } from '../../../../onnx/model.ts';
import type { Trace } from '../trace.ts';

/**
 * Joins the channels of what the node reads, and says which its outputs have and how the node changes when some
 * go. Gives a reason where the node is not understood: then all that it reads stays whole. Outputs that a rule
 * says nothing of have no channels that can go.
 */
export type ChannelRule = (node: Node, trace: Trace) => string | undefined;
