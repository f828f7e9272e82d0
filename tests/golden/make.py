#!/usr/bin/python3
"""Makes the golden values that GoldenTest compares Panacea with.

    /usr/bin/python3 tests/golden/make.py [OUTPUT_FOLDER]

Needs Debian's python3-torch (1.13 or later) and nothing else. Writes one safetensors file per family of ops
into tests/src/test/resources/golden. A second run writes the same bytes.

How a case is stored, for a case called NAME:
  NAME/in0, NAME/in1, ...      inputs, F32 (or I32 indices, U8 masks)
  NAME/out0, NAME/out1, ...    outputs
  NAME/seed0, ...              the gradient of a loss with respect to each F32 output, drawn at random
  NAME/grad0, ...              the gradient of that loss with respect to each F32 input (same numbers as in0, ...),
                               absent where the op takes the input as a constant
  metadata NAME                "op key=value key=value": the op and its attributes; lists are joined by commas

Inputs are numbers that float32 holds exactly. PyTorch computes in float64 and only the results are rounded to
float32, so a difference seen in a test is Panacea's own error and the files do not depend on a machine's BLAS.
"""
import json
import math
import os
import random
import struct
import sys
import zlib

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden")
FAMILIES = {}  # family -> (tensors by name, metadata by name)


# ---- safetensors ---------------------------------------------------------------------------------------------

def payload(name, tensor):
    """The little-endian bytes of a tensor and its type's name."""
    flat = tensor.detach().contiguous().reshape(-1).tolist()
    if tensor.dtype == torch.float64:
        if "/in" in name and not torch.equal(tensor.detach().float().double(), tensor.detach()):
            raise ValueError(name + " is not exact in float32")
        return "F32", struct.pack("<%df" % len(flat), *flat)
    if tensor.dtype == torch.int64:
        return "I32", struct.pack("<%di" % len(flat), *flat)
    if tensor.dtype == torch.bool:
        return "U8", struct.pack("<%dB" % len(flat), *flat)
    raise TypeError(tensor.dtype)


def save(path, tensors, metadata):
    """Writes one safetensors file: header length, JSON header padded with spaces to 8 bytes, data."""
    header, chunks, offset = {"__metadata__": metadata}, [], 0
    rank = {"F32": 0, "I32": 1, "U8": 2}  # wide types first, so that each tensor is aligned to its own size
    packed = [(name, tensor, *payload(name, tensor)) for name, tensor in tensors.items()]
    for name, tensor, kind, data in sorted(packed, key=lambda p: rank[p[2]]):
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


# ---- inputs and cases ----------------------------------------------------------------------------------------

class Draw:
    """Random inputs that depend on the case's name alone; float32 holds every value exactly."""

    def __init__(self, name):
        self.random = random.Random(zlib.crc32(name.encode()))

    def fill(self, shape, value):
        data = [round(value() * 2**20) / 2**20 for _ in range(math.prod(shape))]  # the last bits of libm do not matter
        return torch.tensor(data, dtype=torch.float32).double().reshape(shape)

    def normal(self, *shape, scale=1.0):
        return self.fill(shape, lambda: self.random.gauss(0, scale))

    def uniform(self, *shape, low=0.0, high=1.0):
        return self.fill(shape, lambda: self.random.uniform(low, high))

    def index(self, *shape, below):
        data = [self.random.randrange(below) for _ in range(math.prod(shape))]
        return torch.tensor(data, dtype=torch.int64).reshape(shape)

    def mask(self, *shape, chance=0.5):
        data = [self.random.random() < chance for _ in range(math.prod(shape))]
        return torch.tensor(data, dtype=torch.bool).reshape(shape)


