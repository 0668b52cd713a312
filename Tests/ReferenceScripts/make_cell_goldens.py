"""Makes Tests/RecurrentTests/Goldens/Fixtures: reference numbers for recurrent cells.

Every case is computed in double precision by PyTorch, from the equations as written below, with
gradients by its automatic differentiation. Where a framework has the cell, the numbers are compared
with what that framework computes, and the script stops if they differ. README.md beside this file
says which versions were used and how to run it.

Arrays of a case, all 32-bit floats; the inputs are exact in 32 bits, the results are rounded to it:

    x            [batch, time, features]      state/0 ...   the state before the first step
    param/NAME   a parameter, under the library's name
    output       [batch, time, hidden]        final/0 ...   the state after the last step
    cot/output, cot/final/0 ...    random weights of the sum whose gradients are given
    grad/x, grad/state/0 ..., grad/param/NAME
"""

import importlib.util
import json
import os
import pathlib
import platform
import struct

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
import tf_keras
import torch
import torchrecurrent

FOLDER = pathlib.Path(__file__).parent.parent / "RecurrentTests" / "Goldens" / "Fixtures"
BATCH, STEPS, INPUT, HIDDEN, PROJECTION = 3, 5, 3, 4, 2


# Cells. Each gets one step's features, the state and the parameters, and gives the next state.


def gates(sums, names):
    """Cuts sums into blocks, one for each letter of `names`."""
    return dict(zip(names, sums.chunk(len(names), dim=1)))


def all_sums(x, h, p):
    """W x + U h + b."""
    return x @ p["weight_ih"].T + h @ p["weight_hh"].T + p["bias_ih"]


def lstm(peephole=False, coupled=False, normalized=False, projected=False):
    def norm(v):
        return torch.nn.functional.layer_norm(v, v.shape[1:], eps=1e-5)

    def step(x, state, p):
        h, c = state
        if normalized:
            sums = norm(x @ p["weight_ih"].T) * p["norm_ih"]
            sums = sums + norm(h @ p["weight_hh"].T) * p["norm_hh"] + p["bias_ih"]
        else:
            sums = all_sums(x, h, p)
        s = gates(sums, "fgo" if coupled else "ifgo")
        seen = dict(zip("fo" if coupled else "ifo", p["weight_peephole"])) if peephole else {}
        f = torch.sigmoid(s["f"] + seen.get("f", 0) * c)
        i = 1 - f if coupled else torch.sigmoid(s["i"] + seen.get("i", 0) * c)
        c = f * c + i * torch.tanh(s["g"])
        o = torch.sigmoid(s["o"] + seen.get("o", 0) * c)
        h = o * torch.tanh(norm(c) * p["norm_cell"] + p["norm_cell_bias"] if normalized else c)
        return (h @ p["weight_hr"].T if projected else h), c

    rows, width = (3 if coupled else 4) * HIDDEN, PROJECTION if projected else HIDDEN
    shapes = {"weight_ih": (rows, INPUT), "weight_hh": (rows, width), "bias_ih": (rows,)}
    if peephole:
        shapes["weight_peephole"] = (2 if coupled else 3, HIDDEN)
    if projected:
        shapes["weight_hr"] = (PROJECTION, HIDDEN)
    if normalized:
        shapes |= {"norm_ih": (rows,), "norm_hh": (rows,)}
        shapes |= {"norm_cell": (HIDDEN,), "norm_cell_bias": (HIDDEN,)}
    return step, shapes, [width, HIDDEN]


def gru(convention):
    def step(x, state, p):
        (h,) = state
        w, u, b = (p[name].chunk(3) for name in ("weight_ih", "weight_hh", "bias_ih"))
        r = torch.sigmoid(x @ w[0].T + h @ u[0].T + b[0])
        z = torch.sigmoid(x @ w[1].T + h @ u[1].T + b[1])
        if convention == "resetBefore":
            recurrent = (r * h) @ u[2].T
        else:
            recurrent = r * (h @ u[2].T + p.get("bias_hn", 0))
        n = torch.tanh(x @ w[2].T + b[2] + recurrent)
        return ((1 - z) * n + z * h,)

    rows = 3 * HIDDEN
    shapes = {"weight_ih": (rows, INPUT), "weight_hh": (rows, HIDDEN), "bias_ih": (rows,)}
    if convention == "resetAfter":
        shapes["bias_hn"] = (HIDDEN,)
    return step, shapes, [HIDDEN]


