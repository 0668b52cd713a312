"""PyTorch with `torch.autocast` to bfloat16, for training.

Weights and update stay in float32, as autocast does it. Batch first or time first is chosen by
trying.
"""

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
            model,
            torch_model.loss_function(model),
            inputs,
            labels,
            casting=partial(torch.autocast, "cpu", dtype=torch.bfloat16),
        )
        layout = torch_model.layout_name(batch_first)
        return Prepared(step, f"autocast around the forward pass, {layout}, fused SGD")

    def prepare(workload: Workload) -> Prepared:
        if workload.kind != "train":
            raise Unsupported("bfloat16 is compared for training only")
        return conversation.fastest(partial(train, workload, way) for way in (True, False))

    return torch_model.versions(), prepare


conversation.converse(load)
