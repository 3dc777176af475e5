"""Makes int4 (blocks of 32) and float16 of one model with onnxruntime's tools: `weight_only.py int4|float16 MODEL OUT`.

Prints one line of JSON: CPU seconds, wall seconds and peak MB of the whole process.
Environment: a Python with `pip install onnx onnxruntime onnx_ir`.
"""

import json
import resource
import sys
import time

STARTED = time.time()

import onnx


def int4(model):
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantizer = MatMulNBitsQuantizer(model, block_size=32, is_symmetric=True, accuracy_level=4)
    quantizer.process()
    return quantizer.model.model


def float16(model):
    from onnxruntime.transformers.float16 import convert_float_to_float16

    return convert_float_to_float16(model, keep_io_types=True)


def main(variant, source, out):
    onnx.save({"int4": int4, "float16": float16}[variant](onnx.load(source)), out)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.time() - STARTED,
        "peak": usage.ru_maxrss / 1024,
    }))


main(*sys.argv[1:])
