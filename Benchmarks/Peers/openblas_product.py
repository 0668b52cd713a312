"""A product of two large float32 matrices by the OpenBLAS inside NumPy, for scale."""

import conversation
from conversation import Prepared, Unsupported, Workload


def load():
    threads = conversation.thread_count()
    import numpy
    import threadpoolctl

    threadpoolctl.threadpool_limits(threads)
    [library] = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]

    def prepare(workload: Workload) -> Prepared:
        if workload.kind != "product":
            raise Unsupported(f"it does not do '{workload.kind}'")
        generator = numpy.random.default_rng(1)
        shape = (workload.hidden, workload.hidden)
        left = generator.random(shape, dtype=numpy.float32)
        right = generator.random(shape, dtype=numpy.float32)
        target = numpy.empty(shape, dtype=numpy.float32)
        return Prepared(
            lambda: numpy.dot(left, right, out=target),
            f"numpy.dot, {library['architecture']} kernels",
        )

    versions = {
        "NumPy": numpy.__version__,
        "OpenBLAS": f"{library['version']} ({library['architecture']})",
    }
    return versions, prepare


conversation.converse(load)
