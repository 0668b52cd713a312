"""PyTorch with `torch.compile`.

The compiler does not take `torch.nn.LSTM` whole: with `allow_rnn` it fails on oneDNN's LSTM. So
the layer is written out: the product with all inputs at once, then a loop over the steps, which
the compiler unrolls. Long sequences are cut into equal pieces that share one compiled function;
all steps in one function would take many minutes to compile.

Tried: mode "max-autotune-no-cudagraphs" (no faster).
"""

import conversation
from conversation import CLASSES, Prepared, Unsupported, Workload

LONGEST_PIECE = 28


def piece_length(steps: int) -> int:
    """The largest divisor of `steps` that a compiled piece may have."""
    return max(length for length in range(1, LONGEST_PIECE + 1) if steps % length == 0)


def load():
    threads = conversation.thread_count()
    import torch
    import torch_model

    torch_model.prepare_threads(threads)

    class WrittenOutModel(torch.nn.Module):
        """The same model as `torch_model.SequenceModel`, step by step; input is time first."""

        def __init__(self, features: int, hidden: int, length: int) -> None:
            super().__init__()
            self.from_input = torch.nn.Linear(features, 4 * hidden)
            self.from_state = torch.nn.Linear(hidden, 4 * hidden, bias=False)
            self.head = torch.nn.Linear(hidden, CLASSES)
            self.hidden = hidden
            self.length = length
            self.run_piece = torch.compile(self.piece, dynamic=False)

        def piece(
            self, inputs: torch.Tensor, hidden: torch.Tensor, cell: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor]:
            """Some steps after one another."""
            for from_input in self.from_input(inputs).unbind(0):
                gates = (from_input + self.from_state(hidden)).chunk(4, 1)
                take, keep, show = (gates[index].sigmoid() for index in (0, 1, 3))
                cell = keep * cell + take * gates[2].tanh()
                hidden = show * cell.tanh()
            return hidden, cell

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            hidden = cell = inputs.new_zeros(inputs.shape[1], self.hidden)
            for piece in inputs.split(self.length):
                hidden, cell = self.run_piece(piece, hidden, cell)
            return self.head(hidden)

    def prepare(workload: Workload) -> Prepared:
        length = piece_length(workload.steps)
        model = WrittenOutModel(workload.features, workload.hidden, length)
        inputs, labels = torch_model.batch_of(workload, batch_first=False)
        if workload.kind == "train":
            loss = torch_model.loss_function(model)
            if length == workload.steps:
                loss = torch.compile(loss, dynamic=False)
            step = torch_model.training_step(model, loss, inputs, labels)
            return Prepared(step, f"unrolled by {length} steps, time first, fused SGD")
        if workload.kind == "infer":

            def logits() -> torch.Tensor:
                with torch.inference_mode():
                    return model(inputs)

            return Prepared(logits, f"unrolled by {length} steps, time first, inference_mode")
        raise Unsupported(f"it does not do '{workload.kind}'")

    return torch_model.versions(), prepare


conversation.converse(load)
