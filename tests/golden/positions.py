#!/usr/bin/python3
"""Makes the golden values that PositionEmbeddingTest compares Panacea with.

    /usr/bin/python3 tests/golden/positions.py [OUTPUT_FOLDER]

Needs Debian's python3-torch (1.13 or later). Writes positions.safetensors into tests/src/test/resources/golden: for a
case NAME its input NAME/in, PyTorch's NAME/out, the gradient NAME/seed of a loss by the output, and NAME/grad by the
input. PyTorch computes in float64; the results are rounded.
"""
import os
import sys

import torch
import torch.nn.functional as F

from tensors import save

torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden")
CHANNELS = 5
tensors = {}


def case(name, x, run):
    x = x.float().double().requires_grad_(True)
    y = run(x)
    seed = torch.randn(y.shape).double()
    y.backward(seed)
    tensors.update({name + "/in": x, name + "/out": y, name + "/seed": seed, name + "/grad": x.grad})


def positions(rows, columns):
    """The grid is interpolated, the class token's position is kept."""
    def run(x):
        side = int((x.shape[1] - 1) ** 0.5)
        grid = x[:, 1:].reshape(1, side, side, -1).permute(0, 3, 1, 2)
        grid = F.interpolate(grid, size=(rows, columns), mode="bicubic", align_corners=False)
        return torch.cat((x[:, :1], grid.permute(0, 2, 3, 1).reshape(1, rows * columns, -1)), dim=1)

    return run


torch.manual_seed(5)
for side, rows, columns in ((7, 14, 14), (7, 10, 9), (14, 7, 7), (14, 5, 9), (1, 3, 2), (2, 3, 3)):
    case("positions_%d_%dx%d" % (side, rows, columns), torch.randn(1, side * side + 1, CHANNELS),
         positions(rows, columns))
for smooth in (False, True):
    for height, width, rows, columns in ((7, 9, 14, 20), (14, 15, 5, 7), (13, 13, 27, 27), (5, 4, 1, 4), (3, 8, 8, 3)):
        case("bicubic_%s_%dx%d_%dx%d" % ("smooth" if smooth else "plain", height, width, rows, columns),
             torch.randn(1, 3, height, width),
             lambda x: F.interpolate(x, size=(rows, columns), mode="bicubic", align_corners=False, antialias=smooth))

save(os.path.join(TARGET, "positions.safetensors"), tensors)