def attribute(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(str(v) for v in value)
    return str(value)


def case(family, name, op, inputs, function, **attributes):
    """Runs one case: `inputs` makes the tensors from a Draw, `function` maps them to one tensor or a list."""
    draw = Draw(name)
    tensors = [t.clone() for t in inputs(draw)]
    for t in tensors:
        if t.dtype == torch.float64:
            t.requires_grad_(True)
    outputs = function(*tensors)
    outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    stored, metadata = FAMILIES.setdefault(family, ({}, {}))
    if name in metadata:
        raise ValueError("two cases are called " + name)
    metadata[name] = " ".join([op] + [key + "=" + attribute(value) for key, value in attributes.items()])
    for i, t in enumerate(tensors):
        stored["%s/in%d" % (name, i)] = t
    for i, t in enumerate(outputs):
        stored["%s/out%d" % (name, i)] = t
    differentiable = [(i, t) for i, t in enumerate(outputs) if t.requires_grad]
    if differentiable:
        seeds = {i: draw.normal(*t.shape) for i, t in differentiable}
        torch.autograd.backward([t for _, t in differentiable], [seeds[i] for i, _ in differentiable])
        for i, seed in seeds.items():
            stored["%s/seed%d" % (name, i)] = seed
        for i, t in enumerate(tensors):
            if t.requires_grad and t.grad is not None:
                stored["%s/grad%d" % (name, i)] = t.grad


# ---- elementwise ---------------------------------------------------------------------------------------------

def elementwise():
    f = "elementwise"
    two = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}
    for name, function in two.items():
        case(f, name, name, lambda d: [d.normal(5, 37), d.uniform(5, 37, low=0.5, high=2)], function)
        case(f, name + "_broadcast", name,
             lambda d: [d.normal(3, 1, 19), d.uniform(7, 1, low=-2, high=-0.5)], function)
    one = {
        "neg": (torch.neg, -3, 3), "exp": (torch.exp, -6, 6), "log": (torch.log, 0.01, 9),
        "sqrt": (torch.sqrt, 0.01, 9), "rsqrt": (torch.rsqrt, 0.01, 9), "abs": (torch.abs, -3, 3),
        "sigmoid": (torch.sigmoid, -8, 8), "tanh": (torch.tanh, -5, 5), "relu": (torch.relu, -3, 3),
    }
    for name, (function, low, high) in one.items():
        case(f, name, name, lambda d, low=low, high=high: [d.uniform(3, 67, low=low, high=high)], function)
    case(f, "exp_wide", "exp", lambda d: [d.uniform(65, low=-80, high=20)], torch.exp)
    case(f, "tanh_small", "tanh", lambda d: [d.uniform(65, low=-0.01, high=0.01)], torch.tanh)
    case(f, "sigmoid_wide", "sigmoid", lambda d: [d.uniform(65, low=-40, high=40)], torch.sigmoid)
    case(f, "pow", "pow", lambda d: [d.uniform(4, 33, low=0.2, high=3), d.uniform(4, 33, low=-2, high=2)], torch.pow)
    case(f, "pow_broadcast", "pow", lambda d: [d.uniform(4, 33, low=0.2, high=3), d.uniform(33, low=-2, high=2)],
         torch.pow)
    for exponent in (2.0, 3.0, 0.5, -1.5):
        low = -2 if exponent in (2, 3) else 0.2
        case(f, "power_%s" % exponent, "power", lambda d: [d.uniform(4, 33, low=low, high=3)],
             lambda x: x.pow(exponent), exponent=exponent)
    case(f, "affine", "affine", lambda d: [d.normal(4, 33)], lambda x: x * 1.25 - 0.375, scale=1.25, shift=-0.375)
    case(f, "maximum", "maximum", lambda d: [d.normal(4, 33), d.normal(4, 33)], torch.maximum)
    case(f, "minimum_broadcast", "minimum", lambda d: [d.normal(4, 33), d.normal(4, 1)], torch.minimum)
    case(f, "clamp", "clamp", lambda d: [d.normal(4, 33)], lambda x: x.clamp(-0.75, 0.5), low=-0.75, high=0.5)
    case(f, "gelu_exact", "gelu", lambda d: [d.uniform(3, 67, low=-5, high=5)], F.gelu, tanh=False)
    case(f, "gelu_tanh", "gelu", lambda d: [d.uniform(3, 67, low=-5, high=5)],
         lambda x: F.gelu(x, approximate="tanh"), tanh=True)
    case(f, "where", "where", lambda d: [d.mask(4, 29), d.normal(4, 29), d.normal(4, 29)], torch.where)
    case(f, "where_broadcast", "where", lambda d: [d.mask(4, 1), d.normal(3, 4, 29), d.normal(29)], torch.where)
    for name, function in {"eq": torch.eq, "ne": torch.ne, "lt": torch.lt, "le": torch.le, "gt": torch.gt,
                           "ge": torch.ge}.items():
        case(f, name, name, lambda d: [torch.round(d.normal(3, 35)), torch.round(d.normal(35))], function)


