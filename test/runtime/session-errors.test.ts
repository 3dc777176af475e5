import { describe, expect, it } from 'vitest';
import {
  InputError,
  LimitError,
  ModelError,
  ToolError,
  UnsupportedError,
} from '../../shared/base/errors.ts';
import { explainLoadError, explainRunError } from '../../shared/runtime/session-errors.ts';

describe('explainLoadError', () => {
  it.each([
    [
      'Load model from m.onnx failed:Fatal error: com.acme:Twist(-1) is not a registered function/op',
      UnsupportedError,
      /does not have the op com\.acme:Twist of m\.onnx/,
    ],
    [
      'Load model from m.onnx failed:This is an invalid model. In Node, ("a", Foo, "", -1) : ("x": tensor(float),) -> ("y",) , Error No Op registered for Foo with domain_version of 17',
      UnsupportedError,
      /opset 17 has no op Foo/,
    ],
    [
      "Could not find an implementation for Conv(11) node with name 'c1'",
      UnsupportedError,
      /no CPU kernel for Conv\(11\)/,
    ],
    [
      'Unsupported model IR version: 99, max supported IR version: 13',
      UnsupportedError,
      /IR version 99: onnxruntime reads up to 13/,
    ],
    ['Unsupported data type: 16', UnsupportedError, /type that onnxruntime-node cannot pass/],
    ["Load model a.onnx failed. File doesn't exist", InputError, /m\.onnx does not exist/],
    ['Protobuf parsing failed.', ModelError, /not a valid model: Protobuf parsing failed/],
    ["Type Error: Type 'tensor(int64)' of input", ModelError, /not a valid model/],
    [
      "Cannot find package 'onnxruntime-node' imported from x",
      UnsupportedError,
      /could not be loaded on this machine/,
    ],
    ['std::bad_alloc', LimitError, /memory ran out/],
    [
      'Exception during initialization: rnn.h:51 layout_ == 0 was false',
      UnsupportedError,
      /cannot set up m\.onnx: Exception during/,
    ],
    ['something new', ToolError, /cannot load m\.onnx: something new/],
  ] as const)('%s', (text, kind, message) => {
    const error = explainLoadError(text, 'm.onnx');
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });

  it('shows no signatures and no places of its source', () => {
    const text =
      'Exception during initialization: /onnxruntime_src/onnxruntime/core/framework/session_state_utils.cc:264 onnxruntime::common::Status onnxruntime::session_state_utils::SaveInitializedTensors(const onnxruntime::Env&, const std::__cxx11::basic_string<char>&, const std::function<void(int)>&) const status.IsOK() was false. No initializer.';
    expect(explainLoadError(text, 'm.onnx').message).toBe(
      'onnxruntime cannot set up m.onnx: Exception during initialization: status.IsOK() was false. No initializer.',
    );
    const short = 'Exception during initialization: rnn.h:51 layout_ == 0 was false';
    expect(explainLoadError(short, 'm.onnx').message).toMatch(/initialization: layout_ == 0/);
  });

  it('names the node', () => {
    const text = "Could not find an implementation for Conv(11) node with name 'c1'";
    expect(explainLoadError(text, 'm').where).toBe("node 'c1'");
  });
});

describe('explainRunError', () => {
  it.each([
    ["input 'x' is missing in 'feeds'.", InputError, /got no input 'x'/],
    ['Got invalid dimensions for input: x', InputError, /does not fit/],
    ['std::bad_alloc', LimitError, /memory ran out/],
    ['Non-zero status code returned while running Add node', ToolError, /failed while running m/],
  ] as const)('%s', (text, kind, message) => {
    const error = explainRunError(text, 'm');
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });
});
