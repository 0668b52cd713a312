"""Checks packages for Core ML that were written by ExchangeCases with coremltools.

    ExchangeCases FOLDER
    python check_coreml.py FOLDER

Needs coremltools 9, numpy, safetensors and torch. Each package is loaded, its program is turned back into a
typed one, whose every operation coremltools then checks, and it is evaluated: by the operations' own value
inference in coremltools, and for lstm, gru and rnn, which have none, by their documented equations in
numpy, as are reductions, scatter and loops. Core ML itself runs on macOS only and has no part in this.
"""

import glob
import json
import logging
import os
import sys

import coremltools as ct
import numpy as np
from coremltools.converters.mil.frontend.milproto.load import load
from coremltools.converters.mil.mil import Builder as mb
from coremltools.converters.mil.mil import Function, Program
from coremltools.libmilstoragepython import _BlobStorageReader
from safetensors.numpy import load_file

logging.getLogger("coremltools").setLevel(logging.ERROR)
TOLERANCE = 1e-5


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def relu(x):
    return np.maximum(x, 0)


ACTIVATIONS = {"tanh": np.tanh, "sigmoid": sigmoid, "relu": relu}


def recurrent(kind, a):
    """A recurrent operation as coremltools documents it, forward over [time, batch, features]."""
    assert a["direction"] == "forward" and a["output_sequence"]
    x, h, bias = a["x"], a["initial_h"], a["bias"]
    wi, wh = a["weight_ih"], a["weight_hh"]
    activation = ACTIVATIONS[a["activation"]]
    outputs = []
    c = a.get("initial_c")
    for xt in x:
        if kind == "rnn":
            h = activation(xt @ wi.T + bias + h @ wh.T)
        elif kind == "lstm":
            gate, cell = ACTIVATIONS[a["recurrent_activation"]], ACTIVATIONS[a["cell_activation"]]
            i, f, o, z = np.split(xt @ wi.T + bias + h @ wh.T, 4, axis=1)
            pi, pf, po = np.split(a.get("peephole", np.zeros(3 * h.shape[1])), 3)
            i, f = gate(i + pi * c), gate(f + pf * c)
            c = f * c + i * cell(z)
            h = gate(o + po * c) * activation(c)
        else:
            gate = ACTIVATIONS[a["recurrent_activation"]]
            ir, io, iz = np.split(xt @ wi.T + bias, 3, axis=1)
            hr, ho, hz = np.split(h @ wh.T, 3, axis=1)
            r, z = gate(ir + hr), gate(iz + hz)
            h = (1 - z) * activation(io + r * ho) + z * h
        outputs.append(h)
    finals = [h] if c is None else [h, c]
    return [np.stack(outputs).astype(np.float32)] + [v.astype(np.float32) for v in finals]


class Evaluation:
    """A program's operations with numbers in the place of its inputs."""

    def __init__(self, function, weights):
        self.block = function.block_specializations[function.opset]
        self.reader = _BlobStorageReader(weights) if os.path.exists(weights) else None
        self.inferred, self.own = set(), set()

    def constant(self, value):
        shape = [d.constant.size for d in value.type.tensorType.dimensions]
        if value.WhichOneof("value") == "blobFileValue":
            data = np.array(self.reader.read_float_data(value.blobFileValue.offset), np.float32)
            return data.reshape(shape)
        tensor = value.immediateValue.tensor
        kind = tensor.WhichOneof("value")
        values = list(getattr(tensor, kind).values)
        if kind == "strings":
            return values[0]
        type = {"floats": np.float32, "ints": np.int32, "bools": np.bool_}[kind]
        data = np.array(values, type).reshape(shape)
        return data if shape else type(data)

    def run(self, inputs, block=None):
        block = block or self.block
        values = dict(inputs)
        for op in block.operations:
            if op.type == "const":
                values[op.outputs[0].name] = self.constant(op.attributes["val"])
                continue
            given = {}
            for name, argument in op.inputs.items():
                got = [values[b.name] for b in argument.arguments]
                given[name] = got if op.type == "concat" and name == "values" else got[0]
            if op.type == "while_loop":
                names = [b.name for b in op.inputs["loop_vars"].arguments]
                results = self.loop(op.blocks, [values[name] for name in names], values)
            elif op.type == "scatter":
                assert given["mode"] == "update" and given["axis"] == 0
                results = [given["data"].copy()]
                results[0][given["indices"]] = given["updates"]
                self.own.add(op.type)
            elif op.type in ("rnn", "lstm", "gru"):
                results = recurrent(op.type, given)
                self.own.add(op.type)
            elif op.type.startswith("reduce_"):
                # coremltools 9 gives numpy 2 a keepdims that it does not take.
                function = {"reduce_max": np.max, "reduce_mean": np.mean}[op.type]
                keeps = bool(given["keep_dims"])
                results = [function(given["x"], axis=tuple(given["axes"]), keepdims=keeps)]
                self.own.add(op.type)
            else:
                results = self.infer(op.type, given)
            for output, result in zip(op.outputs, results, strict=True):
                values[output.name] = result
        return {name: values[name] for name in block.outputs}

    def loop(self, blocks, current, outer):
        condition, body = blocks
        self.own.add("while_loop")

        def answers(block):
            names = [value.name for value in block.inputs]
            results = self.run({**outer, **dict(zip(names, current, strict=True))}, block)
            return [results[name] for name in block.outputs]

        while answers(condition)[0]:
            current = answers(body)
        return current

    def infer(self, type, given):
        """What coremltools itself says that an operation on constants gives."""
        with Function({}):
            outputs = getattr(mb, type)(**given)
            outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
            if all(o.val is not None for o in outputs):
                self.inferred.add(type)
                return [np.array(o.val) for o in outputs]
        raise AssertionError(f"coremltools infers no value of {type}")


