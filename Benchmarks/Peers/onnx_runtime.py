"""ONNX Runtime, for inference and streaming; the models are made here with `onnx.helper`.

Tried: `run` with a dictionary, or IO bindings made once (kept, saves a third of a small step). With
`--plain-run` a stream's step is the former, as most programs write it: arrays in, arrays out. All
graph optimisations are on, as by default. Whether threads spin while they wait is chosen by trying.
"""

import sys
from functools import partial

import conversation
from conversation import CLASSES, Prepared, Unsupported, Workload


def load():
    threads = conversation.thread_count()
    import numpy
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    generator = numpy.random.default_rng(2)

    def weights(name: str, workload: Workload, *shape: int):
        bound = workload.hidden**-0.5
        values = generator.uniform(-bound, bound, shape).astype(numpy.float32)
        return onnx.numpy_helper.from_array(values, name)

    def layer_weights(workload: Workload):
        hidden = workload.hidden
        return [
            weights("from_input", workload, 1, 4 * hidden, workload.features),
            weights("from_state", workload, 1, 4 * hidden, hidden),
            weights("bias", workload, 1, 8 * hidden),
        ]

    def values(name: str, *shape: int):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    def session(nodes, inputs, outputs, initial, spinning=True):
        graph = helper.make_graph(nodes, "model", inputs, outputs, initial)
        opset = [helper.make_opsetid("", 21)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=10)
        onnx.checker.check_model(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        if not spinning:
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def infer(workload: Workload, spinning: bool) -> Prepared:
        hidden = workload.hidden
        lstm = helper.make_node(
            "LSTM",
            ["inputs", "from_input", "from_state", "bias"],
            ["", "last_hidden", ""],
            hidden_size=hidden,
        )
        nodes = [
            lstm,
            helper.make_node("Squeeze", ["last_hidden", "direction"], ["last"]),
            helper.make_node("Gemm", ["last", "head", "head_bias"], ["logits"]),
        ]
        initial = layer_weights(workload) + [
            weights("head", workload, hidden, CLASSES),
            weights("head_bias", workload, CLASSES),
            onnx.numpy_helper.from_array(numpy.array([0]), "direction"),
        ]
        running = session(
            nodes,
            [values("inputs", workload.steps, workload.batch, workload.features)],
            [values("logits", workload.batch, CLASSES)],
            initial,
            spinning,
        )
        batch, _ = conversation.random_batch(workload)
        binding = running.io_binding()
        inputs = onnxruntime.OrtValue.ortvalue_from_numpy(batch.transpose(1, 0, 2).copy())
        logits = onnxruntime.OrtValue.ortvalue_from_numpy(
            numpy.zeros((workload.batch, CLASSES), numpy.float32)
        )
        binding.bind_ortvalue_input("inputs", inputs)
        binding.bind_ortvalue_output("logits", logits)
        waiting = "spinning" if spinning else "not spinning"
        return Prepared(
            lambda: running.run_with_iobinding(binding), f"LSTM operator, IO binding, {waiting}"
        )

    def stream(workload: Workload) -> Prepared:
        hidden = workload.hidden
        lstm = helper.make_node(
            "LSTM",
            ["inputs", "from_input", "from_state", "bias", "", "hidden", "cell"],
            ["", "next_hidden", "next_cell"],
            hidden_size=hidden,
        )
        running = session(
            [lstm],
            [
                values("inputs", 1, 1, workload.features),
                values("hidden", 1, 1, hidden),
                values("cell", 1, 1, hidden),
            ],
            [values("next_hidden", 1, 1, hidden), values("next_cell", 1, 1, hidden)],
            layer_weights(workload),
        )

        if "--plain-run" in sys.argv:
            step_input = numpy.zeros((1, 1, workload.features), numpy.float32)
            carried = [numpy.zeros((1, 1, hidden), numpy.float32) for _ in range(2)]

            def plain_step() -> None:
                feeds = {"inputs": step_input, "hidden": carried[0], "cell": carried[1]}
                carried[:] = running.run(None, feeds)

            return Prepared(plain_step, "LSTM operator, run with arrays")

        def value(*shape: int):
            return onnxruntime.OrtValue.ortvalue_from_numpy(numpy.zeros(shape, numpy.float32))

        # Two bindings by turns: each reads the state that the other wrote.
        inputs = value(1, 1, workload.features)
        states = [(value(1, 1, hidden), value(1, 1, hidden)) for _ in range(2)]
        bindings = []
        for source, target in (states, states[::-1]):
            binding = running.io_binding()
            binding.bind_ortvalue_input("inputs", inputs)
            binding.bind_ortvalue_input("hidden", source[0])
            binding.bind_ortvalue_input("cell", source[1])
            binding.bind_ortvalue_output("next_hidden", target[0])
            binding.bind_ortvalue_output("next_cell", target[1])
            bindings.append(binding)

        def step() -> None:
            running.run_with_iobinding(bindings[0])
            bindings.reverse()

        return Prepared(step, "LSTM operator, two IO bindings by turns")

    def prepare(workload: Workload) -> Prepared:
        match workload.kind:
            case "infer":
                return conversation.fastest(partial(infer, workload, way) for way in (True, False))
            case "stream":
                return stream(workload)
        raise Unsupported(f"it does not do '{workload.kind}'")

    return {"ONNX Runtime": onnxruntime.__version__}, prepare


conversation.converse(load)
