#!/usr/bin/python3
"""Makes the golden values that AceGoldenTest and AugmentProperties compare ACE's heads, targets, losses and
changes of grey values with.

    /usr/bin/python3 tests/golden/ace.py [OUTPUT_FOLDER]

Needs Debian's python3-torch (1.13 or later). Writes ace.safetensors into tests/src/test/resources/golden. A tensor
CASE/in.NAME is an input or a parameter, CASE/out its result, CASE/seed the gradient of a loss by the result (absent
where that is a scalar: 1) and CASE/grad.NAME the gradient by the input. Cases of crops have their offsets in the
metadata. PyTorch computes in float64; the results are rounded.
"""
import math
import os
import sys

import torch
import torch.nn.functional as F

from tensors import save

torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden")
CELLS, VIEW = 16, 6  # cells on a side of the picture and of C1
CHANNELS = 8
tensors, metadata = {}, {}


def draw(*shape, scale=1.0):
    return (scale * torch.randn(shape)).float().double()  # exact in float32


def case(name, inputs, run, constants=()):
    """Runs on leaves, stores inputs, output and gradients."""
    leaves = {key: value.clone().requires_grad_(key not in constants) for key, value in inputs.items()}
    out = run(leaves)
    seed = draw(*out.shape) if out.dim() else None
    out.backward(seed)
    for key, leaf in leaves.items():
        tensors[name + "/in." + key] = leaf
        if leaf.grad is not None:
            tensors[name + "/grad." + key] = leaf.grad
    tensors[name + "/out"] = out
    if seed is not None:
        tensors[name + "/seed"] = seed


# ---- heads ---------------------------------------------------------------------------------------------------

def dense(p):
    x = p["x"].permute(0, 3, 1, 2)
    for k in (0, 3, 6):
        x = F.conv2d(x, p["layers.%d.weight" % k], p["layers.%d.bias" % k])
        x = F.batch_norm(x, None, None, p["layers.%d.weight" % (k + 1)], p["layers.%d.bias" % (k + 1)], training=True)
        x = F.relu(x)
    return F.normalize(x, dim=1).permute(0, 2, 3, 1)


def dense_inputs():
    p = {"x": draw(2, 3, 4, CHANNELS)}
    for k in (0, 3, 6):
        p["layers.%d.weight" % k] = draw(CHANNELS, CHANNELS, 1, 1, scale=0.4)
        p["layers.%d.bias" % k] = draw(CHANNELS, scale=0.1)
        p["layers.%d.weight" % (k + 1)] = 1 + draw(CHANNELS, scale=0.1)
        p["layers.%d.bias" % (k + 1)] = draw(CHANNELS, scale=0.1)
    return {key: value.float().double() for key, value in p.items()}


def mlp(x, p):
    x = F.linear(x, p["layer.0.weight"], p["layer.0.bias"])
    x = F.layer_norm(x, x.shape[-1:], p["layer.1.weight"], p["layer.1.bias"])
    return F.linear(F.relu(x), p["layer.3.weight"], p["layer.3.bias"])


def mlp_inputs(x, a, b, c):
    return {"x": x, "layer.0.weight": draw(b, a, scale=0.3), "layer.0.bias": draw(b), "layer.1.weight": draw(b),
            "layer.1.bias": draw(b), "layer.3.weight": draw(c, b, scale=0.3), "layer.3.bias": draw(c)}


def compose(p):
    x = p["x"]
    rows = []
    for r in range(0, x.shape[1], 2):
        for c in range(0, x.shape[2], 2):
            rows.append(torch.cat((x[:, r, c], x[:, r, c + 1], x[:, r + 1, c], x[:, r + 1, c + 1]), dim=-1))
    return mlp(torch.stack(rows, dim=1), p)


