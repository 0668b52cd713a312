"""Keras 3 on TensorFlow.

Tried for training: a step of our own in `tf.function`, with XLA (`jit_compile=True`, kept) and
without; `train_on_batch`, with and without XLA; the layer unrolled (XLA then compiles long and
runs slower; without XLA a little faster than not unrolled, slower than XLA).
"""

import os

import conversation
from conversation import CLASSES, LEARNING_RATE, Prepared, Unsupported, Workload

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"


def load():
    threads = conversation.thread_count()
    import keras
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)

    def prepare(workload: Workload) -> Prepared:
        if workload.kind not in ("train", "infer"):
            raise Unsupported(f"it does not do '{workload.kind}'")
        inputs, labels = map(tensorflow.constant, conversation.random_batch(workload))
        model = keras.Sequential(
            [
                keras.Input((workload.steps, workload.features), batch_size=workload.batch),
                keras.layers.LSTM(workload.hidden),
                keras.layers.Dense(CLASSES),
            ]
        )
        if workload.kind == "infer":
            logits = tensorflow.function(
                lambda batch: model(batch, training=False), jit_compile=True, autograph=False
            )
            return Prepared(lambda: logits(inputs).numpy(), "tf.function with XLA")

        optimizer = keras.optimizers.SGD(LEARNING_RATE)
        optimizer.build(model.trainable_variables)
        loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

        @tensorflow.function(jit_compile=True, autograph=False)
        def step(batch, classes):
            with tensorflow.GradientTape() as tape:
                loss = loss_function(classes, model(batch, training=True))
            variables = model.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
            return loss

        return Prepared(lambda: step(inputs, labels).numpy(), "own step in tf.function with XLA")

    versions = {"TensorFlow": tensorflow.__version__, "Keras": keras.__version__}
    return versions, prepare


conversation.converse(load)
