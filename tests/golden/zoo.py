#!/usr/bin/python3
"""Makes the weights of others that WeightLoaderTest loads, and what PyTorch computes with them.

    /usr/bin/python3 tests/golden/zoo.py [OUTPUT_FOLDER]

Needs Debian's python3-torch and python3-torchvision (1.13, 0.14 or later). Writes into tests/src/test/resources/golden:

  zoo_swin.safetensors  torchvision's SwinTransformer with its own names below "model.", its gradients below "gradient."
  zoo_vit.pth           torchvision's VisionTransformer, the same as nested dictionaries
  zoo_ace.pth           Microsoft's names below student and teacher, with heads, an optimiser and a Namespace
  zoo_dino.pth          timm's names below student and teacher, as DINO saves them

Each holds "input" and "output" as well; the loss behind the gradients is Σ output · seed. zoo_swin and zoo_vit also
hold what the same weights give in a model of another window or picture: "other_input" and "other_output". PyTorch
computes in float64 with weights that float32 holds exactly; results are rounded.
"""
import argparse
import json
import os
import re
import struct
import sys
from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer

torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden")


def fill(model):
    """Random values everywhere, biases and tables too: a zero would hide a mistake. They are exact in float32."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_((torch.randn(parameter.shape) * 0.2).float())
            if parameter.dim() == 1 and name.endswith("weight"):
                parameter.add_(1).copy_(parameter.float())
    return model.double().eval()


def swin(window=4, depths=(2, 2, 2, 1), heads=(1, 2, 2, 4)):
    return SwinTransformer([2, 2], 8, list(depths), list(heads), [window, window], num_classes=10)


def vit(pixels=32, layers=3, channels=32):
    return VisionTransformer(pixels, 8, layers, 2, channels, 4 * channels, num_classes=10)


def run(model, pixels):
    """Everything but the head: input, output and the gradients of all parameters."""
    head = "head" if isinstance(model, SwinTransformer) else "heads"
    kept = getattr(model, head)
    setattr(model, head, nn.Identity())
    x = torch.randn(2, 3, pixels, pixels).float().double()
    y = model(x)
    seed = torch.randn(y.shape).float().double()
    model.zero_grad()
    (y * seed).sum().backward()
    gradients = OrderedDict((name, parameter.grad.float()) for name, parameter in model.named_parameters())
    setattr(model, head, kept)
    return x.float(), y.detach().float(), seed.float(), gradients


def floats(state):
    return OrderedDict((name, value.float() if value.is_floating_point() else value) for name, value in state.items())


def results(model, pixels):
    x, y, seed, gradients = run(model, pixels)
    return {"model": floats(model.state_dict()), "gradient": gradients, "input": x, "output": y, "seed": seed}


def resized(table, side):
    """A table of relative positions for another window, as Swin's own code resizes it."""
    old = int(table.shape[0] ** 0.5)
    picture = table.detach().t().reshape(1, -1, old, old)
    return F.interpolate(picture, size=(side, side), mode="bicubic").reshape(-1, side * side).t()


def save_safetensors(path, tensors):
    header, offset, chunks = {}, 0, []
    for name, tensor in tensors.items():
        chunks.append(tensor.detach().contiguous().numpy().tobytes())
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(chunks[-1])]}
        offset += len(chunks[-1])
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def flat(nested, prefix=""):
    for name, value in nested.items():
        if isinstance(value, dict):
            yield from flat(value, prefix + name + ".")
        else:
            yield prefix + name, value


def make_swin():
    model = fill(swin())
    all_ = results(model, 64)
    other = swin(window=3).double().eval()
    state = model.state_dict()
    for name, value in other.state_dict().items():
        if name.endswith("bias_table"):
            state[name] = resized(state[name], 5)
        elif name.endswith("position_index"):
            state[name] = value
    other.load_state_dict(state)
    all_["other_input"], all_["other_output"], _, _ = run(other, 64)
    indices = {name: value for name, value in all_["model"].items() if name.endswith("index")}
    for name in list(indices)[1:]:  # all are alike: one is enough
        del all_["model"][name]
    save_safetensors(os.path.join(TARGET, "zoo_swin.safetensors"), dict(flat(all_)))


def make_vit():
    model = fill(vit())
    all_ = results(model, 32)
    other = vit(48).double().eval()
    state = model.state_dict()
    positions = state["encoder.pos_embedding"]
    grid = positions[:, 1:].reshape(1, 4, 4, -1).permute(0, 3, 1, 2)
    grid = F.interpolate(grid, size=(6, 6), mode="bicubic", align_corners=False).permute(0, 2, 3, 1)
    state["encoder.pos_embedding"] = torch.cat((positions[:, :1], grid.reshape(1, 36, -1)), dim=1)
    other.load_state_dict(state)
    all_["other_input"], all_["other_output"], _, _ = run(other, 48)
    torch.save(all_, os.path.join(TARGET, "zoo_vit.pth"))


