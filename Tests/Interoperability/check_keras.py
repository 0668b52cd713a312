"""Sets what ExchangeCases wrote into Keras models, compares the answers, and saves the models.

    swift run ExchangeCases FOLDER keras
    KERAS_BACKEND=torch python check_keras.py FOLDER
    swift run ExchangeCases check FOLDER keras

Needs keras with a backend, numpy and safetensors; checked with Keras 3.15.1 on torch 2.15.0.
"""

import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from safetensors import safe_open

TOLERANCE = 1e-5
MERGES = {"concatenate": "concat", "sum": "sum", "mean": "ave", "product": "mul"}
KINDS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "simple_rnn": keras.layers.SimpleRNN}


def layer(facts, is_last):
    options = dict(return_sequences=not is_last, activation=facts["activation"])
    if facts["kind"] == "gru":
        options["reset_after"] = facts["reset_after"] == "true"
    made = KINDS[facts["kind"]](int(facts["hidden"]), **options)
    if facts["merge"]:
        return keras.layers.Bidirectional(made, merge_mode=MERGES[facts["merge"]])
    return made


def main(folder):
    files, worst = sorted(pathlib.Path(folder).glob("*.answers")), 0.0
    for path in files:
        with safe_open(path, "np") as answers:
            facts = answers.metadata()
            arrays = {name: answers.get_tensor(name) for name in answers.keys()}
        with safe_open(path.with_suffix(".safetensors"), "np") as weights:
            order = weights.metadata()["keras_order"].split()
            values = [weights.get_tensor(name) for name in order]
        classes = values[-1].shape[0]
        model = keras.Sequential(
            [
                keras.Input((None, int(facts["inputs"]))),
                layer(facts, False),
                layer(facts, True),
                keras.layers.Dense(classes),
            ]
        )
        model.set_weights(values)
        for name, x in arrays.items():
            if name.startswith("x"):
                want, got = arrays["y" + name[1:]], np.asarray(model.predict(x, verbose=0))
                assert got.shape == want.shape, (path.name, got.shape, want.shape)
                worst = max(worst, float(np.abs(got - want).max()))
        assert worst <= TOLERANCE, f"{path.name}: answers differ by {worst}"
        model.save(path.with_suffix(".keras"))
        model.save(path.with_suffix(".h5"))
    assert files, f"no cases in {folder}"
    print(f"Keras {keras.__version__}: {len(files)} cases, answers differ by at most {worst:.1e}")


main(sys.argv[1])
