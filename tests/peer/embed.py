#!/usr/bin/python3
"""Whether ./panacea embed gives the features that PyTorch gives: from the same files, with the same random weights.

    /usr/bin/python3 tests/peer/embed.py PANACEA OUTPUT_FOLDER NAME PICTURE...

Needs Debian's python3-torch, python3-torchvision (1.13, 0.14 or later) and python3-pil. NAME is as in zoo.py. Pictures
are grey. Prints the largest difference of pooled features, and of tokens, as a part of the largest value.
"""
import json
import os
import struct
import subprocess
import sys

import numpy
import torch
import torch.nn.functional as F
import torchvision
from PIL import Image
from torch import nn

from zoo import fill, larger

MOST = 1e-4


def read(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    return header.pop("__metadata__"), {
        name: torch.from_numpy(numpy.frombuffer(data[slice(*entry["data_offsets"])], dtype="<f4").copy())
        .reshape(entry["shape"]) for name, entry in header.items()}


def picture(path, pixels):
    values = torch.from_numpy(numpy.asarray(Image.open(path).convert("L"), dtype=numpy.float32) / 255)
    values = F.interpolate(values[None, None], size=(pixels, pixels), mode="bilinear", antialias=True)
    return ((values[0] - 0.5056) / 0.252).expand(3, pixels, pixels)


def swin(model, pictures):
    tokens = model.norm(model.features(pictures))
    return tokens.mean(dim=(1, 2)), tokens


def vit(model, pictures):
    tokens = model.conv_proj(pictures).flatten(2).transpose(1, 2)
    side = int(tokens.shape[1] ** 0.5)
    first = model.class_token.expand(len(pictures), -1, -1)
    sequence = model.encoder(torch.cat((first, tokens), dim=1))
    return sequence[:, 0], sequence[:, 1:].reshape(len(pictures), side, side, -1)


def difference(ours, theirs):
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()


def main():
    panacea, folder, full = sys.argv[1:4]
    files = sys.argv[4:]
    name, _, pixels = full.rpartition("_")
    name, pixels = (name, int(pixels)) if len(pixels) == 3 else (full, 224)
    torch.manual_seed(7)
    model = getattr(torchvision.models, name)()
    fill(model)
    weights = os.path.join(folder, full + ".embed.pth")
    features = os.path.join(folder, full + ".embed.safetensors")
    torch.save(model.state_dict(), weights)
    if name.startswith("vit") and pixels != 224:
        model = larger(model, name, pixels)
    model.eval()
    size = {"t": "tiny", "s": "small", "b": "base", "l": "large"}[name.split("_")[1]]
    ours = f"swin_{size}_{pixels}" if name.startswith("swin") else f"vit_{size}_patch{name.split('_')[2]}_{pixels}"
    subprocess.run([panacea, "embed", "--model", ours, "--weights", weights, "--tokens", "--out", features, *files],
                   check=True)
    texts, found = read(features)
    assert texts["files"].split("\n") == files
    worst = [0, 0]
    with torch.no_grad():
        for at in range(0, len(files), 8):
            batch = torch.stack([picture(file, pixels) for file in files[at:at + 8]])
            pooled, tokens = (swin if name.startswith("swin") else vit)(model, batch)
            worst[0] = max(worst[0], difference(found["pooled"][at:at + 8], pooled))
            worst[1] = max(worst[1], difference(found["tokens"][at:at + 8], tokens))
    print(f"{full}: {len(files)} pictures, largest difference of pooled features {worst[0]:.1e}, of tokens {worst[1]:.1e}")
    os.remove(weights)
    os.remove(features)
    sys.exit(0 if max(worst) < MOST else f"{full}: differs by {max(worst):.1e} (at most {MOST})")


if __name__ == "__main__":
    main()
