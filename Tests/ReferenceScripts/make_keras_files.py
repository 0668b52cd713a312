"""Makes the files of Tests/RecurrentFormatsTests/Fixtures: small Keras models of random weights and what
they answer, and HDF5 files of several kinds.

    KERAS_BACKEND=torch python make_keras_files.py FOLDER

Made with Keras 3.15.1 on PyTorch 2.15.0, h5py 3.16.0, NumPy 2.4.6, safetensors 0.8.0.
"""

import os
import sys
import zipfile

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import h5py
import keras
import numpy as np
from keras import layers as L
from safetensors.numpy import save_file

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
keras.utils.set_random_seed(3)


def sequential(*layers, shape=(6, 5)):
    return keras.Sequential([keras.Input(shape), *layers])


def functional():
    x = keras.Input((6, 5))
    y = L.GRU(4, return_sequences=True, go_backwards=True)(x)
    y = L.LSTM(3, return_sequences=True)(y)
    y = L.GlobalAveragePooling1D()(y)
    return keras.Model(x, L.Dense(2)(y))


cases = {
    "stack": sequential(
        L.LSTM(4, return_sequences=True),
        L.GRU(4, return_sequences=True),
        L.Dropout(0.2),
        L.SimpleRNN(3, activation="relu"),
        L.Dense(2),
    ),
    "both-ways": sequential(
        L.Bidirectional(L.LSTM(4, return_sequences=True), merge_mode="sum"),
        L.Bidirectional(L.GRU(3, reset_after=False)),
        L.Dense(2, activation="softmax"),
    ),
    "embedding": sequential(L.Embedding(9, 5), L.LSTM(4), L.Dense(2), shape=(6,)),
    "functional": functional(),
    "every-step": sequential(L.LSTM(4, return_sequences=True), L.TimeDistributed(L.Dense(2))),
    "no-biases": sequential(
        L.GRU(4, use_bias=False, return_sequences=True),
        L.LSTM(4, use_bias=False, go_backwards=True),
        L.Dense(2, use_bias=False),
    ),
    "largest": sequential(
        L.LSTM(4, return_sequences=True),
        L.LSTM(4, return_sequences=True),
        L.GlobalMaxPooling1D(),
        L.Dense(2),
    ),
}

arrays = {}
for name, model in cases.items():
    random = np.random.default_rng(5)
    for weight in model.weights:
        if "seed" not in weight.path:
            weight.assign(random.normal(0, 0.4, weight.shape).astype("float32"))
    x = np.random.default_rng(1).normal(size=(3, 6, 5)).astype("float32")
    if name == "embedding":
        x = np.random.default_rng(1).integers(0, 9, (3, 6)).astype("float32")
    arrays[f"{name}/x"] = x
    if name == "both-ways":
        # What goes into the softmax.
        dense = model.layers[-1]
        dense.activation = keras.activations.linear
        model.make_predict_function(force=True)
        arrays[f"{name}/y"] = np.asarray(model.predict(x, verbose=0))
        dense.activation = keras.activations.softmax
    else:
        arrays[f"{name}/y"] = np.asarray(model.predict(x, verbose=0))
    path = f"{folder}/{name}.keras"
    model.save(path)
    # Deflated, as an archive packed again is.
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED)
    if name in ("both-ways", "embedding"):
        model.save(f"{folder}/{name}.h5")
    if name in ("stack", "largest"):
        model.save_weights(f"{folder}/{name}.weights.h5")
        arrays |= {
            f"variables/{name}/{w.path}": w.value.detach().cpu().numpy()
            for w in model.weights
            if "seed" not in w.path
        }
# safetensors writes an array's memory as it lies.
arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
save_file(arrays, f"{folder}/keras-answers.safetensors")

grid = np.arange(35, dtype="float32").reshape(5, 7)
with h5py.File(f"{folder}/old-style.h5", "w") as file:
    file["a/doubles"] = grid.astype("float64")
    file["a/halves"] = grid.astype("float16")
    file["a/whole"] = np.arange(3)
    file["scalar"] = np.float32(1.5)
    file.create_dataset("chunked", data=grid, chunks=(2, 3), compression="gzip", shuffle=True)
    file.create_dataset("plain-chunks", data=grid, chunks=(4, 4))
    file.create_dataset("checked", data=grid, chunks=(2, 3), fletcher32=True)
    file.attrs["fixed"] = np.bytes_("fixed text")
    file.attrs["any"] = "text of any length"
    for index in range(40):
        file[f"many/{index}"] = np.float32(index)
with h5py.File(f"{folder}/new-style.h5", "w", libver="latest") as file:
    file["a/b/floats"] = grid
    file["a/doubles"] = grid.astype("float64")
    file.attrs["any"] = "text of any length"
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.COMPACT)
    space, kind = h5py.h5s.create_simple((5, 7)), h5py.h5t.IEEE_F32LE
    compact = h5py.h5d.create(file.id, b"compact", kind, space, dcpl=properties)
    compact.write(h5py.h5s.ALL, h5py.h5s.ALL, grid)