def min_gru():
    def step(x, state, p):
        s = gates(x @ p["weight_ih"].T + p["bias_ih"], "zn")
        z = torch.sigmoid(s["z"])
        return ((1 - z) * state[0] + z * s["n"],)

    return step, {"weight_ih": (2 * HIDDEN, INPUT), "bias_ih": (2 * HIDDEN,)}, [HIDDEN]


def min_lstm():
    def step(x, state, p):
        s = gates(x @ p["weight_ih"].T + p["bias_ih"], "fin")
        f, i = torch.sigmoid(s["f"]), torch.sigmoid(s["i"])
        return (f / (f + i) * state[0] + i / (f + i) * s["n"],)

    return step, {"weight_ih": (3 * HIDDEN, INPUT), "bias_ih": (3 * HIDDEN,)}, [HIDDEN]


def ind_rnn(activation):
    def step(x, state, p):
        sums = x @ p["weight_ih"].T + p["weight_hh"] * state[0] + p["bias_ih"]
        return (activation(sums),)

    shapes = {"weight_ih": (HIDDEN, INPUT), "weight_hh": (HIDDEN,), "bias_ih": (HIDDEN,)}
    return step, shapes, [HIDDEN]


def lem(time_step):
    def step(x, state, p):
        y, z = state
        v, w, b = (p[name].chunk(4) for name in ("weight_ih", "weight_hh", "bias_ih"))
        d1 = time_step * torch.sigmoid(y @ w[0].T + x @ v[0].T + b[0])
        d2 = time_step * torch.sigmoid(y @ w[1].T + x @ v[1].T + b[1])
        z = (1 - d1) * z + d1 * torch.tanh(y @ w[2].T + x @ v[2].T + b[2])
        y = (1 - d2) * y + d2 * torch.tanh(z @ w[3].T + x @ v[3].T + b[3])
        return y, z

    rows = 4 * HIDDEN
    shapes = {"weight_ih": (rows, INPUT), "weight_hh": (rows, HIDDEN), "bias_ih": (rows,)}
    return step, shapes, [HIDDEN, HIDDEN]


def slstm(forget_gate):
    def step(x, state, p):
        h, c, n, m = state
        s = gates(all_sums(x, h, p), "ifgo")
        log_f = torch.nn.functional.logsigmoid(s["f"]) if forget_gate == "sigmoid" else s["f"]
        # The stabiliser cancels in the output: it is treated as given.
        new = torch.where(n == 0, s["i"], torch.maximum(log_f + m, s["i"])).detach()
        f = torch.where(n == 0, 0, torch.exp(log_f + m - new))
        i = torch.exp(s["i"] - new)
        c, n = f * c + i * torch.tanh(s["g"]), f * n + i
        return torch.sigmoid(s["o"]) * c / n, c, n, new

    rows = 4 * HIDDEN
    shapes = {"weight_ih": (rows, INPUT), "weight_hh": (rows, HIDDEN), "bias_ih": (rows,)}
    return step, shapes, [HIDDEN] * 4


# Frameworks. Each gets float64 arrays by the names above, and gives results by the same names.


