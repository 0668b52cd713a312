"""Keras 3 on TensorFlow.

The fastest is chosen by trying: with XLA (`jit_compile=True`) or without, the layer unrolled (if
short) or not. Tried besides: `train_on_batch`, with XLA and without (slower than a step of one's
own in `tf.function`).
"""

import itertools
import os
from functools import partial

import conversation
from conversation import CLASSES, LEARNING_RATE, Prepared, Unsupported, Workload

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

# More steps than these take XLA minutes to compile.
LONGEST_UNROLLED = 28


def load():
    threads = conversation.thread_count()
    import keras
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)

    def one_way(workload: Workload, unroll: bool, with_xla: bool) -> Prepared:
        settings = ("XLA" if with_xla else "no XLA") + (", unrolled" if unroll else ", not unrolled")
        inputs, labels = map(tensorflow.constant, conversation.random_batch(workload))
        model = keras.Sequential(
            [
                keras.Input((workload.steps, workload.features), batch_size=workload.batch),
                keras.layers.LSTM(workload.hidden, unroll=unroll),
                keras.layers.Dense(CLASSES),
            ]
        )
        if workload.kind == "infer":
            logits = tensorflow.function(
                lambda batch: model(batch, training=False), jit_compile=with_xla, autograph=False
            )
            return Prepared(lambda: logits(inputs).numpy(), f"tf.function, {settings}")

        optimizer = keras.optimizers.SGD(LEARNING_RATE)
        optimizer.build(model.trainable_variables)
        loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

        @tensorflow.function(jit_compile=with_xla, autograph=False)
        def step(batch, classes):
            with tensorflow.GradientTape() as tape:
                loss = loss_function(classes, model(batch, training=True))
            variables = model.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
            return loss

        return Prepared(lambda: step(inputs, labels).numpy(), f"own step in tf.function, {settings}")

    def prepare(workload: Workload) -> Prepared:
        if workload.kind not in ("train", "infer"):
            raise Unsupported(f"it does not do '{workload.kind}'")
        unrolling = (False, True) if workload.steps <= LONGEST_UNROLLED else (False,)
        ways = itertools.product(unrolling, (True, False))
        return conversation.fastest(partial(one_way, workload, *way) for way in ways)

    versions = {"TensorFlow": tensorflow.__version__, "Keras": keras.__version__}
    return versions, prepare


conversation.converse(load)
