#!/usr/bin/python3
"""Makes the files of weights that WeightFileTest reads: what torch.save writes, in many shapes.

    /usr/bin/python3 tests/golden/weights.py [OUTPUT_FOLDER]

Needs Debian's python3-torch (1.13 or later), which brings NumPy. Writes into
tests/src/test/resources/golden/weights, for each case NAME:
  NAME.pth            what torch.save wrote
  NAME.safetensors    the same tensors by the names that Panacea gives them, in their own types, contiguous; as
                      metadata, the texts that must be found beside them
A second run writes the same bytes, but for the keys of the legacy format, which are addresses.

Checks that torch.load(weights_only=True) opens .pth files and finds what safetensors files beside them hold:

    /usr/bin/python3 tests/golden/weights.py --check FILE.pth ...
"""
import argparse
import collections
import json
import os
import pathlib
import struct
import sys

import numpy
import torch

TYPES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
         torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8",
         torch.bool: "BOOL"}


# ---- safetensors ---------------------------------------------------------------------------------------------

def raw(tensor):
    """The little-endian bytes of a tensor in row-major order."""
    flat = tensor.detach().contiguous().reshape(-1)
    if flat.dtype == torch.bool:
        flat = flat.to(torch.uint8)
    return bytes(flat.view(torch.uint8).tolist()) if flat.numel() else b""


def save_safetensors(path, tensors, texts):
    """Writes one safetensors file, in the order of the dictionary."""
    header, data = {"__metadata__": texts}, b""
    for name, tensor in tensors.items():
        begin, data = len(data), data + raw(tensor)
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    """Name -> (dtype, shape, bytes)."""
    with open(path, "rb") as file:
        everything = file.read()
    length = struct.unpack("<Q", everything[:8])[0]
    header, data = json.loads(everything[8:8 + length]), everything[8 + length:]
    header.pop("__metadata__", None)
    return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])])
            for name, entry in header.items()}


# ---- cases ---------------------------------------------------------------------------------------------------

def flat(value, prefix=""):
    """The tensors of nested dictionaries, by names joined with dots."""
    tensors = {}
    for key, item in value.items():
        name = prefix + str(key)
        if isinstance(item, torch.Tensor):
            tensors[name] = item
        elif isinstance(item, dict):
            tensors.update(flat(item, name + "."))
    return tensors


def counting(*shape, dtype=torch.float32):
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * 0.25 - 1).to(dtype).reshape(shape)


class Net(torch.nn.Module):
    """Convolution, BatchNorm and a linear layer: enough for buffers and nested names."""

    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3, bias=False), torch.nn.BatchNorm2d(2))
        self.head = torch.nn.Linear(2, 3)

    def forward(self, pictures):
        return self.head(self.stem(pictures).mean((2, 3)))


def trained():
    """A small net and its optimiser after two steps."""
    torch.manual_seed(1)
    net = Net()
    optimiser = torch.optim.AdamW(net.parameters(), lr=0.125)
    for _ in range(2):
        optimiser.zero_grad()
        net(torch.randn(2, 1, 5, 5)).square().mean().backward()
        optimiser.step()
    return net, optimiser