# ---- reductions, softmax -------------------------------------------------------------------------------------

def reduction():
    f = "reduction"
    wide = lambda d: [d.normal(4, 6, 35)]
    for axes in ([2], [0], [0, 2], [0, 1, 2]):
        label = "".join(map(str, axes))
        keep = len(axes) == 1
        case(f, "sum_" + label, "sum", wide, lambda x: x.sum(axes, keepdim=keep), axes=axes, keep=keep)
        case(f, "mean_" + label, "mean", wide, lambda x: x.mean(axes, keepdim=not keep), axes=axes, keep=not keep)
        case(f, "max_" + label, "max", wide, lambda x: x.amax(axes, keepdim=keep), axes=axes, keep=keep)
        case(f, "min_" + label, "min", wide, lambda x: x.amin(axes, keepdim=keep), axes=axes, keep=keep)
        case(f, "variance_" + label, "variance", wide,
             lambda x: x.var(axes, unbiased=keep, keepdim=keep), axes=axes, keep=keep, correction=int(keep))
    for axis in (0, 1, 2):
        case(f, "argmax_%d" % axis, "argmax", wide, lambda x: x.argmax(axis, keepdim=axis == 1),
             axis=axis, keep=axis == 1)
    for axis in (2, 1, 0):
        case(f, "softmax_%d" % axis, "softmax", wide, lambda x: x.softmax(axis), axis=axis)
        case(f, "logSoftmax_%d" % axis, "logSoftmax", wide, lambda x: x.log_softmax(axis), axis=axis)
    case(f, "softmax_wide", "softmax", lambda d: [d.normal(2, 300, scale=20)], lambda x: x.softmax(1), axis=1)


# ---- products ------------------------------------------------------------------------------------------------