def check(path, cases):
    spec = ct.utils.load_spec(path)
    model = ct.models.MLModel(path, skip_model_load=True)
    assert model.get_spec().description == spec.description
    weights = os.path.join(path, "Data/com.apple.CoreML/weights")
    program = load(spec, spec.specificationVersion, file_weights_dir=weights)
    program.validate()
    assert isinstance(program, Program)
    user = spec.description.metadata.userDefined
    assert json.loads(user["classes"]) == ["yes", "no"]
    assert json.loads(user["recurrent.layers"])
    form = user["recurrent.form"]
    function = spec.mlProgram.functions["main"]
    evaluation = Evaluation(function, os.path.join(weights, "weight.bin"))
    x = cases["input"]
    if form == "sequence":
        answer = evaluation.run({"input": x})["logits"]
        distance = np.abs(answer - cases["whole"]).max()
    else:
        initial = json.loads(user.get("recurrent.initialStates", "{}"))
        states = {}
        for feature in spec.description.input:
            if feature.name == "input":
                continue
            size = feature.type.multiArrayType.shape[1]
            row = np.array(initial.get(feature.name, [0.0] * size), np.float32)
            states[feature.name] = np.tile(row, (len(x), 1))
        distance = 0
        for step in range(x.shape[1]):
            answers = evaluation.run({"input": x[:, step], **states})
            distance = max(distance, np.abs(answers["logits"] - cases["each"][:, step]).max())
            states = {n.replace("_out", "_in"): v for n, v in answers.items() if n != "logits"}
    assert distance < TOLERANCE, f"{path}: logits differ by {distance}"
    types = sorted({o.op_type for o in program.functions["main"].operations} - {"const"})
    return form, distance, evaluation, types


def check_against_converter(folder):
    """The weights of what coremltools itself makes of PyTorch's layers of the same parameters."""
    import torch

    # (case, PyTorch's layer, operation)
    cases = [("lstm", torch.nn.LSTM(4, 5), "lstm"), ("rnn-tanh", torch.nn.RNN(4, 5), "rnn")]
    for name, layer, kind in cases:
        arrays = load_file(os.path.join(folder, "coreml", name + ".safetensors"))
        prefix = kind + "."
        layer.load_state_dict(
            {k.removeprefix(prefix): torch.tensor(v) for k, v in arrays.items() if k.startswith(prefix)}
        )

        class Outputs(torch.nn.Module):
            def __init__(self, layer):
                super().__init__()
                self.layer = layer

            def forward(self, x):
                return self.layer(x)[0]

        traced = torch.jit.trace(Outputs(layer).eval(), torch.zeros(7, 3, 4))
        theirs = ct.convert(
            traced,
            inputs=[ct.TensorType(name="x", shape=(7, 3, 4))],
            convert_to="mlprogram",
            compute_precision=ct.precision.FLOAT32,
            skip_model_load=True,
            minimum_deployment_target=ct.target.iOS15,
        )._mil_program
        path = os.path.join(folder, "coreml", f"{name}-sequence.mlpackage")
        spec = ct.utils.load_spec(path)
        weights = os.path.join(path, "Data/com.apple.CoreML/weights")
        ours = load(spec, spec.specificationVersion, file_weights_dir=weights)
        (a,), (b,) = ([o for o in p.functions["main"].operations if o.op_type == kind] for p in (ours, theirs))
        for parameter in ("weight_ih", "weight_hh", "bias"):
            assert np.array_equal(a.inputs[parameter].val, b.inputs[parameter].val), (name, parameter)
        print(f"{name}: the weights are those that coremltools makes of PyTorch's layer")


def main(folder):
    forms, farthest, inferred, own = {}, 0, set(), set()
    for path in sorted(glob.glob(os.path.join(folder, "coreml", "*.mlpackage"))):
        name = os.path.basename(path).rsplit("-", 1)[0]
        cases = load_file(os.path.join(folder, "coreml", name + ".safetensors"))
        form, distance, evaluation, types = check(path, cases)
        forms[form] = forms.get(form, 0) + 1
        farthest = max(farthest, distance)
        inferred |= evaluation.inferred
        own |= evaluation.own
        print(f"{os.path.basename(path)}: {distance:.1e} ({', '.join(types)})")
    assert forms, f"no packages in {folder}/coreml"
    check_against_converter(folder)
    print(f"{forms}: loaded, typed and evaluated; logits differ by {farthest:.1e} at most")
    print(f"by coremltools' value inference: {', '.join(sorted(inferred))}")
    print(f"by the documented equations in numpy: {', '.join(sorted(own))}")


if __name__ == "__main__":
    main(sys.argv[1])
