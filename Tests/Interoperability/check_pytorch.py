"""Loads what ExchangeCases wrote into PyTorch, compares the answers, and saves the weights again.

    swift run ExchangeCases FOLDER pytorch
    python check_pytorch.py FOLDER
    swift run ExchangeCases check FOLDER pytorch

Needs torch, numpy and safetensors; checked with torch 2.15.0, numpy 2.4.6 and safetensors 0.8.0.
"""

import pathlib
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

TOLERANCE = 1e-5


class Model(torch.nn.Module):
    """What the facts of a case say, under the library's names."""

    def __init__(self, facts, classes):
        super().__init__()
        self.attribute, self.summary = facts["attribute"], facts["summary"]
        projection, both = int(facts["projection"]), facts["bidirectional"] == "true"
        options = dict(
            num_layers=int(facts["layers"]),
            bidirectional=both,
            bias=facts["bias"] == "true",
            batch_first=True,
        )
        if self.attribute == "rnn":
            options["nonlinearity"] = facts["activation"]
        if projection:
            options["proj_size"] = projection
        kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[self.attribute]
        hidden = int(facts["hidden"])
        setattr(self, self.attribute, kind(int(facts["inputs"]), hidden, **options))
        width = (projection or hidden) * (2 if both else 1)
        self.both = both
        self.head = torch.nn.Linear(width, classes)

    def forward(self, x):
        outputs, state = getattr(self, self.attribute)(x)
        if self.summary == "allOutputs":
            return self.head(outputs)
        hidden = state[0] if self.attribute == "lstm" else state
        last = torch.cat([hidden[-2], hidden[-1]], -1) if self.both else hidden[-1]
        return self.head(last)


def main(folder):
    files, worst = sorted(pathlib.Path(folder).glob("*.answers")), 0.0
    for path in files:
        with safe_open(path, "pt") as answers:
            facts = answers.metadata()
            arrays = {name: answers.get_tensor(name) for name in answers.keys()}
        weights = load_file(path.with_suffix(".safetensors"))
        model = Model(facts, weights["head.bias"].shape[0]).eval()
        # Strict: no name may be missing, and none too many.
        model.load_state_dict(weights)
        with torch.no_grad():
            for name, x in arrays.items():
                if name.startswith("x"):
                    want, got = arrays["y" + name[1:]], model(x)
                    assert got.shape == want.shape, (path.name, got.shape, want.shape)
                    worst = max(worst, (got - want).abs().max().item())
        assert worst <= TOLERANCE, f"{path.name}: answers differ by {worst}"
        save_file(model.state_dict(), path.with_suffix(".returned"))
    assert files, f"no cases in {folder}"
    print(f"PyTorch {torch.__version__}: {len(files)} cases, answers differ by at most {worst:.1e}")


main(sys.argv[1])