def cases():
    """Name -> (what is saved, tensors by flat name, texts that must be found, how to save)."""
    net, optimiser = trained()
    state = net.state_dict()
    yield "state_dict", state, dict(state), {}, {}
    yield "legacy", state, dict(state), {}, {"_use_new_zipfile_serialization": False}

    arguments = argparse.Namespace(arch="swin_base", lr=0.25, epochs=100, resume=None, fp16=True, betas=(0.5, 0.75),
                                   output=pathlib.PurePosixPath("runs/a"))
    checkpoint = {"student": collections.OrderedDict(("module." + k, v) for k, v in state.items()),
                  "teacher": {"module": {"backbone": dict(state)}}, "optimizer": optimiser.state_dict(), "epoch": 7,
                  "args": arguments, "barlow_loss": None, "best": 0.5, "fp16_scaler": {},
                  "device": torch.device("cpu"), "dtype": torch.float16, "accuracy": numpy.float64(0.75),
                  "pictures": numpy.int64(7), "large": 2 ** 70, "size": torch.Size([2, 3]), "seen": {3},
                  "raw": b"\xff\x00"}
    texts = {"epoch": "7", "args": "argparse.Namespace", "args.arch": "swin_base", "args.lr": "0.25",
             "args.epochs": "100", "args.resume": "None", "args.fp16": "True", "args.betas": "(0.5, 0.75)",
             "args.output": "pathlib.PurePosixPath(runs, a)", "barlow_loss": "None", "best": "0.5", "device": "cpu",
             "dtype": "torch.float16", "accuracy": "0.75", "pictures": "7", "large": str(2 ** 70),
             "size": "(2, 3)", "seen": "(3)",
             "optimizer.param_groups.0.lr": "0.125", "optimizer.param_groups.0.betas": "(0.9, 0.999)",
             "optimizer.param_groups.0.params": "(0, 1, 2, 3, 4)"}
    for protocol in 2, 3, 4, 5:
        yield "checkpoint%d" % protocol, checkpoint, flat(checkpoint), texts, {"pickle_protocol": protocol}
    yield "checkpoint_legacy", checkpoint, flat(checkpoint), texts, {"_use_new_zipfile_serialization": False}

    base = counting(4, 6)
    views = {"whole": base, "transposed": base.t(), "permuted": counting(2, 3, 4).permute(2, 0, 1), "row": base[2],
             "column": base[:, 3], "inner": base[1:3, 2:5], "every_second": base[::2, ::3], "element": base[3, 5],
             "expanded": counting(3, 1).expand(3, 5), "repeated": torch.tensor(0.5).expand(2, 2), "tied": base,
             "scalar": torch.tensor(1.5), "empty": torch.zeros(0, 3), "one_axis": counting(1, 5).t(),
             "channels_last": counting(2, 3, 2, 2).contiguous(memory_format=torch.channels_last)}
    yield "views", views, views, {}, {}
    yield "views_legacy", views, views, {}, {"_use_new_zipfile_serialization": False}

    special = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), 1e-7, 65504.0, 1 / 3]
    types = {str(dtype)[6:]: torch.tensor(special, dtype=torch.float64).to(dtype)
             for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)}
    types.update((str(dtype)[6:], torch.tensor([0, 1, 5, 127, -128], dtype=dtype))
                 for dtype in (torch.int64, torch.int32, torch.int16, torch.int8))
    types.update(uint8=torch.tensor([0, 1, 128, 255], dtype=torch.uint8), bool=torch.tensor([True, False, True]))
    yield "types", types, types, {}, {}
    yield "types_legacy", types, types, {}, {"_use_new_zipfile_serialization": False}

    yield "tensor", base, {"tensor": base}, {}, {}
    yield "list", [base, 3, "a"], {"0": base}, {"1": "3", "2": "a"}, {}
    parameter = torch.nn.Parameter(base[:2].clone())
    yield "parameter", {"w": parameter}, {"w": parameter}, {}, {}
    yield "module", net, dict(state), {"training": "True"}, {}
    yield "module_legacy", net, dict(state), {"training": "True"}, {"_use_new_zipfile_serialization": False}
    odd = {"complex": torch.zeros(2, dtype=torch.complex64), "sparse": torch.eye(2).to_sparse(), "w": base,
           "quantised": torch.quantize_per_tensor(torch.ones(2), 0.5, 0, torch.qint8), "function": torch.relu}
    yield "odd", odd, {"w": base}, {"complex": "torch._utils._rebuild_tensor_v2",
                                    "sparse": "torch._utils._rebuild_sparse_tensor",
                                    "quantised": "torch._utils._rebuild_qtensor",
                                    "function": "__builtin__.getattr(torch._C._VariableFunctionsClass, relu)"}, {}
    attribute = torch.nn.Parameter(base[:1].clone())
    attribute.no_decay = True
    yield "attribute", {"w": attribute}, {"w": attribute}, {}, {"pickle_protocol": 4}


def main():
    # The legacy format keeps the source of every class of module beside it, and where it lies: not here.
    torch.serialization.get_source_lines_and_file = lambda thing: (["class " + thing.__name__], 1, "net.py")
    here = os.path.dirname(os.path.abspath(__file__))
    target = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "src", "test", "resources", "golden",
                                                                "weights")
    os.makedirs(target, exist_ok=True)
    for name, saved, tensors, texts, how in cases():
        torch.save(saved, os.path.join(target, name + ".pth"), **how)
        save_safetensors(os.path.join(target, name + ".safetensors"), tensors, texts)


def check(path):
    """Fails unless torch opens the file, trusting it with nothing, and finds what the safetensors file holds."""
    wanted = os.path.splitext(path)[0] + ".safetensors"
    found = torch.load(path, weights_only=True)
    found = {name: (TYPES[t.dtype], list(t.shape), raw(t)) for name, t in found.items()}
    expected = read_safetensors(wanted)
    assert list(found) == list(expected), (list(found), list(expected))
    assert found == expected, [name for name in found if found[name] != expected[name]]
    print("%d tensors are the same" % len(found))


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--check":
        for checked in sys.argv[2:]:
            check(checked)
    else:
        main()