def by_keras_gru(arrays, reset_after):
    """Keras's GRU layer in double precision; its gates are z, r, n."""
    layer = keras.layers.GRU(
        HIDDEN, reset_after=reset_after, return_sequences=True, return_state=True, dtype="float64"
    )
    layer.build(arrays["x"].shape)
    order = [1, 0, 2]
    columns = lambda a: np.concatenate([np.split(a, 3)[k] for k in order]).T
    bias = columns(arrays["param/bias_ih"])
    if reset_after:
        zeros = np.zeros(2 * HIDDEN)
        bias = np.stack([bias, np.concatenate([zeros, arrays["param/bias_hn"]])])
    weights = [columns(arrays["param/weight_ih"]), columns(arrays["param/weight_hh"]), bias]
    layer.set_weights(weights)
    x, h = tf.constant(arrays["x"]), tf.constant(arrays["state/0"])
    with tf.GradientTape() as tape:
        tape.watch([x, h])
        output, last = layer(x, initial_state=h)
        loss = tf.reduce_sum(output * arrays["cot/output"])
        loss += tf.reduce_sum(last * arrays["cot/final/0"])
    got = tape.gradient(loss, [x, h] + layer.trainable_variables)
    rows = lambda a: np.concatenate([np.split(a.numpy().T, 3)[k] for k in order])
    results = {
        "output": output, "final/0": last, "grad/x": got[0], "grad/state/0": got[1],
        "grad/param/weight_ih": rows(got[2]), "grad/param/weight_hh": rows(got[3]),
    }
    if reset_after:
        results["grad/param/bias_ih"] = rows(got[4][0])
        results["grad/param/bias_hn"] = got[4][1][2 * HIDDEN :]
    else:
        results["grad/param/bias_ih"] = rows(got[4])
    return results


def by_torch_gru(arrays):
    """PyTorch's GRU in double precision; its inner bias is the second bias's last block."""
    layer = torch.nn.GRU(INPUT, HIDDEN, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.from_numpy(arrays["param/weight_ih"]))
        layer.weight_hh_l0.copy_(torch.from_numpy(arrays["param/weight_hh"]))
        layer.bias_ih_l0.copy_(torch.from_numpy(arrays["param/bias_ih"]))
        layer.bias_hh_l0.zero_()
        if "param/bias_hn" in arrays:
            layer.bias_hh_l0[2 * HIDDEN :] = torch.from_numpy(arrays["param/bias_hn"])
    x, h = (torch.from_numpy(arrays[n]).requires_grad_() for n in ("x", "state/0"))
    output, last = layer(x, h[None])
    loss = (output * torch.from_numpy(arrays["cot/output"])).sum()
    (loss + (last[0] * torch.from_numpy(arrays["cot/final/0"])).sum()).backward()
    return {
        "output": output, "final/0": last[0], "grad/x": x.grad, "grad/state/0": h.grad,
        "grad/param/weight_ih": layer.weight_ih_l0.grad,
        "grad/param/weight_hh": layer.weight_hh_l0.grad,
        "grad/param/bias_ih": layer.bias_ih_l0.grad,
        "grad/param/bias_hn": layer.bias_hh_l0.grad[2 * HIDDEN :],
    }


def by_onnx_gru(arrays, linear_before_reset):
    """ONNX Runtime's GRU in single precision; its gates are z, r, n."""
    order = lambda a: np.concatenate([np.split(a, 3)[k] for k in (1, 0, 2)])
    second = np.zeros(3 * HIDDEN)
    if "param/bias_hn" in arrays:
        second[2 * HIDDEN :] = arrays["param/bias_hn"]
    bias = np.concatenate([order(arrays["param/bias_ih"]), second])
    inputs = [
        arrays["x"].transpose(1, 0, 2), order(arrays["param/weight_ih"])[None],
        order(arrays["param/weight_hh"])[None], bias[None], None, arrays["state/0"][None],
    ]
    attributes = {"hidden_size": HIDDEN, "linear_before_reset": linear_before_reset}
    y, last = run_onnx("GRU", inputs, 2, attributes)
    return {"output": y[:, 0].transpose(1, 0, 2), "final/0": last[0]}


