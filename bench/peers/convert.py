"""Models of keras.applications, and what converting them costs with tf2onnx.

    convert.py make FOLDER NAME       random weights; writes NAME.keras, NAME.h5, NAME_saved/ and NAME.npz (x, y)
    convert.py measure COMMAND …      runs a command; prints one line of JSON: CPU seconds, wall seconds and peak MB
                                      of the largest process of all that it started
    convert.py inspect MODEL.onnx     prints one line of JSON: nodes by op

Environment: a Python 3.11 with
`pip install tensorflow-cpu==2.21.0 keras==3.15.1 tf2onnx==1.17.0 onnx==1.23.2 onnxruntime==1.32.0`.
"""

import json
import os
import resource
import subprocess
import sys
import time

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def make(folder, name):
    import keras
    import numpy

    keras.utils.set_random_seed(7)
    model = getattr(keras.applications, name)(weights=None)
    # Statistics of a model that has seen data: with those of a new one every BatchNormalization is the identity.
    random = numpy.random.default_rng(7)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            mean, variance = layer.moving_mean, layer.moving_variance
            mean.assign(random.normal(0, 0.1, mean.shape))
            variance.assign(random.uniform(0.5, 1.5, variance.shape))
    path = os.path.join(folder, name)
    model.save(path + ".keras")
    model.save(path + ".h5")
    model.export(path + "_saved", verbose=False)
    # MobileNetV3 takes images of any size.
    size = [extent or 224 for extent in model.inputs[0].shape[1:]]
    x = random.uniform(0, 1, (2, *size)).astype("float32")
    numpy.savez(path + ".npz", **{model.inputs[0].name.split(":")[0]: x, "outputs": model.predict(x, verbose=0)})
    print(json.dumps({"parameters": model.count_params()}))


def measure(command):
    started = time.time()
    # This process stays small: a child's peak counts from the fork.
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    wall = time.time() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "cpu": used.ru_utime + used.ru_stime,
                "wall": wall,
                "peak": used.ru_maxrss / 1024,
                "code": done.returncode,
                "error": done.stderr.decode(errors="replace").strip().split("\n")[-1] if done.returncode else "",
            }
        )
    )


def inspect(path):
    import collections

    import onnx

    counts = collections.Counter(node.op_type for node in onnx.load(path).graph.node)
    print(json.dumps(counts))


if sys.argv[1] == "make":
    make(*sys.argv[2:4])
elif sys.argv[1] == "measure":
    measure(sys.argv[2:])
else:
    inspect(sys.argv[2])
