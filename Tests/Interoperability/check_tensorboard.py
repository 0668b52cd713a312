"""Checks what `recurrent train --tensorboard` wrote with TensorBoard's own readers.

    recurrent train digits --examples 400 --hidden 16 --epochs 3 --tensorboard --run shown
    python check_tensorboard.py runs/shown

Needs tensorboard. The curves are compared with the run's metrics.csv, the histograms with the saved weights
where they are those of the last epoch, and the pictures are opened.
"""

import csv
import json
import os
import struct
import sys

import numpy as np
from safetensors.numpy import load_file
from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.util import tensor_util

CURVES = {
    "cost/training": "cost",
    "cost/validation": "validation_cost",
    "accuracy/training": "training_accuracy",
    "accuracy/validation": "validation_accuracy",
    "pace/examples per second": "examples_per_second",
    "norm/gradient": "gradient_norm",
    "norm/largest gradient": "largest_gradient_norm",
    "norm/weights": "weight_norm",
}


def main(run):
    folder = os.path.join(run, "tensorboard")
    everything = {name: 0 for name in ("scalars", "histograms", "images", "tensors")}
    events = event_accumulator.EventAccumulator(folder, size_guidance=everything)
    events.Reload()
    with open(os.path.join(run, "metrics.csv")) as file:
        rows = list(csv.DictReader(file))
    record = json.load(open(os.path.join(run, "run.json")))
    epochs = [int(row["epoch"]) for row in rows]
    tags = events.Tags()

    for tag, column in CURVES.items():
        wanted = [float(row[column]) for row in rows if row[column]]
        if not wanted:
            assert tag not in tags["scalars"], tag
            continue
        curve = events.Scalars(tag)
        assert [e.step for e in curve] == epochs, (tag, [e.step for e in curve], epochs)
        # Speeds have one decimal in the table.
        assert np.allclose([e.value for e in curve], wanted, rtol=1e-6, atol=0.06), tag
    assert [e.step for e in events.Scalars("pace/learning rate")] == epochs

    for tag in tags["histograms"]:
        histograms = events.Histograms(tag)
        assert [h.step for h in histograms] == epochs, tag
        for h in histograms:
            value = h.histogram_value
            assert value.num == sum(value.bucket) > 0, tag
            assert value.min <= value.max and list(value.bucket_limit) == sorted(value.bucket_limit)
            if tag.startswith("gates/") and tag.split("/")[-1] in ("input", "forget", "output", "reset", "update"):
                assert 0 <= value.min and value.max <= 1, tag
    groups = {tag.split("/")[0] for tag in tags["histograms"]}
    assert {"weights", "states"} <= groups, groups
    if record.get("bestEpoch") in (None, epochs[-1]):
        arrays = load_file(os.path.join(run, "model.safetensors"))
        for tag in (t for t in tags["histograms"] if t.startswith("weights/")):
            array = arrays[tag.removeprefix("weights/")].astype(np.float64).ravel()
            value = events.Histograms(tag)[-1].histogram_value
            assert (value.min, value.max, value.num) == (array.min(), array.max(), array.size), tag
            assert np.isclose(value.sum_squares, (array**2).sum()), tag
            edges = np.concatenate([[-np.inf], value.bucket_limit[:-1], [np.inf]])
            counts = [((array >= a) & (array < b)).sum() for a, b in zip(edges, edges[1:])]
            assert counts == list(value.bucket), tag

    for tag in tags["images"]:
        (image,) = events.Images(tag)
        assert image.step == epochs[-1], tag
        png = image.encoded_image_string
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", png[16:24]) == (image.width, image.height)
        assert (image.width, image.height) == (record["features"], record["steps"])

    # The reader behind TensorBoard's page, which turns all of it into tensors.
    modern = plugin_event_accumulator.EventAccumulator(folder, size_guidance={"tensors": 0})
    modern.Reload()
    names = set(tags["scalars"]) | set(tags["histograms"]) | set(tags["images"])
    assert set(modern.Tags()["tensors"]) == names
    for tag in tags["histograms"]:
        buckets = tensor_util.make_ndarray(modern.Tensors(tag)[-1].tensor_proto)
        assert (buckets[:, 0] <= buckets[:, 1]).all(), tag
        assert buckets[:, 2].sum() == events.Histograms(tag)[-1].histogram_value.num
    files = [name for name in os.listdir(folder) if "tfevents" in name]
    print(
        f"{len(files)} file(s), {len(epochs)} epochs: {len(tags['scalars'])} curves, "
        f"{len(tags['histograms'])} histograms, {len(tags['images'])} pictures are as the run has them"
    )


if __name__ == "__main__":
    main(sys.argv[1])
