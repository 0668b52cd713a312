"""Prints the numbers that the tests of measures expect, made by scikit-learn and SciPy.

The examples are those of `MeasureCase` in Tests/RecurrentTests/Evaluation: hashed whole numbers, so
that both languages have the same ones.
"""

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics


def hashed(number):
    return (number * 2654435761 % 2**32) >> 16


def examples(count, classes):
    # The last class is the most frequent.
    labels = np.array([min(hashed(i) % (classes + 2), classes - 1) for i in range(count)])
    weights = np.array(
        [
            [1 + hashed(i * classes + k + 1000) % 9 + (4 if k == labels[i] else 0) for k in range(classes)]
            for i in range(count)
        ],
        dtype=np.float64,
    )
    return labels, weights / weights.sum(axis=1, keepdims=True)


print("scikit-learn", sklearn.__version__, "SciPy", scipy.__version__)
for count, classes in [(60, 4), (50, 2)]:
    labels, probabilities = examples(count, classes)
    predicted = probabilities.argmax(axis=1)
    print(count, "examples of", classes, "classes")
    print(metrics.confusion_matrix(labels, predicted).tolist())
    print("balanced accuracy", repr(metrics.balanced_accuracy_score(labels, predicted)))
    print("macro F1", repr(metrics.f1_score(labels, predicted, average="macro")))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, predicted)
    print(precision.tolist(), recall.tolist(), f1.tolist(), support.tolist())
    if classes == 2:
        print("AUROC", repr(metrics.roc_auc_score(labels, probabilities[:, 1])))
    else:
        print("AUROC", repr(metrics.roc_auc_score(labels, probabilities, multi_class="ovr")))
for degrees in [1, 2, 3, 4, 9, 29, 30, 999]:
    print("t", degrees, repr(float(stats.t.ppf(0.975, degrees))))
