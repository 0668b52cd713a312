"""MNIST by PyTorch from start to end: what `recurrent train mnist --epochs 1` does.

Reads the four gzip IDX files, trains an LSTM of 128 units on the first 55,000 images for one
epoch, tells its accuracy on the other 5,000 and on the 10,000 test images, saves the weights.
Batches of 128, the last one short; Adam at 0.004, gradient norm at most 1, a learning rate that
rises in a straight line over the first tenth of the steps and then falls in one towards 0.
"""

import argparse
import gzip
import os
from pathlib import Path

import numpy
import torch

TRAINING_EXAMPLES = 55_000
HIDDEN = 128
CLASSES = 10
BATCH = 128
LEARNING_RATE = 0.004
LONGEST_GRADIENT = 1.0
WARM_UP = 0.1
EVALUATION_BATCH = 1_000


def read_idx(path: Path, header: int) -> numpy.ndarray:
    """The bytes of a gzip IDX file after its header."""
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def read_images(folder: Path, name: str) -> torch.Tensor:
    """Images as `[example, row, column]`, floats from 0 to 1."""
    pixels = read_idx(folder / f"{name}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    return torch.from_numpy(pixels.copy()).float().div_(255)


def read_labels(folder: Path, name: str) -> torch.Tensor:
    """Labels as whole numbers."""
    labels = read_idx(folder / f"{name}-labels-idx1-ubyte.gz", 8)
    return torch.from_numpy(labels.astype(numpy.int64))


class SequenceModel(torch.nn.Module):
    """An LSTM that reads an image row by row, and a linear head on its last hidden state."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(28, HIDDEN, batch_first=True)
        self.head = torch.nn.Linear(HIDDEN, CLASSES)
        with torch.no_grad():
            self.lstm.bias_hh_l0[HIDDEN : 2 * HIDDEN] += 1  # Remember at first.

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        _, (hidden, _) = self.lstm(images)
        return self.head(hidden[0])


def learning_rate_factor(step: int, steps: int) -> float:
    """The height of the line at the middle of a step."""
    place = (step + 0.5) / steps
    return place / WARM_UP if place < WARM_UP else (1 - place) / (1 - WARM_UP)


def accuracy(model: SequenceModel, images: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of images read rightly."""
    with torch.inference_mode():
        right = sum(
            (model(batch).argmax(1) == classes).sum().item()
            for batch, classes in zip(
                images.split(EVALUATION_BATCH), labels.split(EVALUATION_BATCH)
            )
        )
    return right / len(labels)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)

    images, labels = read_images(options.data, "train"), read_labels(options.data, "train")
    training = images[:TRAINING_EXAMPLES], labels[:TRAINING_EXAMPLES]
    validation = images[TRAINING_EXAMPLES:], labels[TRAINING_EXAMPLES:]

    model = SequenceModel()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True)
    order = torch.randperm(TRAINING_EXAMPLES).split(BATCH)
    cost = 0.0
    for step, chosen in enumerate(order):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * learning_rate_factor(step, len(order))
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(training[0][chosen]), training[1][chosen])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LONGEST_GRADIENT)
        optimizer.step()
        cost += loss.item() * len(chosen)
    print(f"Epoch: 0001 cost={cost / TRAINING_EXAMPLES:.9f}")

    model.eval()
    print(f"Validation accuracy: {accuracy(model, *validation):.2%}")
    test = read_images(options.data, "t10k"), read_labels(options.data, "t10k")
    print(f"Test accuracy: {accuracy(model, *test):.2%} of {len(test[1])} examples")
    torch.save(model.state_dict(), options.output / "model.pt")


main()
