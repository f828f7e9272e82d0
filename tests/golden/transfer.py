#!/usr/bin/python3
"""Makes the golden values that TransferLossTest compares the losses of fine-tuning with.

    /usr/bin/python3 tests/golden/transfer.py [OUTPUT_FOLDER]

Needs Debian's python3-torch (1.13 or later). Writes transfer.json into tests/src/test/resources/golden: a list of
cases, each with its kind, the choices that differ from the usual ones, what the network says (logits), what it should
say (null: not known), the loss, and its gradient by the logits. PyTorch computes in float64.
"""
import json
import os
import sys

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(7)
HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden")
cases = []


def draw(*shape):
    """Numbers that float32 has, in few digits."""
    return (64 * torch.randn(shape).double()).round() / 32


def plain(values):
    """Lists of numbers, with null for NaN."""
    if isinstance(values, list):
        return [plain(value) for value in values]
    return None if values != values else float("%.7g" % values)


def case(kind, choices, logits, loss, **more):
    logits.requires_grad_(True)
    value = loss(logits)
    value.backward()
    cases.append(dict(kind=kind, choices=choices, logits=plain(logits.tolist()), loss=plain(value.item()),
                      gradient=plain(logits.grad.tolist()), **{key: plain(v.tolist()) for key, v in more.items()}))


def known(targets):
    return ~targets.isnan()


# ---- any label may be true ------------------------------------------------------------------------------------

def any_label(train, targets, weighed):
    positives = (train == 1).sum(0).double()
    ratio = ((known(train).sum(0) - positives) / positives).clamp(1 / 50, 50)
    weights = torch.where(positives > 0, ratio, torch.ones(1).double()) if weighed else None
    mask = known(targets).double()

    def loss(logits):
        criterion = torch.nn.BCEWithLogitsLoss(weight=mask, pos_weight=weights, reduction="sum")
        return criterion(logits, targets.nan_to_num()) / mask.sum()

    case("any", {"loss.classWeights": str(weighed).lower()}, draw(*targets.shape), loss, targets=targets, train=train)


nan = float("nan")
train = torch.zeros(200, 5).double()
train[:30, 0] = 1      # 30 of 200
train[0, 1] = 1        # so rare that its weight is bounded
train[:, 2] = 1        # true of all: no negatives
train[:, 3] = 0        # true of none
train[:80, 4] = 1
train[60:160, 4] = nan  # 60 of 100
targets = torch.tensor([[1, 0, 1, 0, 0], [0, 1, 1, nan, nan], [1, 1, 0, 1, 1], [nan, nan, nan, 0, 0]]).double()
for weighed in (False, True):
    any_label(train, targets, weighed)
    any_label(train, targets.nan_to_num(), weighed)

# ---- one label is true ----------------------------------------------------------------------------------------

for weighed in (False, True):
    counts = torch.tensor([60, 30, 9, 1, 0])
    rows = F.one_hot(torch.repeat_interleave(torch.arange(5), counts), 5).double()
    weights = (100 / (5 * counts.double())).clamp(1 / 50, 50)
    weights[4] = 1
    truth = torch.tensor([0, 2, 3, 1, 4, 0])
    case("one", {"loss.classWeights": str(weighed).lower()}, draw(6, 5),
         lambda logits: torch.nn.CrossEntropyLoss(weight=weights if weighed else None)(logits, truth),
         targets=F.one_hot(truth, 5).double(), train=rows)

# ---- masks ----------------------------------------------------------------------------------------------------

def masks(targets, dice):
    mask = known(targets).double()

    def loss(logits):
        pixel = (F.binary_cross_entropy_with_logits(logits, targets.nan_to_num(), reduction="none") * mask).sum()
        inside, truth = torch.sigmoid(logits) * mask, targets.nan_to_num() * mask
        both = (inside * truth).flatten(2).sum(2)
        overlap = (2 * both + 1) / (inside.flatten(2).sum(2) + truth.flatten(2).sum(2) + 1)
        present = (truth.flatten(2).sum(2) > 0).double()
        return pixel / mask.sum() + dice * ((1 - overlap) * present).sum() / present.sum().clamp(min=1)

    case("masks", {"loss.dice": str(dice)}, draw(*targets.shape), loss, targets=targets)


targets = (torch.rand(3, 2, 8, 8) < 0.4).double()
targets[1, 0] = 0  # empty
targets[2, 1] = 1  # full
holes = targets.clone()
holes[0, :, :, :3] = nan
holes[2, 0] = nan  # not known at all
for dice in (0.0, 1.0, 0.25):
    masks(targets, dice)
    masks(holes, dice)
masks(torch.zeros(3, 2, 8, 8).double(), 1.0)  # nothing anywhere

# ---- key points -----------------------------------------------------------------------------------------------

def bell(x, y, sigma, pixels):
    """Heights over the 11 x 11 pixels round the one that holds the point."""
    at = torch.arange(pixels).double() + 0.5
    near = torch.exp(-((at[:, None] - y) ** 2 + (at[None, :] - x) ** 2) / (2 * sigma ** 2))
    pixel = torch.arange(pixels)
    rows, columns = (pixel - int(y)).abs() <= 5, (pixel - int(x)).abs() <= 5
    return near * (rows[:, None] & columns[None, :])


def points(places, heat, sigma, pixels=16):
    maps = torch.stack([torch.stack([torch.zeros(pixels, pixels).double() if p.isnan().any()
                                     else bell(float(p[0]), float(p[1]), sigma, pixels) for p in row])
                        for row in places])
    mask = (~places.isnan().any(2)).double()

    def loss(logits):
        if heat == "SQUARES":
            each = ((logits - maps) ** 2).flatten(2).mean(2)
        else:
            target = maps.flatten(2) / maps.flatten(2).sum(2, keepdim=True).clamp(min=1e-300)
            each = -(target * F.log_softmax(logits.flatten(2), dim=2)).sum(2)
        return (each * mask).sum() / mask.sum()

    case("points", {"loss.heat": heat, "loss.sigma": str(sigma)}, draw(len(places), places.shape[1], pixels, pixels),
         loss, targets=places)


places = torch.tensor([[[4.25, 9.5], [15.75, 0.25]], [[0.5, 0.5], [8.0, 8.0]]]).double()
unknown = torch.tensor([[[4.25, 9.5], [nan, nan]], [[nan, nan], [nan, nan]], [[2.5, 15.125], [8.0, 8.0]]]).double()
for heat in ("CROSS_ENTROPY", "SQUARES"):
    points(places, heat, 2.0)
    points(unknown, heat, 1.5)

with open(os.path.join(TARGET, "transfer.json"), "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
