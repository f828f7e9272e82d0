#!/usr/bin/python3
"""Makes the golden values that TrainingGoldenTest compares Panacea with: twenty steps of training two small models.

    /usr/bin/python3 tests/golden/training.py [OUTPUT_FOLDER]

Needs Debian's python3-torch and python3-torchvision (1.13 and 0.14, or later). Writes training.safetensors into
tests/src/test/resources/golden. A second run writes the same bytes.

  pictures, labels             the batches, U8 [batches, B, 3, 32, 32] and I32 [batches, B]; step s takes batch s % batches
  MODEL/losses                 the loss of each step, F64
  MODEL/start/PATH             the parameters before the first step, by timm's names
  MODEL/end/PATH               after the last step
  MODEL/average/PATH           their moving average

The models are torchvision's, the optimiser and clipping PyTorch's; everything is computed in float64 and rounded, so a
difference seen in a test is Panacea's own.
"""
import json
import math
import os
import re
import struct
import sys

import numpy
import torch
import torch.nn.functional as F
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer

torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden")
STEPS, WARM_UP, BATCHES, BATCH, CLASSES, PIXELS = 20, 5, 3, 4, 5, 32
# Added to the root of v. The bias of attention's keys has no gradient but rounding; at the usual 1e-8 AdamW makes steps
# of that noise, which no two programs have in common.
EPSILON = 1e-6
tensors = {}


# ---- names -----------------------------------------------------------------------------------------------------