def product():
    f = "product"
    plain = lambda d: [d.normal(17, 33), d.normal(33, 21)]
    case(f, "matmul", "matmul", plain, torch.matmul)
    case(f, "matmul_wide", "matmul", lambda d: [d.normal(5, 400), d.normal(400, 9)], torch.matmul)
    case(f, "matmul_batch", "matmul", lambda d: [d.normal(2, 3, 7, 19), d.normal(2, 3, 19, 5)], torch.matmul)
    case(f, "matmul_shared_right", "matmul", lambda d: [d.normal(2, 3, 7, 19), d.normal(19, 6)], torch.matmul)
    case(f, "matmul_broadcast", "matmul", lambda d: [d.normal(2, 1, 7, 19), d.normal(3, 19, 5)], torch.matmul)
    case(f, "matmul_transposed_left", "matmul", lambda d: [d.normal(2, 19, 7), d.normal(2, 19, 5)],
         lambda a, b: a.transpose(-1, -2) @ b, transpose="left")
    case(f, "matmul_transposed_right", "matmul", lambda d: [d.normal(2, 7, 19), d.normal(2, 5, 19)],
         lambda a, b: a @ b.transpose(-1, -2), transpose="right")
    case(f, "matmul_transposed_both", "matmul", lambda d: [d.normal(19, 7), d.normal(5, 19)],
         lambda a, b: a.T @ b.T, transpose="both")
    weight = lambda d: [d.normal(3, 7, 33), d.normal(21, 33, scale=0.2), d.normal(21)]
    case(f, "linear", "linear", weight, F.linear, gelu=False)
    case(f, "linear_no_bias", "linear", lambda d: weight(d)[:2], F.linear, gelu=False)
    case(f, "linear_gelu", "linear", weight, lambda x, w, b: F.gelu(F.linear(x, w, b)), gelu=True)
    for label, equation, left, right in (
            ("matmul", "bij,bjk->bik", (3, 5, 7), (3, 7, 4)), ("heads", "bhid,bhjd->bhij", (2, 3, 5, 8), (2, 3, 6, 8)),
            ("outer", "bi,bj->bij", (3, 5), (3, 7)), ("dot", "bi,bi->b", (4, 9), (4, 9)),
            ("sum", "bijc,cd->bd", (2, 3, 4, 5), (5, 6)), ("permute", "abc,cd->dab", (2, 3, 4), (4, 5))):
        case(f, "einsum_" + label, "einsum", lambda d: [d.normal(*left), d.normal(*right)],
             lambda a, b: torch.einsum(equation, a, b), equation=equation)


# ---- normalisation -------------------------------------------------------------------------------------------

def normalisation():
    f = "normalisation"
    case(f, "layerNorm", "layerNorm", lambda d: [d.normal(4, 5, 51), d.normal(51), d.normal(51)],
         lambda x, w, b: F.layer_norm(x, (51,), w, b, 1e-5), epsilon=1e-5)
    case(f, "layerNorm_offset", "layerNorm", lambda d: [d.normal(6, 96) + 8, d.normal(96), d.normal(96)],
         lambda x, w, b: F.layer_norm(x, (96,), w, b, 1e-6), epsilon=1e-6)
    moments = lambda d: [d.normal(3, 6, 5, 7), d.normal(6), d.normal(6), d.normal(6), d.uniform(6, low=0.5, high=2)]
    case(f, "batchNorm2d_eval", "batchNorm2d", moments,
         lambda x, w, b, mean, variance: F.batch_norm(x, mean.detach(), variance.detach(), w, b, False, 0.1, 1e-5),
         training=False, momentum=0.1, epsilon=1e-5)

    def train(x, w, b, mean, variance):
        running_mean, running_variance = mean.detach().clone(), variance.detach().clone()
        y = F.batch_norm(x, running_mean, running_variance, w, b, True, 0.1, 1e-5)
        return [y, running_mean, running_variance]  # the running moments take a tenth of the batch's, unbiased

    case(f, "batchNorm2d_train", "batchNorm2d", moments, train, training=True, momentum=0.1, epsilon=1e-5)
    case(f, "l2Normalize_last", "l2Normalize", lambda d: [d.normal(7, 43)],
         lambda x: F.normalize(x, dim=1, eps=1e-12), axis=1, epsilon=1e-12)
    case(f, "l2Normalize_middle", "l2Normalize", lambda d: [d.normal(3, 10, 13)],
         lambda x: F.normalize(x, dim=1, eps=1e-12), axis=1, epsilon=1e-12)


# ---- pictures ------------------------------------------------------------------------------------------------

