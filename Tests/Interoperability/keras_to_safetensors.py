"""Writes a Keras model's variables by their paths as safetensors, for `ImportedModel` to read.

    python keras_to_safetensors.py MODEL.keras VARIABLES.safetensors

For models whose files the library does not read itself; needs keras and safetensors.
"""

import sys

import keras
import numpy as np
from safetensors.numpy import save_file

model = keras.saving.load_model(sys.argv[1], compile=False)
save_file(
    {
        weight.path: np.ascontiguousarray(keras.ops.convert_to_numpy(weight))
        for weight in model.weights
        if "seed_generator" not in weight.path
    },
    sys.argv[2],
)