def swin_name(name):
    """torchvision's name of a parameter of Swin as timm has it."""
    name = re.sub(r"^features\.0\.0\.", "patch_embed.proj.", name)
    name = re.sub(r"^features\.0\.2\.", "patch_embed.norm.", name)
    name = re.sub(r"^features\.(\d+)\.(\d+)\.",
                  lambda m: "layers.%d.blocks.%s." % ((int(m[1]) - 1) // 2, m[2]), name)
    name = re.sub(r"^features\.(\d+)\.", lambda m: "layers.%d.downsample." % (int(m[1]) // 2), name)
    return name.replace("mlp.0.", "mlp.fc1.").replace("mlp.3.", "mlp.fc2.")


def vit_name(name):
    """torchvision's name of a parameter of ViT as timm has it."""
    name = name.replace("class_token", "cls_token").replace("conv_proj.", "patch_embed.proj.")
    name = name.replace("encoder.pos_embedding", "pos_embed").replace("encoder.ln.", "norm.")
    name = name.replace("heads.head.", "head.").replace("encoder.layers.encoder_layer_", "blocks.")
    name = name.replace("self_attention.in_proj_", "attn.qkv.").replace("self_attention.out_proj.", "attn.proj.")
    name = name.replace("ln_1.", "norm1.").replace("ln_2.", "norm2.")
    return name.replace("mlp.0.", "mlp.fc1.").replace("mlp.3.", "mlp.fc2.")


def decays(name, parameter):
    special = ("pos_embed", "cls_token", "relative_position_bias_table")
    return parameter.dim() > 1 and not name.endswith(special)


def swin_layer(name, depths):
    """The layer of a parameter, as for fine-tuning Swin: patches 0, then the blocks, last what follows them."""
    if name.startswith("patch_embed"):
        return 0
    block = re.match(r"layers\.(\d+)\.blocks\.(\d+)", name)
    if block:
        return 1 + sum(depths[:int(block[1])]) + int(block[2])
    downsample = re.match(r"layers\.(\d+)\.downsample", name)
    return 1 + sum(depths[:int(downsample[1])]) if downsample else 1 + sum(depths)


# ---- training --------------------------------------------------------------------------------------------------

def cosine(start, end, step, steps):
    return end if step >= steps else end + (start - end) * (1 + math.cos(math.pi * step / steps)) / 2


def warm(start, top, end, step):
    return start + (top - start) * step / WARM_UP if step < WARM_UP else cosine(top, end, step - WARM_UP,
                                                                              STEPS - WARM_UP)


def initialise(model):
    """All parameters at random, none at 0 or 1, and such that float32 holds them."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            is_norm = p.dim() == 1 and name.endswith("weight")
            p.copy_((torch.randn(p.shape) * (0.06 if p.dim() > 1 else 0.02) + (1 if is_norm else 0)).float().double())


def train(label, model, rename, scale, clip):
    model = model.double().train()
    initialise(model)
    named = {rename(name): p for name, p in model.named_parameters()}
    average = {name: p.detach().clone() for name, p in named.items()}
    tensors.update({"%s/start/%s" % (label, name): p.detach().clone() for name, p in named.items()})
    groups = [{"params": [p], "scale": scale(name), "decay": decays(name, p)} for name, p in named.items()]
    optimiser = torch.optim.AdamW(groups, lr=0, betas=(0.9, 0.999), eps=EPSILON)
    losses = []
    for step in range(STEPS):
        x = pictures[step % BATCHES].double() / 255
        loss = F.cross_entropy(model(x), labels[step % BATCHES])
        optimiser.zero_grad()
        loss.backward()
        clip(list(named.values()))
        for group in optimiser.param_groups:
            group["lr"] = group["scale"] * warm(1e-4, 2e-3, 1e-5, step)
            group["weight_decay"] = cosine(0.04, 0.4, step, STEPS) if group["decay"] else 0
        optimiser.step()
        momentum = cosine(0.8, 1, step, STEPS)
        for name, p in named.items():
            average[name].mul_(momentum).add_(p.detach(), alpha=1 - momentum)
        losses.append(loss.item())
    tensors[label + "/losses"] = torch.tensor(losses, dtype=torch.float64)
    for name, p in named.items():
        tensors["%s/end/%s" % (label, name)] = p.detach()
        tensors["%s/average/%s" % (label, name)] = average[name]
    print(label, sum(p.numel() for p in named.values()), "parameters, losses", " ".join("%.4f" % x for x in losses))


def clip_each(most):
    return lambda parameters: [torch.nn.utils.clip_grad_norm_([p], most) for p in parameters]


def clip_all(most):
    return lambda parameters: torch.nn.utils.clip_grad_norm_(parameters, most)


torch.manual_seed(11)
pictures = torch.randint(0, 256, (BATCHES, BATCH, 3, PIXELS, PIXELS), dtype=torch.uint8)
labels = torch.randint(0, CLASSES, (BATCHES, BATCH))
tensors["pictures"], tensors["labels"] = pictures, labels.int()
DEPTHS = [2, 2]
train("swin", SwinTransformer(patch_size=[4, 4], embed_dim=16, depths=DEPTHS, num_heads=[2, 4], window_size=[4, 4],
                              stochastic_depth_prob=0, num_classes=CLASSES),
      swin_name, lambda name: 0.8 ** (1 + sum(DEPTHS) - swin_layer(name, DEPTHS)), clip_each(0.1))
train("vit", VisionTransformer(image_size=PIXELS, patch_size=8, num_layers=2, num_heads=4, hidden_dim=32, mlp_dim=128,
                               num_classes=CLASSES), vit_name, lambda name: 1, clip_all(1))


# ---- safetensors -----------------------------------------------------------------------------------------------

KINDS = {"float64": "F64", "float32": "F32", "int32": "I32", "uint8": "U8"}
arrays = {name: t.numpy() if name.endswith("losses") or t.dtype != torch.float64 else t.float().numpy()
          for name, t in tensors.items()}
header, offset, data = {}, 0, []
for name, array in sorted(arrays.items(), key=lambda item: (-item[1].dtype.itemsize, item[0])):
    chunk = numpy.ascontiguousarray(array).tobytes()
    header[name] = {"dtype": KINDS[array.dtype.name], "shape": list(array.shape),
                    "data_offsets": [offset, offset + len(chunk)]}
    offset += len(chunk)
    data.append(chunk)
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
os.makedirs(TARGET, exist_ok=True)
path = os.path.join(TARGET, "training.safetensors")
with open(path, "wb") as out:
    out.write(struct.pack("<Q", len(text)) + text + b"".join(data))
print("%d tensors, %d bytes" % (len(arrays), os.path.getsize(path)))
