"""Runs onnxslim and onnxsim on one model: `simplify.py MODEL OUT_FOLDER`.

Prints one line of JSON for each: tool, version, seconds (wall, without imports), path of the result, or error.
Environment: a Python with `pip install onnx onnxruntime onnxslim onnxsim`.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import onnx
import onnxsim
import onnxslim


def simplify(model):
    simplified, is_right = onnxsim.simplify(model)
    if not is_right:
        raise RuntimeError("onnxsim's own check of the outputs failed")
    return simplified


TOOLS = {"onnxslim": onnxslim.slim, "onnxsim": simplify}


def main(model_path, folder):
    for tool, run in TOOLS.items():
        line = {"tool": tool, "version": version(tool)}
        try:
            model = onnx.load(model_path)
            started = time.perf_counter()
            result = run(model)
            line["seconds"] = time.perf_counter() - started
            path = Path(folder) / f"{tool}.onnx"
            onnx.save(result, path)
            line["path"] = str(path)
        except Exception as error:
            line["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(line), flush=True)


main(*sys.argv[1:3])
