#!/usr/bin/python3
"""Makes the golden values that MetricTest compares Panacea's measures with.

    /usr/bin/python3 tests/golden/metrics.py [OUTPUT_FOLDER]

Needs Debian's python3-sklearn and python3-scipy. Writes metrics.json into tests/src/test/resources/golden. A second run
writes the same bytes.
"""
import json
import os
import random
import sys

from scipy import stats
from sklearn import metrics

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden")
draw = random.Random(5)
out = {"roc": [], "confusion": [], "overlap": [], "ttest": []}
for steps in (2, 5, 40, 10 ** 6):                      # how many values scores may have: few make ties
    for count in (4, 31, 200):
        truth = [i < 2 or (i > 2 and draw.random() < 0.3) for i in range(1, count + 1)]
        scores = [draw.randrange(steps) / steps + (0.2 if t else 0) for t in truth]
        fpr, tpr, _ = metrics.roc_curve(truth, scores, drop_intermediate=False)
        out["roc"].append({"truth": truth, "scores": scores, "area": metrics.roc_auc_score(truth, scores),
                           "fpr": list(fpr), "tpr": list(tpr)})
for classes in (2, 3, 6):
    truth = [draw.randrange(classes) for _ in range(50)]
    predicted = [t if draw.random() < 0.6 else draw.randrange(classes - (classes > 3)) for t in truth]
    out["confusion"].append({
        "classes": classes, "truth": truth, "predicted": predicted,
        "matrix": metrics.confusion_matrix(truth, predicted, labels=list(range(classes))).tolist(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "precision": list(metrics.precision_score(truth, predicted, average=None, zero_division=0)),
        "recall": list(metrics.recall_score(truth, predicted, average=None, zero_division=0)),
        "f1": list(metrics.f1_score(truth, predicted, average=None, zero_division=0)),
        "macroF1": metrics.f1_score(truth, predicted, average="macro", zero_division=0)})
for share in (0.05, 0.4):
    truth = [draw.random() < share for _ in range(300)]
    predicted = [draw.random() < (0.8 if t else 0.1) for t in truth]
    out["overlap"].append({"truth": truth, "predicted": predicted, "dice": metrics.f1_score(truth, predicted),
                           "iou": metrics.jaccard_score(truth, predicted)})
for one, other in ((10, 10), (3, 7), (2, 2)):
    a = [0.8 + draw.gauss(0, 0.01) for _ in range(one)]
    b = [0.81 + draw.gauss(0, 0.02) for _ in range(other)]
    out["ttest"].append({"a": a, "b": b, "p": stats.ttest_ind(a, b, equal_var=False).pvalue})
with open(os.path.join(TARGET, "metrics.json"), "w") as file:
    json.dump(out, file, separators=(",", ":"))
    file.write("\n")
