"""PyTorch as most use it: `torch.nn.LSTM`, no compiler."""

from functools import partial

import conversation
from conversation import Prepared, Unsupported, Workload


def load():
    threads = conversation.thread_count()
    import torch
    import torch_model

    torch_model.prepare_threads(threads)

    def train(workload: Workload, batch_first: bool) -> Prepared:
        inputs, labels = torch_model.batch_of(workload, batch_first)
        model = torch_model.SequenceModel(workload.features, workload.hidden, batch_first)
        step = torch_model.training_step(
            model, torch_model.loss_function(model), inputs, labels
        )
        layout = torch_model.layout_name(batch_first)
        return Prepared(step, f"oneDNN LSTM, {layout}, fused SGD, set_to_none")

    def infer(workload: Workload, batch_first: bool) -> Prepared:
        inputs, _ = torch_model.batch_of(workload, batch_first)
        model = torch_model.SequenceModel(workload.features, workload.hidden, batch_first).eval()

        def logits() -> torch.Tensor:
            with torch.inference_mode():
                return model(inputs)

        layout = torch_model.layout_name(batch_first)
        return Prepared(logits, f"oneDNN LSTM, {layout}, inference_mode, eval")

    def stream(workload: Workload) -> Prepared:
        # For a single step oneDNN's way in and out costs several times the step itself.
        torch._C._set_mkldnn_enabled(False)
        layer = torch.nn.LSTM(workload.features, workload.hidden).eval()
        inputs = torch.rand(1, 1, workload.features)
        state = (torch.zeros(1, 1, workload.hidden), torch.zeros(1, 1, workload.hidden))
        torch.inference_mode().__enter__()  # Once for all calls, to the end of the process.

        def step() -> None:
            nonlocal state
            _, state = layer(inputs, state)

        return Prepared(step, "nn.LSTM, oneDNN off, inference_mode around all calls")

    def prepare(workload: Workload) -> Prepared:
        match workload.kind:
            case "train":
                return conversation.fastest(partial(train, workload, way) for way in (True, False))
            case "infer":
                return conversation.fastest(partial(infer, workload, way) for way in (True, False))
            case "stream":
                return stream(workload)
        raise Unsupported(f"it does not do '{workload.kind}'")

    return torch_model.versions(), prepare


conversation.converse(load)
