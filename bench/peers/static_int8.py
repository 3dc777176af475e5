"""Static int8 of one model with onnxruntime's tools: `static_int8.py MinMax|Percentile MODEL SAMPLES.npz OUT`,
after `static_int8.py raise MODEL OUT` has brought it to opset 17.

`quant_pre_process`, then `quantize_static` over all operators, 64 samples of the array `x`, 7-bit weights by channel. Prints one
line of JSON: CPU seconds, wall seconds and peak MB of the whole process.
Environment: a Python with `pip install onnx onnxruntime sympy`.
"""

import json
import resource
import sys
import time

STARTED = time.time()

import numpy
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process


class Samples(CalibrationDataReader):
    def __init__(self, path):
        samples = numpy.load(path)["x"][:64]
        self.each = iter([{"x": samples[i : i + 1]} for i in range(len(samples))])

    def get_next(self):
        return next(self.each, None)


def main(method, source, samples, out):
    prepared = out + ".prepared.onnx"
    quant_pre_process(source, prepared)
    quantize_static(
        prepared,
        out,
        Samples(samples),
        per_channel=True,
        reduce_range=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod[method],
    )
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.time() - STARTED,
        "peak": usage.ru_maxrss / 1024,
    }))


if sys.argv[1] == "raise":
    import onnx.version_converter

    onnx.save(onnx.version_converter.convert_version(onnx.load(sys.argv[2]), 17), sys.argv[3])
else:
    main(*sys.argv[1:])
