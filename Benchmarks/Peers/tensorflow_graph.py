"""The graph of the teaching notebook this project grew out of, on today's TensorFlow.

`BasicLSTMCell` unrolled by `static_rnn`, `GradientDescentOptimizer`, a session. Tried: feeding
the batch at each step or keeping it in variables (kept, a little faster), `session.run` or
`make_callable` (kept), two inter-op threads (no faster), automatic XLA (no faster).
"""

import os

import conversation
from conversation import CLASSES, LEARNING_RATE, Prepared, Unsupported, Workload

os.environ["TF_USE_LEGACY_KERAS"] = "1"  # Where `BasicLSTMCell` lives.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"


def load():
    threads = conversation.thread_count()
    import tensorflow.compat.v1 as tensorflow
    import tf_keras

    tensorflow.disable_v2_behavior()
    tensorflow.logging.set_verbosity(tensorflow.logging.ERROR)

    def prepare(workload: Workload) -> Prepared:
        if workload.kind not in ("train", "infer"):
            raise Unsupported(f"it does not do '{workload.kind}'")
        batch, classes = conversation.random_batch(workload)
        graph = tensorflow.Graph()
        with graph.as_default():
            inputs = tensorflow.Variable(batch, trainable=False)
            labels = tensorflow.Variable(classes, trainable=False)
            cell = tensorflow.nn.rnn_cell.BasicLSTMCell(workload.hidden, forget_bias=1.0)
            steps = tensorflow.unstack(inputs, workload.steps, 1)
            outputs, _ = tensorflow.nn.static_rnn(cell, steps, dtype=tensorflow.float32)
            weight = tensorflow.Variable(tensorflow.random_normal([workload.hidden, CLASSES]))
            bias = tensorflow.Variable(tensorflow.random_normal([CLASSES]))
            logits = tensorflow.matmul(outputs[-1], weight) + bias
            fetches = [logits]
            if workload.kind == "train":
                loss = tensorflow.reduce_mean(
                    tensorflow.nn.sparse_softmax_cross_entropy_with_logits(
                        logits=logits, labels=labels
                    )
                )
                optimizer = tensorflow.train.GradientDescentOptimizer(LEARNING_RATE)
                fetches = [optimizer.minimize(loss), loss]
            initialize = tensorflow.global_variables_initializer()
        configuration = tensorflow.ConfigProto(
            intra_op_parallelism_threads=threads, inter_op_parallelism_threads=1
        )
        session = tensorflow.Session(graph=graph, config=configuration)
        session.run(initialize)
        return Prepared(session.make_callable(fetches), "static_rnn, batch in variables")

    versions = {"TensorFlow": tensorflow.__version__, "tf_keras": tf_keras.__version__}
    return versions, prepare


conversation.converse(load)