def by_onnx_lstm(arrays, coupled=False):
    """ONNX Runtime's LSTM in single precision; gates i, o, f, g, peepholes i, o, f.

    Coupled, its forget gate is what the input gate leaves: with the forget gate's parameters of
    opposite sign as the input gate's, that is our pair, as 1 - σ(a) = σ(-a).
    """

    def order(a, parts):
        parts = parts[1:] if coupled else parts
        by_gate = dict(zip(parts, a))
        if coupled:
            by_gate["i"] = -by_gate["f"]
        return np.concatenate([by_gate[k] for k in "iofg" if k in by_gate])

    blocks = lambda name: np.split(arrays["param/" + name], 3 if coupled else 4)
    bias = np.concatenate([order(blocks("bias_ih"), "ifgo"), np.zeros(4 * HIDDEN)])
    peephole = arrays.get("param/weight_peephole")
    if peephole is not None:
        peephole = order(peephole, "ifo")[None]
    inputs = [
        arrays["x"].transpose(1, 0, 2), order(blocks("weight_ih"), "ifgo")[None],
        order(blocks("weight_hh"), "ifgo")[None], bias[None], None, arrays["state/0"][None],
        arrays["state/1"][None], peephole,
    ]
    y, h, c = run_onnx("LSTM", inputs, 3, {"hidden_size": HIDDEN, "input_forget": int(coupled)})
    return {"output": y[:, 0].transpose(1, 0, 2), "final/0": h[0], "final/1": c[0]}


def run_onnx(operator, inputs, outputs, attributes):
    names = ["" if a is None else f"in{k}" for k, a in enumerate(inputs)]
    results = [f"out{k}" for k in range(outputs)]
    value = lambda name, shape: onnx.helper.make_tensor_value_info(
        name, onnx.TensorProto.FLOAT, shape
    )
    feeds = {n: a.astype(np.float32) for n, a in zip(names, inputs) if a is not None}
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node(operator, names, results, **attributes)],
        operator,
        [value(n, a.shape) for n, a in feeds.items()],
        [value(n, None) for n in results],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 14)])
    model.ir_version = 8
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, feeds)


def by_tensorflow_lstm(arrays, projected):
    """TensorFlow 1's LSTMCell with peepholes in double precision; gates i, g, f, o."""
    from tf_keras.src.layers.rnn.legacy_cells import LSTMCell

    cell = LSTMCell(
        HIDDEN, use_peepholes=True, num_proj=PROJECTION if projected else None, forget_bias=0.0,
        dtype=tf.float64,
    )
    cell.build(tf.TensorShape([BATCH, INPUT]))
    order = lambda a: np.concatenate([np.split(a, 4)[k] for k in (0, 2, 1, 3)])
    kernel = np.concatenate([arrays["param/weight_ih"], arrays["param/weight_hh"]], axis=1)
    names = ["_w_i_diag", "_w_f_diag", "_w_o_diag"]
    assigned = [(cell._kernel, order(kernel).T), (cell._bias, order(arrays["param/bias_ih"]))]
    assigned += [(getattr(cell, n), w) for n, w in zip(names, arrays["param/weight_peephole"])]
    if projected:
        assigned.append((cell._proj_kernel, arrays["param/weight_hr"].T))
    for variable, a in assigned:
        variable.assign(a)
    x, h, c = (tf.constant(arrays[n]) for n in ("x", "state/0", "state/1"))
    with tf.GradientTape() as tape:
        tape.watch([x, h, c])
        state, outputs = (c, h), []
        for k in range(STEPS):
            output, state = cell(x[:, k], state)
            outputs.append(output)
        output = tf.stack(outputs, axis=1)
        loss = tf.reduce_sum(output * arrays["cot/output"])
        loss += tf.reduce_sum(state[1] * arrays["cot/final/0"])
        loss += tf.reduce_sum(state[0] * arrays["cot/final/1"])
    got = tape.gradient(loss, [x, h, c] + [variable for variable, _ in assigned])
    kernel = order(got[3].numpy().T)
    results = {
        "output": output, "final/0": state[1], "final/1": state[0], "grad/x": got[0],
        "grad/state/0": got[1], "grad/state/1": got[2],
        "grad/param/weight_ih": kernel[:, :INPUT], "grad/param/weight_hh": kernel[:, INPUT:],
        "grad/param/bias_ih": order(got[4].numpy()),
        "grad/param/weight_peephole": np.stack(got[5:8]),
    }
    if projected:
        results["grad/param/weight_hr"] = got[8].numpy().T
    return results


