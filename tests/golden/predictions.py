#!/usr/bin/python3
"""Makes the golden values that PredictionsTest compares the numbers of whole splits with.

    /usr/bin/python3 tests/golden/predictions.py [OUTPUT_FOLDER]

Needs Debian's python3-sklearn and python3-numpy. Writes predictions.json into tests/src/test/resources/golden. A second
run writes the same bytes. What cannot be measured is null.
"""
import json
import math
import os
import random
import statistics
import sys

import numpy as np
from sklearn import metrics

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden")
draw = random.Random(11)
out = {"any": [], "one": [], "mask": [], "point": []}


def mean(values):
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def area(truth, scores):
    return metrics.roc_auc_score(truth, scores) if len(set(truth)) == 2 else None


def any_of(pictures, shares, steps, unknown):
    """Labels that are true of a share of the pictures; scores of few steps tie; some targets are not known."""
    targets = [[None if draw.random() < unknown else int(draw.random() < share) for share in shares]
               for _ in range(pictures)]
    scores = [[round(draw.randrange(steps) / steps * 0.8 + (0.2 if t else 0), 6) for t in row] for row in targets]
    areas, accuracies, f1s = [], [], []
    for label in range(len(shares)):
        known = [i for i in range(pictures) if targets[i][label] is not None]
        truth = [targets[i][label] for i in known]
        found = [int(scores[i][label] >= 0.5) for i in known]
        areas.append(area(truth, [scores[i][label] for i in known]))
        accuracies.append(metrics.accuracy_score(truth, found) if known else None)
        f1s.append(metrics.f1_score(truth, found) if any(truth) or any(found) else None)
    out["any"].append({"targets": targets, "scores": scores, "areas": areas, "mean AUC": mean(areas),
                       "accuracy": mean(accuracies), "F1": mean(f1s)})


any_of(60, (0.3, 0.5, 0.1), 10 ** 6, 0)
any_of(80, (0.3, 0.5, 0.1, 0.7), 5, 0.2)
any_of(30, (0.4, 0, 1), 7, 0.1)                        # none, all
any_of(12, (0, 1), 3, 0)                               # nothing to average
any_of(5, (0.5,), 2, 1)                                # nothing known


def one_of(pictures, classes, occurring, unknown):
    truth = [None if draw.random() < unknown else draw.randrange(occurring) for _ in range(pictures)]
    scores = []
    for t in truth:
        logits = [draw.randrange(12) / 4 + (1 if k == t else 0) for k in range(classes)]
        total = sum(math.exp(logit) for logit in logits)
        scores.append([math.exp(logit) / total for logit in logits])
    known = [i for i in range(pictures) if truth[i] is not None]
    found = [int(np.argmax(scores[i])) for i in known]
    actual = [truth[i] for i in known]
    areas = [area([int(t == k) for t in actual], [scores[i][k] for i in known]) for k in range(classes)]
    out["one"].append({"truth": truth, "scores": scores, "areas": areas, "mean AUC": mean(areas),
                       "accuracy": metrics.accuracy_score(actual, found),
                       "macro F1": metrics.f1_score(actual, found, average="macro")})


one_of(60, 2, 2, 0)
one_of(90, 4, 4, 0.1)
one_of(40, 5, 3, 0)                                    # two classes that nothing is of

for pictures, shares in ((6, (0.3, 0.05)), (9, (0, 0.02, 0.5))):
    truth = [[[int(draw.random() < share) for _ in range(40)] for share in shares] for _ in range(pictures)]
    found = [[[int(draw.random() < (0.8 if pixel else 0.03)) for pixel in mask] for mask in row] for row in truth]
    labels = range(len(shares))
    flat = [(sum((row[label] for row in truth), []), sum((row[label] for row in found), [])) for label in labels]
    out["mask"].append({
        "truth": truth, "predicted": found,
        "Dice": [mean([metrics.f1_score(t[label], f[label], zero_division=1) for t, f in zip(truth, found)])
                 for label in labels],
        "set Dice": [metrics.f1_score(t, f, zero_division=1) for t, f in flat],
        "IoU": [mean([metrics.jaccard_score(t[label], f[label], zero_division=1) for t, f in zip(truth, found)])
                for label in labels]})

truth = [[None if draw.random() < 0.2 else [draw.uniform(0, 224), draw.uniform(0, 224)] for _ in range(3)]
         for _ in range(11)]
found = [[[(p or [100, 100])[0] + draw.gauss(0, 4), (p or [100, 100])[1] + draw.gauss(0, 4)] for p in row]
         for row in truth]
errors = [[None if t is None else float(np.linalg.norm(np.subtract(t, f))) for t, f in zip(*rows)]
          for rows in zip(truth, found)]
known = [error for row in errors for error in row if error is not None]
out["point"].append({"truth": truth, "predicted": found, "pixels": 224, "mean error": float(np.mean(known)),
                     "median error": float(np.median(known)), "error at 448": float(np.mean(known)) * 2,
                     "errors": [mean([row[label] for row in errors]) for label in range(3)]})
with open(os.path.join(TARGET, "predictions.json"), "w") as file:
    json.dump(out, file, separators=(",", ":"))
    file.write("\n")
