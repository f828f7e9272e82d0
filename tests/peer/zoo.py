#!/usr/bin/python3
"""Makes torchvision's own models with random weights, and computes with them what Panacea must compute too.

    /usr/bin/python3 tests/peer/zoo.py OUTPUT_FOLDER NAME

Needs Debian's python3-torch and python3-torchvision (1.13, 0.14 or later). Writes NAME.pth, the state dictionary as
torchvision's users save it, and NAME.values.safetensors: pictures, the output before the head, and the gradients of all
parameters below "gradient.". The loss is the mean of the output's squares.

A NAME is that of a torchvision model, and after an underscore the side of the pictures where it is not 224. The
positions of a ViT are then interpolated here, and the .pth keeps those for 224.
"""
import os
import sys

import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from tensors import save


def fill(model):
    """Random values everywhere, biases too: a zero would hide a mistake."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(0, 0.02 if parameter.dim() > 1 and "bias_table" not in name else 0.1)
            if parameter.dim() == 1 and name.endswith("weight"):
                parameter.add_(1)


def larger(model, name, pixels):
    """The same ViT for larger pictures."""
    made = getattr(torchvision.models, name)(image_size=pixels)
    state = model.state_dict()
    positions = state["encoder.pos_embedding"]
    side = int((positions.shape[1] - 1) ** 0.5)
    grid = positions[:, 1:].reshape(1, side, side, -1).permute(0, 3, 1, 2)
    side = pixels // model.patch_size
    grid = F.interpolate(grid, size=(side, side), mode="bicubic", align_corners=False).permute(0, 2, 3, 1)
    state["encoder.pos_embedding"] = torch.cat((positions[:, :1], grid.reshape(1, side * side, -1)), dim=1)
    made.load_state_dict(state)
    return made


def main():
    folder, full = sys.argv[1], sys.argv[2]
    name, _, pixels = full.rpartition("_")
    name, pixels = (name, int(pixels)) if len(pixels) == 3 else (full, 224)
    torch.manual_seed(7)
    model = getattr(torchvision.models, name)()
    fill(model)
    torch.save(model.state_dict(), os.path.join(folder, full + ".pth"))
    if name.startswith("vit") and pixels != 224:
        model = larger(model, name, pixels)
    setattr(model, "head" if name.startswith("swin") else "heads", nn.Identity())
    model.eval()
    pictures = torch.randn(2, 3, pixels, pixels)
    output = model(pictures)
    (output * output).mean().backward()
    gradients = {"gradient." + path: parameter.grad for path, parameter in model.named_parameters()}
    save(os.path.join(folder, full + ".values.safetensors"), {"input": pictures, "output": output, **gradients})


if __name__ == "__main__":
    main()