def by_torchrecurrent(arrays, cell, names, states):
    """A cell of the torchrecurrent package in double precision, its second biases zero."""
    with torch.no_grad():
        for name, parameter in cell.named_parameters():
            ours = names.get(name)
            value = torch.from_numpy(arrays["param/" + ours]) if ours else torch.zeros(())
            parameter.copy_(value.reshape(parameter.shape) if ours else value)
    tensors = {
        n: torch.from_numpy(arrays[n]).requires_grad_()
        for n in ["x"] + [f"state/{k}" for k in range(states)]
    }
    state = tuple(tensors[f"state/{k}"] for k in range(states))
    outputs = []
    for k in range(STEPS):
        got = cell(tensors["x"][:, k], state if states > 1 else state[0])
        state = got if states > 1 else (got,)
        outputs.append(state[0])
    results = {"output": torch.stack(outputs, dim=1)}
    results |= {f"final/{k}": part for k, part in enumerate(state)}
    sum((v * torch.from_numpy(arrays["cot/" + n])).sum() for n, v in results.items()).backward()
    results |= {"grad/" + n: t.grad for n, t in tensors.items()}
    for name, parameter in cell.named_parameters():
        if name in names:
            shape = arrays["param/" + names[name]].shape
            results["grad/param/" + names[name]] = parameter.grad.reshape(shape)
    return results