def decompose(p):
    y = mlp(p["x"], p)
    b, h, w, _ = y.shape
    fine = [[y[:, r // 2, c // 2].chunk(4, dim=-1)[2 * (r % 2) + c % 2] for c in range(2 * w)] for r in range(2 * h)]
    return torch.stack([token for row in fine for token in row], dim=1)


def global_head(p):
    x = F.gelu(F.linear(p["x"], p["mlp.0.weight"], p["mlp.0.bias"]))
    x = F.gelu(F.linear(x, p["mlp.2.weight"], p["mlp.2.bias"]))
    x = F.normalize(F.linear(x, p["mlp.4.weight"], p["mlp.4.bias"]), dim=-1)
    return F.linear(x, torch._weight_norm(p["last_layer.weight_v"], p["last_layer.weight_g"], 0))


torch.manual_seed(11)
case("dense", dense_inputs(), dense)
case("composer", mlp_inputs(draw(2, 4, 6, CHANNELS), 4 * CHANNELS, CHANNELS, CHANNELS), compose)
case("decomposer", mlp_inputs(draw(2, 3, 2, CHANNELS), CHANNELS, 4 * CHANNELS, 4 * CHANNELS), decompose)
case("global_head", {
    "x": draw(3, CHANNELS), "mlp.0.weight": draw(12, CHANNELS, scale=0.3), "mlp.0.bias": draw(12),
    "mlp.2.weight": draw(12, 12, scale=0.3), "mlp.2.bias": draw(12), "mlp.4.weight": draw(5, 12, scale=0.3),
    "mlp.4.bias": draw(5), "last_layer.weight_v": draw(7, 5),
    "last_layer.weight_g": (1 + 0.2 * torch.rand(7, 1)).float().double()}, global_head,
    constants=("last_layer.weight_g",))


# ---- targets -------------------------------------------------------------------------------------------------

def centres(offset, tokens, cells):
    """Middles of the tokens of a view along one axis, in cells of the picture."""
    return torch.arange(tokens).double() * cells + offset + cells / 2


def target(teacher, student, cells, kernel):
    """Eq. 4 from where tokens lie in the picture: teacher and student are (row, column, tokens on a side)."""
    ty, tx = (centres(teacher[k], teacher[2], cells) for k in (0, 1))
    sy, sx = (centres(student[k], student[2], cells) for k in (0, 1))
    dy = (ty[:, None, None, None] - sy[None, None, :, None]) / cells
    dx = (tx[None, :, None, None] - sx[None, None, None, :]) / cells
    value = torch.exp(-(dx ** 2 + dy ** 2) / 2)
    reach = (kernel - 1) / 2
    value = value * ((dx.abs() <= reach) & (dy.abs() <= reach))
    exact = ((dx == 0) & (dy == 0)).any(dim=3, keepdim=True).any(dim=2, keepdim=True)  # has a partner
    return (value * exact).reshape(teacher[2] ** 2, student[2] ** 2)


def pair_targets(c1, c2, kernel):
    comp = target((c2[0], c2[1], VIEW), (c1[0], c1[1], VIEW // 2), 2, kernel)
    deco = target((c1[0], c1[1], VIEW), (c2[0], c2[1], 2 * VIEW), 1, kernel)
    return comp, deco


PAIRS = [((0, 0), (0, 0)), ((10, 10), (0, 4)), ((3, 8), (1, 2)), ((4, 1), (2, 3)), ((0, 9), (4, 1))]
for number, (c1, c2) in enumerate(PAIRS):
    for kernel in (3, 5):
        comp, deco = pair_targets(c1, c2, kernel)
        tensors["target_%d_%d/comp" % (number, kernel)] = comp
        tensors["target_%d_%d/deco" % (number, kernel)] = deco
    metadata["pair_%d" % number] = "%d %d %d %d" % (*c1, *c2)


# ---- losses --------------------------------------------------------------------------------------------------

def pooled(tokens, offset, cells, other, other_cells):
    """Mean of the tokens of a view whose middle lies in the other view."""
    def inside(k):
        middle = centres(offset[k], VIEW, cells)
        return (middle > other[k]) & (middle < other[k] + VIEW * other_cells)
    mask = (inside(0)[:, None] & inside(1)[None, :]).reshape(-1)
    return tokens[mask].mean(dim=0)


def pooling(p):
    return torch.stack([torch.cat((pooled(p["x"][k], c1, 1, c2, 2), pooled(p["y"][k], c2, 2, c1, 1)))
                        for k, (c1, c2) in enumerate(PAIRS)])


case("pooling", {"x": draw(len(PAIRS), VIEW * VIEW, 3), "y": draw(len(PAIRS), VIEW * VIEW, 3)}, pooling)


def global_loss(p, symmetric):
    def probabilities(t):
        return F.softmax((t - p["centre"]) / 0.04, dim=-1)

    def cross(t, s):
        return -(probabilities(t) * F.log_softmax(s / 0.1, dim=-1)).sum(dim=-1).mean()

    one = cross(p["t2"], p["s1"])
    return (one + cross(p["t1"], p["s2"])) / 2 if symmetric else one


for symmetric in (False, True):
    small = {key: draw(4, 9, scale=0.2) for key in ("s1", "s2", "t1", "t2")}
    small["centre"] = draw(1, 9, scale=0.1)
    case("global_" + ("both" if symmetric else "one"), small, lambda p: global_loss(p, symmetric),
         constants=("t1", "t2", "centre"))
    if symmetric:
        tensors["global_both/followed"] = 0.9 * small["centre"] + 0.1 * (small["t1"].mean(0, True)
                                                                         + small["t2"].mean(0, True)) / 2


def matching(p, targets, alpha, scale, normalised, positives_only):
    t = F.normalize(p["t"], dim=-1) if normalised else p["t"]
    logits = scale * torch.einsum("bnk,bmk->bnm", t, p["s"])
    if positives_only:
        return -(targets * F.logsigmoid(logits)).sum(dim=2).mean()
    weights = alpha * targets + (1 - alpha) * (1 - targets)
    return F.binary_cross_entropy_with_logits(logits, targets, weight=weights)


batch = [2, 4]
for part, alpha, students in (("comp", 0.9, VIEW * VIEW // 4), ("deco", 0.99, 4 * VIEW * VIEW)):
    targets = torch.stack([tensors["target_%d_3/%s" % (k, part)] for k in batch])
    for kind, scale, normalised, positives in (("usual", 1 / 0.07, True, False), ("paper", 1.0, False, False),
                                               ("positives", 1 / 0.07, True, True)):
        case("%s_%s" % (part, kind), {"s": draw(2, students, CHANNELS, scale=0.3), "t": draw(2, VIEW * VIEW, CHANNELS)},
             lambda p: matching(p, targets, alpha, scale, normalised, positives), constants=("t",))

# ---- grey values ---------------------------------------------------------------------------------------------

def window(picture, kernel):
    """Correlation with a kernel of odd size, mirrored at the border."""
    reach = kernel.shape[0] // 2
    return F.conv2d(F.pad(picture[None, None], (reach,) * 4, mode="reflect"), kernel[None, None])[0, 0]


def blur(picture, sigma):
    reach = math.ceil(3 * sigma)
    line = torch.exp(-(torch.arange(-reach, reach + 1).double() / sigma) ** 2 / 2)
    return window(picture, torch.outer(line, line) / line.sum() ** 2)


def sharpen(picture, alpha, lightness):
    kernel = -torch.ones(3, 3).double()
    kernel[1, 1] = 8 + lightness
    kernel *= alpha
    kernel[1, 1] += 1 - alpha
    return window(picture, kernel)


def clahe(picture, clip, tiles):
    """Pixel by pixel: the mean of the four mappings around, each weighted by how near its tile's middle is."""
    height, width = picture.shape
    rows, columns = height // tiles, width // tiles  # the sizes divide
    maps = {}
    for i in range(tiles):
        for j in range(tiles):
            tile = picture[i * rows:(i + 1) * rows, j * columns:(j + 1) * columns].reshape(-1)
            share = torch.bincount((tile * 256).long().clamp(max=255), minlength=256).double() / tile.numel()
            cut = share.clamp(max=clip / 256)
            cut = cut + (1 - cut.sum()) / 256
            maps[i, j] = torch.cat((torch.zeros(1).double(), cut.cumsum(0)))
    result = torch.zeros_like(picture)
    for y in range(height):
        for x in range(width):
            v = float(picture[y, x]) * 256
            b = min(255, int(v))
            for i in range(tiles):
                for j in range(tiles):
                    near = [max(0.0, 1 - abs(at - (k + 0.5) * size) / size) for at, k, size in
                            ((min(max(y + 0.5, rows / 2), height - rows / 2), i, rows),
                             (min(max(x + 0.5, columns / 2), width - columns / 2), j, columns))]
                    if near[0] * near[1] > 0:
                        low, high = float(maps[i, j][b]), float(maps[i, j][b + 1])
                        result[y, x] += near[0] * near[1] * (low + (high - low) * (v - b))
    return result


picture = (torch.rand(24, 32) ** 2 * torch.linspace(0.2, 1, 32)).float().double()
tensors["grey/in"] = picture
for sigma in (0.1, 0.8, 2.0):
    tensors["grey/blur_%s" % sigma] = blur(picture, sigma).clamp(0, 1)
for alpha, lightness in ((0.2, 0.5), (0.5, 1.0)):
    tensors["grey/sharpen_%s_%s" % (alpha, lightness)] = sharpen(picture, alpha, lightness).clamp(0, 1)
for clip, tiles in ((1.0, 4), (4.0, 4), (2.5, 8), (40.0, 1)):
    tensors["grey/clahe_%s_%d" % (clip, tiles)] = clahe(picture, clip, tiles)

# ---- one file ------------------------------------------------------------------------------------------------

save(os.path.join(TARGET, "ace.safetensors"), tensors, metadata)
