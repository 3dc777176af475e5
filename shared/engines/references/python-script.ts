/**
 * What Python runs: TensorFlow on one model. Requests and answers are lines of JSON on standard input and
 * output; tensors lie in raw files in the folder that both know.
 */
export const PYTHON_SCRIPT = `
import json, os, sys
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
# What libraries print must not end up between the answers.
answers, sys.stdout = sys.stdout, sys.stderr
import numpy as np
import tensorflow as tf

folder, state = sys.argv[1], {}

def open_saved_model(path, signature):
    loaded = tf.saved_model.load(path)
    call = loaded.signatures[signature]
    inputs = call.structured_input_signature[1]
    def run(feeds):
        return call(**{k: tf.constant(v, inputs[k].dtype) for k, v in feeds.items()})
    # Variables live as long as what was loaded.
    run.keep = loaded
    return run

def open_frozen_graph(path, ports):
    graph = tf.compat.v1.GraphDef()
    with open(path, "rb") as file:
        graph.ParseFromString(file.read())
    tensor = lambda name: name if ":" in name else name + ":0"
    wrapped = tf.compat.v1.wrap_function(lambda: tf.graph_util.import_graph_def(graph, name=""), [])
    ins = [wrapped.graph.as_graph_element(tensor(n)) for n in ports["inputs"]]
    outs = [wrapped.graph.as_graph_element(tensor(n)) for n in ports["outputs"]]
    call = wrapped.prune(ins, outs)
    def run(feeds):
        given = [tf.constant(feeds[n], t.dtype) for n, t in zip(ports["inputs"], ins)]
        return dict(zip(ports["outputs"], call(*given)))
    return run

def open_tflite(path, ports):
    interpreter = tf.lite.Interpreter(model_path=path)
    ins, outs = interpreter.get_input_details(), interpreter.get_output_details()
    def run(feeds):
        for name, detail in zip(ports["inputs"], ins):
            interpreter.resize_tensor_input(detail["index"], feeds[name].shape)
        interpreter.allocate_tensors()
        interpreter.reset_all_variables()
        for name, detail in zip(ports["inputs"], ins):
            interpreter.set_tensor(detail["index"], feeds[name].astype(detail["dtype"]))
        interpreter.invoke()
        return {n: interpreter.get_tensor(d["index"]) for n, d in zip(ports["outputs"], outs)}
    return run

def open_keras(path, ports):
    try:
        model = tf.keras.models.load_model(path, compile=False)
    except Exception:
        import tf_keras
        model = tf_keras.models.load_model(path, compile=False)
    def run(feeds):
        given = [tf.cast(tf.constant(feeds[n]), t.dtype) for n, t in zip(ports["inputs"], model.inputs)]
        results = tf.nest.flatten(model(given[0] if len(given) == 1 else given, training=False))
        return dict(zip(ports["outputs"], results))
    return run

def read(tensor):
    data = np.fromfile(os.path.join(folder, tensor["file"]), dtype=tensor["dtype"])
    return data.reshape(tensor["shape"])

def write(name, value, index):
    array = np.ascontiguousarray(value)
    if array.dtype.kind not in "fiub":
        raise ValueError("the output %s is of %s" % (name, array.dtype))
    file = "out%d.bin" % index
    array.tofile(os.path.join(folder, file))
    return {"name": name, "dtype": str(array.dtype), "shape": list(np.shape(value)), "file": file}

def answer(request):
    if request["kind"] == "open":
        path, format, ports = request["path"], request["format"], request["ports"]
        if format == "saved-model":
            state["run"] = open_saved_model(path, request["signature"])
        elif format == "frozen-graph":
            state["run"] = open_frozen_graph(path, ports)
        elif format == "tflite":
            state["run"] = open_tflite(path, ports)
        else:
            state["run"] = open_keras(path, ports)
        return {"version": tf.__version__}
    results = state["run"]({t["name"]: read(t) for t in request["tensors"]})
    return {"tensors": [write(n, results[n], i) for i, n in enumerate(request["outputs"])]}

for line in sys.stdin:
    try:
        reply = {"ok": True, "answer": answer(json.loads(line))}
    except Exception as error:
        reply = {"ok": False, "message": "%s: %s" % (type(error).__name__, error)}
    answers.write(json.dumps(reply) + "\\n")
    answers.flush()
`;