def by_xlstm(arrays):
    """The pointwise step of the xLSTM authors' own package, in double precision."""
    package = pathlib.Path(importlib.util.find_spec("xlstm").origin).parent
    path = package / "blocks" / "slstm" / "src" / "vanilla" / "slstm.py"
    spec = importlib.util.spec_from_file_location("slstm_vanilla", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tensors = {
        n: torch.from_numpy(a).requires_grad_()
        for n, a in arrays.items()
        if n == "x" or n.startswith(("param/", "state/"))
    }
    states = torch.stack([tensors[f"state/{k}"] for k in range(4)])
    outputs = []
    for k in range(STEPS):
        states, _ = module.slstm_forward_pointwise(
            tensors["x"][:, k] @ tensors["param/weight_ih"].T,
            states[0] @ tensors["param/weight_hh"].T,
            tensors["param/bias_ih"][None],
            states,
            {},
        )
        outputs.append(states[0])
    results = {"output": torch.stack(outputs, dim=1)}
    (results["output"] * torch.from_numpy(arrays["cot/output"])).sum().backward()
    results |= {f"final/{k}": states[k] for k in range(4)}
    return results | {"grad/" + n: t.grad for n, t in tensors.items()}


def compute(arrays, step, shapes, widths, start):
    """Runs one case: outputs, final states and gradients, by name."""
    results, tensors = {}, {}
    for key, a in arrays.items():
        wants = not key.startswith("cot/") and not (start and key.startswith("state/"))
        tensors[key] = torch.from_numpy(a).requires_grad_(wants)
    state = [tensors[f"state/{k}"] for k in range(len(widths))]
    parameters = {n: tensors["param/" + n] for n in shapes}
    outputs = []
    for k in range(STEPS):
        state = step(tensors["x"][:, k], state, parameters)
        outputs.append(state[0])
    results["output"] = torch.stack(outputs, dim=1)
    results |= {f"final/{k}": part for k, part in enumerate(state)}
    counted = [n for n in results if "cot/" + n in tensors]
    sum((results[n] * tensors["cot/" + n]).sum() for n in counted).backward()
    results |= {"grad/" + n: t.grad for n, t in tensors.items() if t.grad is not None}
    return {n: v.detach().numpy() for n, v in results.items()}


def compare(name, results, what, tolerance, got):
    """Stops unless a framework's results agree; says in words what was compared."""
    worst, compared = 0.0, set()
    for key, value in got.items():
        if key not in results:
            continue
        value = np.asarray(value.detach() if torch.is_tensor(value) else value)
        assert value.shape == results[key].shape, (name, what, key, value.shape)
        scale = max(1, np.abs(results[key]).max())
        distance = np.abs(value - results[key]).max() / scale
        assert distance <= tolerance, (name, what, key, distance)
        worst = max(worst, distance)
        compared.add(key)
    missing = set(results) - compared
    assert all(n.startswith("grad/") for n in missing), (name, what, missing)
    assert not missing or not any(n.startswith("grad/") for n in compared), (name, what, missing)
    print(f"{name:24} {what:62} {worst:.1e}")
    kinds = "outputs and final states" if missing else "outputs, final states and gradients"
    return f"{kinds} within {tolerance:g} of the largest of them, or of 1"


def write(name, arrays, results, cell, options, checked, start):
    entries, body = {}, b""
    stored = {n: a for n, a in arrays.items() if not (start and n.startswith("state/"))}
    for key, a in sorted((stored | results).items()):
        data = np.ascontiguousarray(a, dtype="<f4").tobytes()
        entries[key] = {
            "dtype": "F32", "shape": list(a.shape),
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    header = json.dumps(entries, separators=(",", ":"), sort_keys=True).encode()
    header += b" " * (-len(header) % 8)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + body)
    manifest = {
        "kind": f"cell: {cell}",
        "data": f"{name}.safetensors",
        "options": options,
        "sizes": {"batch": BATCH, "steps": STEPS, "input": INPUT, "hidden": HIDDEN},
        "from": "Tests/ReferenceScripts/make_cell_goldens.py, PyTorch float64",
        "checked_against": checked,
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")


def random_arrays(seed, shapes, widths, start, only_output):
    """Numbers that 32-bit floats hold exactly, as float64.

    From the start the state is zero and not stored. With `only_output` the loss leaves out the
    final state.
    """
    numbers = np.random.default_rng(seed)
    draw = lambda shape, low, high: numbers.uniform(low, high, shape).astype("f4").astype("f8")
    arrays = {"x": draw((BATCH, STEPS, INPUT), -1.5, 1.5)}
    for k, width in enumerate(widths):
        positive = len(widths) == 4 and k == 2  # An sLSTM's normaliser.
        arrays[f"state/{k}"] = draw((BATCH, width), *((0.5, 1.5) if positive else (-1, 1)))
        if start:
            arrays[f"state/{k}"] *= 0
    for name, shape in shapes.items():
        arrays["param/" + name] = draw(shape, -0.9, 0.9)
    arrays["cot/output"] = draw((BATCH, STEPS, widths[0]), -1, 1)
    if not only_output:
        for k, width in enumerate(widths):
            arrays[f"cot/final/{k}"] = draw((BATCH, width), -1, 1)
    return arrays


def main():
    case = 0

    def make(name, cell, options, definition, checks=None, start=False, only_output=False):
        nonlocal case
        case += 1
        step, shapes, widths = definition
        arrays = random_arrays(case, shapes, widths, start, only_output)
        results = compute(arrays, step, shapes, widths, start)
        checked = {
            what: compare(name, results, what, tolerance, run())
            for what, tolerance, run in (checks(arrays) if checks else [])
        }
        write(name, arrays, results, cell, options, checked, start)

    make("gru_reset_before", "GRU", {"convention": "resetBefore"}, gru("resetBefore"), lambda a: [
        ("Keras GRU(reset_after=False), float64", 1e-13, lambda: by_keras_gru(a, False)),
        ("ONNX Runtime GRU, float32", 1e-6, lambda: by_onnx_gru(a, 0)),
    ])
    make("gru_reset_after", "GRU", {"convention": "resetAfter"}, gru("resetAfter"), lambda a: [
        ("Keras GRU(reset_after=True), float64", 1e-13, lambda: by_keras_gru(a, True)),
        ("torch.nn.GRU, float64", 1e-13, lambda: by_torch_gru(a)),
        ("ONNX Runtime GRU(linear_before_reset=1), float32", 1e-6, lambda: by_onnx_gru(a, 1)),
    ])
    outer = "resetAfterOuterBias"
    make("gru_outer_bias", "GRU", {"convention": outer}, gru(outer), lambda a: [
        ("torch.nn.GRU without inner bias, float64", 1e-13, lambda: by_torch_gru(a)),
    ])

    tensorflow = "TensorFlow 1 LSTMCell(use_peepholes=True), float64"
    peephole = lambda: torchrecurrent.PeepholeLSTMCell(INPUT, HIDDEN, dtype=torch.float64)
    same = {n: n for n in ("weight_ih", "weight_hh", "bias_ih")}
    make("lstm_peephole", "LSTM", {"isPeephole": True}, lstm(peephole=True), lambda a: [
        (tensorflow, 1e-13, lambda: by_tensorflow_lstm(a, False)),
        ("torchrecurrent PeepholeLSTMCell, float64", 1e-13, lambda: by_torchrecurrent(
            a, peephole(), same | {"weight_ph": "weight_peephole"}, 2)),
        ("ONNX Runtime LSTM with P, float32", 1e-6, lambda: by_onnx_lstm(a)),
    ])
    make(
        "lstm_peephole_projected", "LSTM", {"isPeephole": True, "projectionSize": PROJECTION},
        lstm(peephole=True, projected=True),
        lambda a: [(tensorflow + ", num_proj", 1e-13, lambda: by_tensorflow_lstm(a, True))],
    )
    onnx_coupled = "ONNX Runtime LSTM(input_forget=1), float32"
    make("lstm_coupled", "LSTM", {"isCoupled": True}, lstm(coupled=True), lambda a: [
        (onnx_coupled, 1e-6, lambda: by_onnx_lstm(a, coupled=True)),
    ])
    make(
        "lstm_coupled_peephole", "LSTM", {"isCoupled": True, "isPeephole": True},
        lstm(coupled=True, peephole=True),
        lambda a: [(onnx_coupled + " with P", 1e-6, lambda: by_onnx_lstm(a, coupled=True))],
    )
    make("lstm_normalized", "LSTM", {"normalizesLayers": True}, lstm(normalized=True))
    make(
        "lstm_all", "LSTM",
        {
            "isCoupled": True, "isPeephole": True, "normalizesLayers": True,
            "projectionSize": PROJECTION,
        },
        lstm(peephole=True, coupled=True, normalized=True, projected=True),
    )

    make("min_gru", "minGRU", {}, min_gru())
    make("min_lstm", "minLSTM", {}, min_lstm())

    for activation in ("relu", "tanh"):
        independent = lambda: torchrecurrent.IndRNNCell(
            INPUT, HIDDEN, nonlinearity=activation, dtype=torch.float64
        )
        names = {"weight_ih": "weight_ih", "vector_u": "weight_hh", "bias_ih": "bias_ih"}
        make(
            f"ind_rnn_{activation}", "IndRNN", {"activation": activation},
            ind_rnn(getattr(torch, activation)),
            lambda a: [("torchrecurrent IndRNNCell, float64", 1e-13, lambda: by_torchrecurrent(
                a, independent(), names, 1))],
        )

    make("lem", "LEM", {"timeStep": 1.0}, lem(1.0))
    make("lem_time_step", "LEM", {"timeStep": 0.25}, lem(0.25))

    # No gradient flows through the stabiliser here, as cell and normaliser are known up to it: the
    # loss counts the outputs alone, which do not depend on it.
    authors = lambda a: [("xlstm slstm_forward_pointwise, float64", 1e-13, lambda: by_xlstm(a))]
    for gate in ("sigmoid", "exponential"):
        for start in (False, True):
            make(
                f"slstm_{gate}_start" if start else f"slstm_{gate}", "sLSTM", {"forgetGate": gate},
                slstm(gate), authors if gate == "sigmoid" else None, start=start, only_output=True,
            )
    print(
        f"Python {platform.python_version()}, torch {torch.__version__}, numpy {np.__version__}, "
        f"tensorflow {tf.__version__}, keras {keras.__version__}, tf_keras {tf_keras.__version__}, "
        f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}"
    )


if __name__ == "__main__":
    main()
