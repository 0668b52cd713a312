"""PyTorch's packed sequences beside whole ones: one training step each, by turns.

Lengths are spread evenly from 1 to the number of steps, in no order, as in the row
"training unequal" of `recurrent bench --shape 64x100x28x128`.

Usage: python torch_packed.py [batch steps input hidden threads]
"""

import statistics
import sys
import time

import torch
from torch.nn.utils.rnn import pack_padded_sequence


class Classifier(torch.nn.Module):
    def __init__(self, features, hidden):
        super().__init__()
        self.lstm = torch.nn.LSTM(features, hidden, batch_first=True)
        self.head = torch.nn.Linear(hidden, 10)

    def forward(self, x, lengths=None):
        if lengths is not None:
            x = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return self.head(self.lstm(x)[1][0][0])


def main():
    numbers = [int(word) for word in sys.argv[1:]] or [64, 100, 28, 128, 2]
    batch, steps, features, hidden, threads = numbers
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = Classifier(features, hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    x = torch.rand(batch, steps, features)
    labels = torch.randint(0, 10, (batch,))
    lengths = torch.tensor([1 + row * steps // batch for row in torch.randperm(batch).tolist()])

    def step(lengths):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x, lengths), labels).backward()
        optimizer.step()

    times = {"whole": [], "packed": []}
    for turn in range(60):
        for name, given in (("whole", None), ("packed", lengths)):
            start = time.perf_counter()
            step(given)
            if turn >= 10:
                times[name].append(time.perf_counter() - start)
    whole, packed = (statistics.median(times[name]) * 1000 for name in ("whole", "packed"))
    print(f"torch {torch.__version__}, {threads} threads, {batch}x{steps}x{features}x{hidden}")
    print(f"whole {whole:.2f} ms, packed {packed:.2f} ms, ratio {packed / whole:.2f}")


main()