def microsoft(state):
    """torchvision's Swin under Microsoft's names, with the buffers that its checkpoints carry."""
    made = OrderedDict()
    for name, value in floats(state).items():
        if name.startswith("head."):
            continue
        name = name.replace("features.0.0.", "patch_embed.proj.").replace("features.0.2.", "patch_embed.norm.")
        name = re.sub(r"^features\.(\d)\.(\d)\.", lambda m: "layers.%d.blocks.%s." % (int(m[1]) // 2, m[2]), name)
        name = re.sub(r"^features\.(\d)\.", lambda m: "layers.%d.downsample." % (int(m[1]) // 2 - 1), name)
        name = name.replace(".mlp.0.", ".mlp.fc1.").replace(".mlp.3.", ".mlp.fc2.")
        made[name] = value.reshape(16, 16) if name.endswith("position_index") else value
        if name.endswith("blocks.1.norm1.weight"):
            made[name.replace("norm1.weight", "attn_mask")] = torch.full((4, 16, 16), -100.0)
    return made


def timm(state):
    """torchvision's ViT under timm's names."""
    made = OrderedDict()
    for name, value in floats(state).items():
        if name.startswith("heads."):
            continue
        for old, new in (("class_token", "cls_token"), ("encoder.pos_embedding", "pos_embed"), ("encoder.ln.", "norm."),
                         ("conv_proj.", "patch_embed.proj."), ("encoder.layers.encoder_layer_", "blocks."),
                         ("ln_1", "norm1"), ("ln_2", "norm2"), ("self_attention.in_proj_", "attn.qkv."),
                         ("self_attention.out_proj", "attn.proj"), ("mlp.0", "mlp.fc1"), ("mlp.3", "mlp.fc2")):
            name = name.replace(old, new)
        made[name] = value
    return made


def side(backbone, prefix, channels):
    """One side of a checkpoint: a backbone and DINO's head beside it."""
    made = OrderedDict((prefix + "backbone." + name, value) for name, value in backbone.items())
    for number, (rows, columns) in ((0, (12, channels)), (2, (12, 12)), (4, (6, 12))):
        made["%shead.mlp.%d.weight" % (prefix, number)] = torch.randn(rows, columns)
        made["%shead.mlp.%d.bias" % (prefix, number)] = torch.randn(rows)
    made[prefix + "head.last_layer.weight_g"] = torch.ones(20, 1)
    made[prefix + "head.last_layer.weight_v"] = torch.randn(20, 6)
    return made


def optimizer():
    parameter = nn.Parameter(torch.ones(3))
    adam = torch.optim.AdamW([parameter])
    parameter.sum().backward()
    adam.step()
    return adam.state_dict()


def make_ace():
    student = fill(swin(depths=(1, 2), heads=(1, 2)))
    teacher = fill(swin(depths=(1, 2), heads=(1, 2)))
    all_ = results(teacher, 32)
    sides = [side(microsoft(model.state_dict()), "module.", 16) for model in (student, teacher)]
    for made in sides:
        made["module.DenseHead.layers.0.weight"] = torch.randn(16, 16, 1, 1)
        made["module.DenseHead.layers.1.num_batches_tracked"] = torch.tensor(7)
    for name in ("downsample", "upsample"):
        for layer in (0, 1, 3):
            sides[0]["module.%s.layer.%d.weight" % (name, layer)] = torch.randn(4)
    torch.save({"student": sides[0], "teacher": sides[1], "optimizer": optimizer(), "epoch": 100,
                "args": argparse.Namespace(arch="swin_base", lr=5e-4, out_dim=65536, use_fp16=True, data_path=None),
                "barlow_loss": OrderedDict(center=torch.zeros(1, 20)),
                "dino_loss": OrderedDict(center=torch.zeros(1, 20)),
                "fp16_scaler": {"scale": 65536.0, "growth_factor": 2.0, "_growth_tracker": 11},
                "input": all_["input"], "output": all_["output"]}, os.path.join(TARGET, "zoo_ace.pth"))


def make_dino():
    student, teacher = fill(vit(layers=2, channels=16)), fill(vit(layers=2, channels=16))
    all_ = results(teacher, 32)
    torch.save({"student": side(timm(student.state_dict()), "module.", 16),
                "teacher": side(timm(teacher.state_dict()), "", 16), "optimizer": optimizer(), "epoch": 800,
                "args": argparse.Namespace(arch="vit_small", patch_size=8), "dino_loss": OrderedDict(
                    center=torch.zeros(1, 20)), "input": all_["input"], "output": all_["output"]},
               os.path.join(TARGET, "zoo_dino.pth"))


for make in (make_swin, make_vit, make_ace, make_dino):
    torch.manual_seed(11)
    make()