def picture():
    f = "picture"
    for label, (n, c, h, w), out, kernel, stride, padding, dilation, groups in (
            ("plain", (2, 3, 9, 11), 5, (3, 3), 1, 1, 1, 1), ("stride", (2, 3, 11, 9), 4, (3, 3), 2, 1, 1, 1),
            ("patch", (2, 3, 12, 8), 10, (4, 4), 4, 0, 1, 1), ("groups", (2, 6, 7, 9), 8, (3, 3), 1, 1, 1, 2),
            ("depthwise", (2, 5, 8, 7), 5, (5, 5), 1, 2, 1, 5), ("pointwise", (2, 9, 5, 5), 7, (1, 1), 1, 0, 1, 1),
            ("oblong", (1, 2, 9, 12), 3, (2, 5), 1, 0, 1, 1), ("dilated", (1, 3, 11, 9), 4, (3, 3), 2, 2, 2, 1)):
        case(f, "conv2d_" + label, "conv2d",
             lambda d: [d.normal(n, c, h, w), d.normal(out, c // groups, *kernel, scale=0.3), d.normal(out)],
             lambda x, k, b: F.conv2d(x, k, b, stride, padding, dilation, groups),
             stride=stride, padding=padding, dilation=dilation, groups=groups)
    case(f, "conv2d_no_bias", "conv2d", lambda d: [d.normal(1, 3, 7, 7), d.normal(4, 3, 3, 3)],
         lambda x, k: F.conv2d(x, k, None, 2, 0), stride=2, padding=0, dilation=1, groups=1)
    image = lambda d: [d.normal(2, 3, 10, 13)]
    case(f, "maxPool2d", "maxPool2d", image, lambda x: F.max_pool2d(x, 2, 2, 0), kernel=2, stride=2, padding=0)
    case(f, "maxPool2d_padded", "maxPool2d", image, lambda x: F.max_pool2d(x, 3, 2, 1), kernel=3, stride=2, padding=1)
    case(f, "avgPool2d", "avgPool2d", image, lambda x: F.avg_pool2d(x, 2, 2, 0), kernel=2, stride=2, padding=0)
    case(f, "avgPool2d_padded", "avgPool2d", image, lambda x: F.avg_pool2d(x, 3, 2, 1), kernel=3, stride=2, padding=1)
    for height, width in ((1, 1), (5, 13), (3, 6)):
        case(f, "adaptiveAvgPool2d_%dx%d" % (height, width), "adaptiveAvgPool2d", image,
             lambda x: F.adaptive_avg_pool2d(x, (height, width)), size=(height, width))
    for height, width in ((20, 26), (5, 7), (17, 9)):
        size = "%dx%d" % (height, width)
        case(f, "bilinear_" + size, "bilinear", image,
             lambda x: F.interpolate(x, (height, width), mode="bilinear", align_corners=False),
             size=(height, width), align=False)
        case(f, "bilinear_align_" + size, "bilinear", image,
             lambda x: F.interpolate(x, (height, width), mode="bilinear", align_corners=True),
             size=(height, width), align=True)
        case(f, "nearest_" + size, "nearest", image, lambda x: F.interpolate(x, (height, width), mode="nearest"),
             size=(height, width))


# ---- moving data ---------------------------------------------------------------------------------------------

def movement():
    f = "movement"
    for axis, shape in ((0, (3, 5, 7)), (1, (3, 8, 6)), (2, (4, 5, 9))):
        case(f, "gather_%d" % axis, "gather", lambda d: [d.normal(4, 5, 7), d.index(*shape, below=(4, 5, 7)[axis])],
             lambda x, i: torch.gather(x, axis, i), axis=axis)
        case(f, "indexSelect_%d" % axis, "indexSelect",
             lambda d: [d.normal(4, 5, 7), d.index(6, below=(4, 5, 7)[axis])],
             lambda x, i: x.index_select(axis, i), axis=axis)
        case(f, "scatterAdd_%d" % axis, "scatterAdd",
             lambda d: [d.normal(*(n if a != axis else 4 for a, n in enumerate(shape))),
                        d.index(*shape, below=4), d.normal(*shape)],
             lambda x, i, y: x.scatter_add(axis, i, y), axis=axis)
    case(f, "concat_0", "concat", lambda d: [d.normal(2, 5), d.normal(3, 5), d.normal(1, 5)],
         lambda *t: torch.cat(t, 0), axis=0)
    case(f, "concat_1", "concat", lambda d: [d.normal(3, 2, 5), d.normal(3, 4, 5)], lambda *t: torch.cat(t, 1), axis=1)
    for axis in (0, 1, 2):
        case(f, "stack_%d" % axis, "stack", lambda d: [d.normal(4, 5), d.normal(4, 5), d.normal(4, 5)],
             lambda *t: torch.stack(t, axis), axis=axis)
    case(f, "split_0", "split", lambda d: [d.normal(6, 5)], lambda x: x.split([1, 3, 2], 0), axis=0, sizes=(1, 3, 2))
    case(f, "split_last", "split", lambda d: [d.normal(3, 2, 9)], lambda x: x.split([4, 5], 2), axis=2, sizes=(4, 5))
    image = lambda d: [d.normal(2, 3, 6, 7)]
    sides = (2, 1, 3, 2)  # left, right of the last axis, then of the one before it
    for mode in ("constant", "reflect", "replicate"):
        value = 0.25 if mode == "constant" else 0.0
        case(f, "pad_" + mode, "pad", image, lambda x: F.pad(x, sides, mode, value),
             before=(0, 0, sides[2], sides[0]), after=(0, 0, sides[3], sides[1]), mode=mode, value=value)
    case(f, "roll", "roll", image, lambda x: x.roll((-2, 3), (2, 3)), shifts=(-2, 3), axes=(2, 3))
    case(f, "flip", "flip", image, lambda x: x.flip((1, 3)), axes=(1, 3))


# ---- attention -----------------------------------------------------------------------------------------------

def scaled_dot_product(q, k, v, bias=None, mask=None):
    """softmax(q·kᵀ/√d + bias)·v, with the keys that a mask of ones leaves out excluded."""
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if bias is not None:
        scores = scores + bias
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1) @ v


def windowed(qkv, bias, window, shift):
    """Swin's shifted-window attention, by the book: roll, partition, attend with bias and mask, undo.

    qkv [B, H, W, 3C] holds q, k, v one after another, each split into heads; bias [h, N, N] with N = window².
    An axis that is one window long is not shifted, as in timm and torchvision.
    """
    batch, height, width, triple = qkv.shape
    heads, count, channels = bias.shape[0], window * window, triple // 3

    def partition(x):  # [B, H, W, c] -> [B·windows, N, c]
        x = x.reshape(x.shape[0], height // window, window, width // window, window, x.shape[-1])
        return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, count, x.shape[-1])

    down, right = (shift if size > window else 0 for size in (height, width))
    rolled = qkv.roll((-down, -right), (1, 2))
    parts = partition(rolled).reshape(-1, count, 3, heads, channels // heads).permute(2, 0, 3, 1, 4)
    scores = parts[0] @ parts[1].transpose(-1, -2) / math.sqrt(channels // heads) + bias
    if down or right:
        region = torch.zeros(1, height, width, 1, dtype=torch.float64)
        cuts = lambda n, s: (slice(0, n - window), slice(n - window, n - s), slice(n - s, n))
        for number, (rows, columns) in enumerate((r, c) for r in cuts(height, down) for c in cuts(width, right)):
            region[:, rows, columns] = number
        region = partition(region).squeeze(-1)  # [windows, N]
        apart = region.unsqueeze(1) != region.unsqueeze(2)
        scores = scores.masked_fill(apart.repeat(batch, 1, 1).unsqueeze(1), -math.inf)
    out = (scores.softmax(-1) @ parts[2]).transpose(1, 2).reshape(-1, count, channels)
    out = out.reshape(batch, height // window, width // window, window, window, channels)
    return out.permute(0, 1, 3, 2, 4, 5).reshape(batch, height, width, channels).roll((down, right), (1, 2))


def relative_index(window):
    """Row of the bias table for each (query, key) of a window: [N·N]."""
    cells = [(y, x) for y in range(window) for x in range(window)]
    return torch.tensor([(a[0] - b[0] + window - 1) * (2 * window - 1) + a[1] - b[1] + window - 1
                         for a in cells for b in cells])


def attention():
    f = "attention"
    qkv = lambda d, n=13, m=13: [d.normal(2, 3, n, 8), d.normal(2, 3, m, 8), d.normal(2, 3, m, 8)]
    case(f, "attention", "attention", qkv, scaled_dot_product)
    case(f, "attention_cross", "attention", lambda d: qkv(d, 5, 19), scaled_dot_product)
    case(f, "attention_long", "attention", lambda d: [d.normal(1, 1, 70, 16) for _ in range(3)], scaled_dot_product)
    case(f, "attention_bias", "attention", lambda d: qkv(d) + [d.normal(3, 13, 13)], scaled_dot_product, bias=True)

    def some_keys(d, *shape):  # at least the first key of every row stays
        mask = d.mask(*shape, chance=0.7)
        mask[..., 0] = True
        return mask

    case(f, "attention_mask", "attention", lambda d: qkv(d) + [some_keys(d, 2, 1, 13, 13)],
         lambda q, k, v, mask: scaled_dot_product(q, k, v, None, mask), mask=True)
    case(f, "attention_bias_mask", "attention", lambda d: qkv(d) + [d.normal(3, 13, 13), some_keys(d, 2, 1, 13, 13)],
         scaled_dot_product, bias=True, mask=True)
    for batch, height, width, heads, depth, window, shift in (
            (2, 8, 8, 2, 5, 4, 0), (1, 8, 12, 2, 4, 4, 2), (2, 6, 9, 3, 4, 3, 1), (1, 14, 14, 1, 4, 7, 3),
            (2, 4, 8, 2, 4, 4, 2)):
        name = "windowAttention_%dx%d_%d_%d" % (height, width, window, shift)
        case(f, name, "windowAttention",
             lambda d: [d.normal(batch, height, width, 3 * heads * depth), d.normal(heads, window**2, window**2)],
             lambda x, bias: windowed(x, bias, window, shift), window=window, shift=shift, heads=heads)

    def by_table(qkv, table):  # table [(2w-1)², h]
        bias = table.index_select(0, relative_index(4)).reshape(16, 16, 2).permute(2, 0, 1)
        return windowed(qkv, bias, 4, 2)

    case(f, "windowAttention_table", "windowAttention",
         lambda d: [d.normal(2, 8, 8, 24), d.normal(49, 2)], by_table,
         window=4, shift=2, heads=2)


# ---- losses --------------------------------------------------------------------------------------------------

def loss():
    f = "loss"
    case(f, "crossEntropy", "crossEntropy", lambda d: [d.normal(9, 14, scale=3), d.index(9, below=14)],
         F.cross_entropy)
    case(f, "crossEntropy_pair", "crossEntropy", lambda d: [d.normal(33, 2, scale=6), d.index(33, below=2)],
         F.cross_entropy)
    logits = lambda d: [d.normal(7, 14, scale=4), d.mask(7, 14).double()]
    case(f, "bceWithLogits", "bceWithLogits", logits,
         lambda x, t: F.binary_cross_entropy_with_logits(x, t.detach()))
    case(f, "bceWithLogits_weighted", "bceWithLogits", lambda d: logits(d) + [d.uniform(14, low=0.1, high=3)],
         lambda x, t, w: F.binary_cross_entropy_with_logits(x, t.detach(), w.detach()), weighted=True)
    case(f, "mse", "mse", lambda d: [d.normal(6, 31), d.normal(6, 31)], F.mse_loss)


# ---- optimisers ----------------------------------------------------------------------------------------------

SHAPES = ((5, 7), (13,), (3, 2, 4))
STEPS = 5


class Lion(torch.optim.Optimizer):
    """Lion as its paper's Algorithm 2 has it; PyTorch has none."""

    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                (b1, b2), g = group["betas"], p.grad
                direction = torch.sign(b1 * m + (1 - b1) * g)
                p -= group["lr"] * (direction + group["weight_decay"] * p)
                m.copy_(b2 * m + (1 - b2) * g)


def optimiser():
    f = "optimiser"
    n = len(SHAPES)
    draws = lambda d: [d.normal(*s) for _ in range(1 + STEPS) for s in SHAPES]  # parameters, then gradients by step

    def training(make, clip):
        def run(*tensors):
            params = [t.detach().clone().requires_grad_(True) for t in tensors[:n]]
            optimizer = make(params)
            for step in range(STEPS):
                for p, g in zip(params, tensors[n + n * step:]):
                    p.grad = g.detach().clone()
                if clip == "global":
                    torch.nn.utils.clip_grad_norm_(params, 1.5)
                elif clip == "each":
                    for p in params:
                        torch.nn.utils.clip_grad_norm_([p], 1.5)
                optimizer.step()
            return [p.detach() for p in params]

        return run

    def trained(name, op, make, clip="none", **attributes):
        case(f, name, op, draws, training(make, clip), clip=clip, most=1.5, steps=STEPS, **attributes)

    for clip in ("none", "global", "each"):
        trained("adamW_" + clip, "adamW",
                lambda ps: torch.optim.AdamW(ps, lr=0.02, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.3), clip,
                rate=0.02, beta1=0.9, beta2=0.99, epsilon=1e-8, decay=0.3)
    trained("adamW_wide_epsilon", "adamW",
            lambda ps: torch.optim.AdamW(ps, lr=0.05, betas=(0.8, 0.999), eps=0.1, weight_decay=0),
            rate=0.05, beta1=0.8, beta2=0.999, epsilon=0.1, decay=0)
    for nesterov in (False, True):
        trained("sgd_nesterov" if nesterov else "sgd", "sgd",
                lambda ps: torch.optim.SGD(ps, lr=0.1, momentum=0.9, weight_decay=0.05, nesterov=nesterov), "global",
                rate=0.1, momentum=0.9, decay=0.05, nesterov=nesterov)
    trained("sgd_plain", "sgd", lambda ps: torch.optim.SGD(ps, lr=0.1), rate=0.1, momentum=0, decay=0, nesterov=False)
    trained("lion", "lion", lambda ps: Lion(ps, 0.01, (0.9, 0.99), 0.3), "each", rate=0.01, beta1=0.9, beta2=0.99,
            decay=0.3)

    def follow(*tensors):
        teacher = [t.detach().clone() for t in tensors[:n]]
        for step in range(STEPS):
            for t, s in zip(teacher, tensors[n + n * step:]):
                t.mul_(0.9).add_(s.detach(), alpha=1 - 0.9)
        return teacher

    case(f, "ema", "ema", draws, follow, momentum=0.9, steps=STEPS)

    def clipped(*tensors):
        params = [torch.zeros_like(t) for t in tensors]
        for p, g in zip(params, tensors):
            p.grad = g.detach().clone()
        norm = torch.nn.utils.clip_grad_norm_(params, 2.5)
        return [norm.detach()] + [p.grad for p in params]

    case(f, "clip", "clip", lambda d: [d.normal(*s) for s in SHAPES], clipped, most=2.5)
    case(f, "clip_short", "clip", lambda d: [d.normal(*s, scale=0.01) for s in SHAPES], clipped, most=2.5)


for family in (elementwise, reduction, product, normalisation, picture, movement, attention, loss, optimiser):
    family()
os.makedirs(TARGET, exist_ok=True)
total = 0
for name, (tensors, metadata) in FAMILIES.items():
    path = os.path.join(TARGET, name + ".safetensors")
    save(path, tensors, metadata)
    total += os.path.getsize(path)
print("%d cases in %d files, %d bytes" % (sum(len(m) for _, m in FAMILIES.values()), len(FAMILIES), total))
