"""The model in PyTorch, and one step of each kind, for the contenders that use it.

Tried for training on a CPU: oneDNN on (kept) or off (several times slower); SGD with `fused=True`
(kept, one kernel for all parameters), with `foreach=True` (nearly as fast) and plain;
`zero_grad(set_to_none=True)`, one inter-op thread. Batch first or time first is chosen by trying.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch

from conversation import CLASSES, LEARNING_RATE, Workload, random_batch


class SequenceModel(torch.nn.Module):
    """An LSTM layer and a linear head on its last hidden state."""

    def __init__(self, features: int, hidden: int, batch_first: bool) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(features, hidden, batch_first=batch_first)
        self.head = torch.nn.Linear(hidden, CLASSES)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        _, (hidden, _) = self.lstm(inputs)
        return self.head(hidden[0])


def prepare_threads(threads: int) -> None:
    """Limits PyTorch to `threads` threads."""
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)


def versions() -> dict[str, str]:
    """What PyTorch runs on."""
    return {"PyTorch": torch.__version__}


def batch_of(workload: Workload, batch_first: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """The batch of every step as tensors, `[batch, time, features]` or time first."""
    inputs, labels = random_batch(workload)
    if not batch_first:
        inputs = inputs.transpose(1, 0, 2).copy()
    return torch.from_numpy(inputs), torch.from_numpy(labels)


def layout_name(batch_first: bool) -> str:
    """How settings name the order of the axes."""
    return "batch first" if batch_first else "time first"


def training_step(
    model: torch.nn.Module,
    loss_of: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    inputs: torch.Tensor,
    labels: torch.Tensor,
    casting: Callable[[], AbstractContextManager] = nullcontext,
) -> Callable[[], object]:
    """One step of gradient descent; the forward pass runs within `casting`."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, fused=True)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        with casting():
            loss = loss_of(inputs, labels)
        loss.backward()
        optimizer.step()

    return step


def loss_function(model: torch.nn.Module) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """The mean softmax cross-entropy of the model's logits."""

    def loss(inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(model(inputs), labels)

    return loss
