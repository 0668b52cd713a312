"""MLX on the CPU: the layer written out with the weights of `mlx.nn.LSTM`, not compiled.

Tried: calling `mlx.nn.LSTM` (some slower: it keeps all outputs), `mx.compile` around the whole
step (no faster), inputs batch first. Nearly all its time goes into matrix products.
"""

import conversation
from conversation import CLASSES, LEARNING_RATE, Prepared, Unsupported, Workload


def load():
    # MLX has no setting for threads; its backends take what the process may use.
    conversation.keep_to_processors(conversation.thread_count())
    import importlib.metadata

    import mlx.core
    import mlx.nn
    import mlx.optimizers

    mlx.core.set_default_device(mlx.core.cpu)

    def next_state(layer, inputs, hidden, cell):
        gates = mlx.core.addmm(layer.bias, inputs, layer.Wx.T)
        if hidden is not None:
            gates = mlx.core.addmm(gates, hidden, layer.Wh.T)
        take, keep, candidate, show = mlx.core.split(gates, 4, axis=-1)
        added = mlx.core.sigmoid(take) * mlx.core.tanh(candidate)
        cell = added if cell is None else mlx.core.sigmoid(keep) * cell + added
        return mlx.core.sigmoid(show) * mlx.core.tanh(cell), cell

    class SequenceModel(mlx.nn.Module):
        """An LSTM layer and a linear head on its last hidden state; input is time first."""

        def __init__(self, workload: Workload) -> None:
            super().__init__()
            self.lstm = mlx.nn.LSTM(workload.features, workload.hidden)
            self.head = mlx.nn.Linear(workload.hidden, CLASSES)

        def __call__(self, inputs):
            hidden = cell = None
            for step in range(inputs.shape[0]):
                hidden, cell = next_state(self.lstm, inputs[step], hidden, cell)
            return self.head(hidden)

    def loss_of(model, inputs, labels):
        return mlx.nn.losses.cross_entropy(model(inputs), labels, reduction="mean")

    def prepare(workload: Workload) -> Prepared:
        model = SequenceModel(workload)
        mlx.core.eval(model.parameters())
        batch, classes = conversation.random_batch(workload)
        inputs = mlx.core.array(batch.transpose(1, 0, 2).copy())
        labels = mlx.core.array(classes)
        if workload.kind == "train":
            optimizer = mlx.optimizers.SGD(LEARNING_RATE)
            gradient_of = mlx.nn.value_and_grad(model, loss_of)

            def train() -> None:
                loss, gradient = gradient_of(model, inputs, labels)
                optimizer.update(model, gradient)
                mlx.core.eval(loss, model.parameters())

            return Prepared(train, "written out, not compiled")
        if workload.kind == "infer":
            return Prepared(lambda: mlx.core.eval(model(inputs)), "written out, not compiled")
        if workload.kind == "stream":
            layer = model.lstm
            advance = mlx.core.compile(
                lambda one, hidden, cell: next_state(layer, one, hidden, cell)
            )
            state = (mlx.core.zeros((1, workload.hidden)), mlx.core.zeros((1, workload.hidden)))
            one = inputs[0]

            def stream() -> None:
                nonlocal state
                state = advance(one, *state)
                mlx.core.eval(state)

            return Prepared(stream, "one step compiled")
        raise Unsupported(f"it does not do '{workload.kind}'")

    return {"MLX": importlib.metadata.version("mlx")}, prepare


conversation.converse(load)
