"""JAX: the cell written out, `lax.scan` over time, `jit` around the whole step.

Parameters are donated, so the update is in place. Whether the scan is unrolled by 4 is chosen by
trying. Tried besides: unrolling by 8, 14 and 28 (slower, and long to compile); the inputs' product
for all steps before the scan (slower for wide inputs, no faster for narrow ones).
"""

from functools import partial

import conversation
from conversation import CLASSES, LEARNING_RATE, Prepared, Unsupported, Workload


def load():
    # XLA sizes its pool of threads by the processors it may use.
    conversation.keep_to_processors(conversation.thread_count())
    import jax
    import jax.numpy
    import numpy

    jax.config.update("jax_platforms", "cpu")

    def parameters(workload: Workload) -> dict[str, jax.Array]:
        generator = numpy.random.default_rng(2)

        def uniform(*shape: int) -> jax.Array:
            bound = workload.hidden**-0.5
            return jax.numpy.asarray(generator.uniform(-bound, bound, shape), "float32")

        return {
            "from_input": uniform(workload.features, 4 * workload.hidden),
            "from_state": uniform(workload.hidden, 4 * workload.hidden),
            "bias": uniform(4 * workload.hidden),
            "head": uniform(workload.hidden, CLASSES),
            "head_bias": uniform(CLASSES),
        }

    def next_state(model, state, inputs):
        hidden, cell = state
        gates = inputs @ model["from_input"] + hidden @ model["from_state"] + model["bias"]
        take, keep, candidate, show = jax.numpy.split(gates, 4, axis=-1)
        cell = jax.nn.sigmoid(keep) * cell + jax.nn.sigmoid(take) * jax.numpy.tanh(candidate)
        return jax.nn.sigmoid(show) * jax.numpy.tanh(cell), cell

    def logits_of(model, inputs, unroll):
        """`inputs` is time first."""
        zeros = jax.numpy.zeros((inputs.shape[1], model["from_state"].shape[0]))
        (hidden, _), _ = jax.lax.scan(
            lambda state, step: (next_state(model, state, step), None),
            (zeros, zeros),
            inputs,
            unroll=unroll,
        )
        return hidden @ model["head"] + model["head_bias"]

    def loss_of(model, inputs, labels, unroll):
        logarithms = jax.nn.log_softmax(logits_of(model, inputs, unroll))
        return -jax.numpy.mean(jax.numpy.take_along_axis(logarithms, labels[:, None], axis=1))

    def trained(model, inputs, labels, unroll):
        loss, gradient = jax.value_and_grad(loss_of)(model, inputs, labels, unroll)
        return loss, jax.tree.map(
            lambda value, slope: value - LEARNING_RATE * slope, model, gradient
        )

    def one_way(workload: Workload, unroll: int) -> Prepared:
        model = parameters(workload)
        batch, classes = conversation.random_batch(workload)
        inputs = jax.numpy.asarray(batch.transpose(1, 0, 2))
        labels = jax.numpy.asarray(classes)
        if workload.kind == "train":
            step = jax.jit(partial(trained, unroll=unroll), donate_argnums=0)

            def train() -> None:
                nonlocal model
                _, model = step(model, inputs, labels)
                jax.block_until_ready(model)

            return Prepared(train, f"jit, lax.scan with unroll={unroll}, parameters donated")
        if workload.kind == "infer":
            read = jax.jit(partial(logits_of, unroll=unroll))
            return Prepared(
                lambda: read(model, inputs).block_until_ready(), f"jit, lax.scan with unroll={unroll}"
            )
        if workload.kind == "stream":
            advance = jax.jit(next_state, donate_argnums=1)
            state = (jax.numpy.zeros((1, workload.hidden)), jax.numpy.zeros((1, workload.hidden)))
            one = inputs[0]

            def stream() -> None:
                nonlocal state
                state = advance(model, state, one)
                state[0].block_until_ready()

            return Prepared(stream, "jit of one step, state donated")
        raise Unsupported(f"it does not do '{workload.kind}'")

    def prepare(workload: Workload) -> Prepared:
        unrolling = (1, 4) if workload.steps > 1 else (1,)
        return conversation.fastest(partial(one_way, workload, unroll) for unroll in unrolling)

    return {"JAX": jax.__version__}, prepare


conversation.converse(load)
