"""Checks the ONNX files of the example models with ONNX's own checker and ONNX Runtime.

    swift run ExchangeCases FOLDER onnx
    python3 check_onnx.py FOLDER

Every graph has to pass onnx.checker with full shape inference, and to give what the model gives,
within 1e-5: for batches of 1, 3 and 17, lengths of 1, 2 and 50, rows of unequal length with rubbish in
the padding, streams in chunks, and step by step.
"""

import glob
import os
import sys

import numpy
import onnx
import onnxruntime
import safetensors.numpy

TOLERANCE = 1e-5
# Where sums are near 0, normalisation multiplies the rounding of single precision by up to 300.
OTHER_TOLERANCES = {"lstm-normalised": 1e-4}


def states(outputs):
    """The states after a run as those before the next."""
    return {
        name.replace("final_", "initial_"): value
        for name, value in outputs.items()
        if name.startswith("final_")
    }


class Graph:
    def __init__(self, path):
        onnx.checker.check_model(onnx.load(path), full_check=True)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"]
        )
        self.names = [output.name for output in self.session.get_outputs()]

    def run(self, given):
        return dict(zip(self.names, self.session.run(None, given)))


def rows(case):
    """The input, with rubbish past each row's end, and the lengths."""
    data = case["input"].copy()
    lengths = case.get("lengths")
    if lengths is None:
        return {"input": data}
    lengths = lengths.astype(numpy.int32)
    for row, length in enumerate(lengths):
        data[row, length:] = 1e30
    return {"input": data, "lengths": lengths}


def check(name, folder):
    """The largest distance of a model's graphs from what the model gives, over all its cases."""
    arrays = safetensors.numpy.load_file(f"{folder}/{name}.safetensors")
    cases = {}
    for key, value in arrays.items():
        case, array = key.split("/")
        cases.setdefault(case, {})[array] = value
    graph = Graph(f"{folder}/{name}.sequence.onnx")
    step_path = f"{folder}/{name}.step.onnx"
    step = Graph(step_path) if os.path.exists(step_path) else None
    worst = {"sequence": 0.0}

    def compare(kind, result, wanted):
        assert result.shape == wanted.shape, (name, kind, result.shape, wanted.shape)
        distance = float(numpy.abs(result - wanted).max())
        assert distance <= OTHER_TOLERANCES.get(name, TOLERANCE), f"{name}, {kind}: differs by {distance}"
        worst[kind] = max(worst.get(kind, 0.0), distance)

    for case in cases.values():
        wanted = case["logits"]
        compare("sequence", graph.run(rows(case))["logits"], wanted)
        if step is None or "lengths" in case:
            continue
        data = case["input"]
        last = wanted if wanted.ndim == 2 else wanted[:, -1]
        given = {}
        for time in range(data.shape[1]):
            outputs = step.run({"input": data[:, time], **given})
            given = states(outputs)
        compare("step", outputs["logits"], last)
        if data.shape[1] > 2:
            first = graph.run({"input": data[:, :2]})
            second = graph.run({"input": data[:, 2:], **states(first)})["logits"]
            compare("chunks", second if second.ndim == 2 else second[:, -1], last)
    return worst


def main(folder):
    names = sorted(
        os.path.basename(path).removesuffix(".sequence.onnx")
        for path in glob.glob(f"{folder}/*.sequence.onnx")
    )
    assert names, f"{folder} has no files to check"
    failures = []
    for name in names:
        try:
            worst = check(name, folder)
            print(name, " ".join(f"{kind} {value:.1e}" for kind, value in worst.items()))
        except Exception as error:
            failures.append(name)
            print(f"{name}: FAILED: {str(error)[:300]}")
    print(
        f"{len(names) - len(failures)} of {len(names)} models agree with ONNX Runtime "
        f"{onnxruntime.__version__} within {TOLERANCE}"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
