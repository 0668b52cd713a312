"""PyTorch one step at a time: the function behind `torch.nn.LSTMCell`.

Tried: calling the module (its call machinery costs more than a small step), `torch.compile` with
and without the C++ wrapper (their guards cost as much), oneDNN on and off (no difference).
"""

import conversation
from conversation import Prepared, Unsupported, Workload


def load():
    threads = conversation.thread_count()
    import torch
    import torch_model

    torch_model.prepare_threads(threads)

    def prepare(workload: Workload) -> Prepared:
        if workload.kind != "stream":
            raise Unsupported(f"it does not do '{workload.kind}'")
        cell = torch.nn.LSTMCell(workload.features, workload.hidden).eval()
        weights = (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
        inputs = torch.rand(1, workload.features)
        state = (torch.zeros(1, workload.hidden), torch.zeros(1, workload.hidden))
        torch.inference_mode().__enter__()  # Once for all calls, to the end of the process.

        def step() -> None:
            nonlocal state
            state = torch.lstm_cell(inputs, state, *weights)

        return Prepared(step, "torch.lstm_cell, inference_mode around all calls")

    return torch_model.versions(), prepare


conversation.converse(load)
