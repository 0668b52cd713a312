"""PyTorch with `torch.autocast` to bfloat16, for training.

Weights and update stay in float32, as autocast does it. Tried: casting only the layer or the
whole forward pass with the loss (kept), batch first (kept) or time first.
"""

import functools

import conversation
from conversation import Prepared, Unsupported, Workload


def load():
    threads = conversation.thread_count()
    import torch
    import torch_model

    torch_model.prepare_threads(threads)

    def prepare(workload: Workload) -> Prepared:
        if workload.kind != "train":
            raise Unsupported("bfloat16 is compared for training only")
        inputs, labels = torch_model.batch_of(workload)
        model = torch_model.SequenceModel(workload.features, workload.hidden)
        step = torch_model.training_step(
            model,
            torch_model.loss_function(model),
            inputs,
            labels,
            casting=functools.partial(torch.autocast, "cpu", dtype=torch.bfloat16),
        )
        return Prepared(step, "autocast around the forward pass, batch first, fused SGD")

    return torch_model.versions(), prepare


conversation.converse(load)
