"""Makes the first inputs of the fuzz targets graph-def and saved-model: small graphs of many kinds.

Run with TensorFlow 2.21 (`CUDA_VISIBLE_DEVICES= python make_tensorflow_seeds.py`).
"""
import pathlib

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

v1 = tf.compat.v1
HERE = pathlib.Path(__file__).parent / 'corpus'


def arithmetic(x):
    return {'y': tf.nn.relu(x * 2.0 + tf.constant([1.0, 2.0, 3.0]))}


def constants(x):
    total = x
    for dtype in [tf.int32, tf.int64, tf.float16, tf.bfloat16, tf.float64, tf.bool, tf.uint8]:
        total += tf.cast(tf.constant(1, tf.int32 if dtype == tf.bool else dtype) if dtype != tf.bool else tf.constant(True), tf.float32)
    return {'y': total + tf.fill([3], 0.5)}


def convolution(x):
    image = tf.reshape(x, [-1, 1, 3, 1])
    return {'y': tf.nn.max_pool2d(tf.nn.conv2d(image, np.ones([1, 2, 1, 2], np.float32), 1, 'SAME'), [1, 2], 1, 'VALID')}


def outputs(x):
    values, indices = tf.math.top_k(x, 2)
    first, second, third = tf.split(x, 3, axis=1)
    return {'v': values, 'i': indices, 's': second + third}


def slices(x):
    return {'y': tf.concat([x[:, ::-1], tf.transpose(tf.pad(x, [[1, 0], [0, 0]]))[:, :3]], 0), 'n': tf.shape(x)[0]}


def branch(x):
    return {'y': tf.cond(tf.reduce_sum(x) > 0, lambda: x + 1.0, lambda: x - 1.0)}


def loop(x):
    return {'y': tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, h * 2.0), [tf.constant(0), x])[1]}


def table(x):
    keys = tf.constant([1, 2], tf.int64)
    found = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, tf.constant([0.5, 1.5])), -1.0)
    return {'y': found.lookup(tf.cast(x, tf.int64))}


def variable(x):
    return {'y': tf.matmul(x, v1.get_variable('w', [3, 2], use_resource=True))}


def call(x):
    @tf.function
    def inner(value):
        return tf.tanh(value)
    return {'y': inner(inner(x))}


for control_flow_v2 in [True, False]:
    for make in [arithmetic, constants, convolution, outputs, slices, branch, loop, table, variable, call]:
        if not control_flow_v2 and make not in (branch, loop):
            continue
        (v1.enable_control_flow_v2 if control_flow_v2 else v1.disable_control_flow_v2)()
        with tf.Graph().as_default() as graph:
            x = v1.placeholder(tf.float32, [None, 3], 'x')
            results = {key: tf.identity(value, f'out_{key}') for key, value in make(x).items()}
            signature = v1.saved_model.predict_signature_def({'x': x}, results)
            definition = graph.as_graph_def()
        name = make.__name__ + ('' if control_flow_v2 else '_frames')
        for function in definition.library.function:
            function.attr.clear()
            function.arg_attr.clear()
        for node in [*definition.node, *[n for f in definition.library.function for n in f.node_def]]:
            for attribute in [key for key in node.attr if key.startswith('_')]:
                del node.attr[attribute]
        meta = meta_graph_pb2.MetaGraphDef(graph_def=definition)
        meta.meta_info_def.tags.append('serve')
        meta.signature_def['serving_default'].CopyFrom(signature)
        model = saved_model_pb2.SavedModel(saved_model_schema_version=1, meta_graphs=[meta])
        for target, message in [('graph-def', definition), ('saved-model', model)]:
            (HERE / target).mkdir(parents=True, exist_ok=True)
            (HERE / target / name).write_bytes(message.SerializeToString(deterministic=True))
            print(target, name, message.ByteSize())
