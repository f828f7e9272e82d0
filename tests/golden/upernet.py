#!/usr/bin/python3
"""Makes the golden values that UperNetGoldenTest compares Panacea with.

    /usr/bin/python3 tests/golden/upernet.py [OUTPUT_FOLDER]

Needs Debian's python3-torch and python3-torchvision (1.13 and 0.14 or later). Writes upernet.safetensors into
tests/src/test/resources/golden: for each backbone NAME, swin (torchvision's) and vit (written here),
  NAME/value/PATH    each parameter and buffer before, under Panacea's path
  NAME/in            pictures, of a size that no window divides, and for which positions are interpolated
  NAME/train         logits in training; NAME/seed is the gradient of a loss by them
  NAME/grad/PATH     the gradient of that loss by each parameter
  NAME/after/PATH    each buffer after that pass
  NAME/evaluation    logits in evaluation, after that pass
PyTorch computes in float64; the results are rounded.
"""
import os
import re
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models.swin_transformer import SwinTransformer

from tensors import save

torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "src", "test", "resources", "golden")


class Swin(nn.Module):
    """torchvision's stages, each normed by itself."""

    def __init__(self):
        super().__init__()
        net = SwinTransformer(patch_size=[4, 4], embed_dim=4, depths=[2, 1, 2, 1], num_heads=[1, 1, 2, 2],
                              window_size=[3, 3], stochastic_depth_prob=0.0)
        self.features = net.features
        self.norms = nn.ModuleList(nn.LayerNorm(4 << stage) for stage in range(4))
        self.channels = [4, 8, 16, 32]

    def forward(self, x):
        maps = []
        x = self.features[0](x)
        for stage in range(4):
            if stage > 0:
                x = self.features[2 * stage](x)
            x = self.features[2 * stage + 1](x)
            maps.append(self.norms[stage](x).permute(0, 3, 1, 2))
        return maps


class Block(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(channels, eps=1e-6)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)
        self.norm2 = nn.LayerNorm(channels, eps=1e-6)
        self.fc1 = nn.Linear(channels, 4 * channels)
        self.fc2 = nn.Linear(4 * channels, channels)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        attention = (q @ k.transpose(-1, -2) * (c // self.heads) ** -0.5).softmax(-1)
        x = x + self.proj((attention @ v).transpose(1, 2).reshape(b, n, c))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Vit(nn.Module):
    """Made for 64 × 64 pixels in patches of 16: positions of a 4 × 4 grid."""

    def __init__(self, channels=8, depth=5):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, channels))
        self.pos_embed = nn.Parameter(torch.zeros(1, 17, channels))
        self.proj = nn.Conv2d(1, channels, 16, 16)
        self.blocks = nn.ModuleList(Block(channels, 2) for _ in range(depth))
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.fpn1 = nn.Sequential(nn.ConvTranspose2d(channels, channels, 2, 2), nn.BatchNorm2d(channels), nn.GELU(),
                                  nn.ConvTranspose2d(channels, channels, 2, 2))
        self.fpn2 = nn.Sequential(nn.ConvTranspose2d(channels, channels, 2, 2))
        self.fpn3 = nn.Identity()
        self.fpn4 = nn.MaxPool2d(2, 2)
        self.channels = 4 * [channels]

    def forward(self, x):
        x = self.proj(x)
        b, c, h, w = x.shape
        grid = self.pos_embed[:, 1:].reshape(1, 4, 4, c).permute(0, 3, 1, 2)
        grid = F.interpolate(grid, size=(h, w), mode="bicubic", align_corners=False)
        positions = torch.cat((self.pos_embed[:, :1], grid.flatten(2).transpose(1, 2)), dim=1)
        x = torch.cat((self.cls_token.expand(b, 1, c), x.flatten(2).transpose(1, 2)), dim=1) + positions
        maps = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in (0, 1, 2, 4):  # the ends of four quarters of five blocks
                maps.append(self.norm(x)[:, 1:].transpose(1, 2).reshape(b, c, h, w))
        return [fpn(m) for fpn, m in zip((self.fpn1, self.fpn2, self.fpn3, self.fpn4), maps)]


def conv(size, into, kernel):
    layer = nn.Sequential()
    layer.add_module("conv", nn.Conv2d(size, into, kernel, padding=kernel // 2, bias=False))
    layer.add_module("bn", nn.BatchNorm2d(into))
    layer.add_module("relu", nn.ReLU())
    return layer


def resized(x, like):
    return F.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=False)


class UperNet(nn.Module):
    """Pyramid pooling on the coarsest map, a feature pyramid, and all levels fused at the finest map's size."""

    def __init__(self, backbone, channels, grids, outputs):
        super().__init__()
        self.backbone = backbone
        sizes = backbone.channels
        self.psp_modules = nn.ModuleList(nn.Sequential(nn.AdaptiveAvgPool2d(grid), conv(sizes[-1], channels, 1))
                                         for grid in grids)
        self.bottleneck = conv(sizes[-1] + len(grids) * channels, channels, 3)
        self.lateral_convs = nn.ModuleList(conv(size, channels, 1) for size in sizes[:-1])
        self.fpn_convs = nn.ModuleList(conv(channels, channels, 3) for _ in sizes[:-1])
        self.fpn_bottleneck = conv(len(sizes) * channels, channels, 3)
        self.conv_seg = nn.Conv2d(channels, outputs, 1)

    def forward(self, x):
        maps = self.backbone(x)
        coarsest = self.bottleneck(torch.cat([maps[-1]] + [resized(p(maps[-1]), maps[-1]) for p in self.psp_modules], 1))
        levels = [lateral(m) for lateral, m in zip(self.lateral_convs, maps)] + [coarsest]
        for i in (3, 2, 1):
            levels[i - 1] = levels[i - 1] + resized(levels[i], levels[i - 1])
        levels = [fpn(level) for fpn, level in zip(self.fpn_convs, levels)] + [coarsest]
        fused = self.fpn_bottleneck(torch.cat([resized(level, levels[0]) for level in levels], dim=1))
        return resized(self.conv_seg(fused), x)


def path(name):
    """Panacea's path for a name here, or None for what it does not store."""
    if "relative_position_index" in name:
        return None
    if not name.startswith("backbone."):
        return "decode_head." + name
    name = name[len("backbone."):]
    name = re.sub(r"^features\.0\.0\.", "patch_embed.proj.", name)
    name = re.sub(r"^features\.0\.2\.", "patch_embed.norm.", name)
    name = re.sub(r"^features\.([1357])\.", lambda m: "layers.%d.blocks." % (int(m[1]) // 2), name)
    name = re.sub(r"^features\.([246])\.", lambda m: "layers.%d.downsample." % (int(m[1]) // 2), name)
    name = name.replace("mlp.0.", "mlp.fc1.").replace("mlp.3.", "mlp.fc2.")
    name = re.sub(r"^norms\.([012])\.", r"norm\1.", name).replace("norms.3.", "norm.")
    name = re.sub(r"^proj\.", "patch_embed.proj.", name)
    name = re.sub(r"^(blocks\.\d+\.)(qkv|proj)\.", r"\1attn.\2.", name)
    return re.sub(r"^(blocks\.\d+\.)(fc\d)\.", r"\1mlp.\2.", name)


def case(name, net, pictures):
    net.double().train()
    for key, value in net.state_dict().items():
        if key.endswith("running_var"):
            value.copy_(torch.rand(value.shape).float() + 0.5)
        elif key.endswith("num_batches_tracked"):
            value.fill_(3)
        elif value.is_floating_point():
            ones = value.dim() == 1 and key.endswith("weight")  # the weight of a norm
            value.copy_((torch.randn(value.shape) * 0.3 + ones).float())

    def store(kind, values):
        tensors.update({"%s/%s/%s" % (name, kind, path(key)): value.clone() for key, value in values if path(key)})

    store("value", net.state_dict().items())
    logits = net(pictures)
    seed = torch.randn(logits.shape).float().double()
    logits.backward(seed)
    store("grad", ((key, parameter.grad) for key, parameter in net.named_parameters()))
    store("after", net.named_buffers())
    tensors.update({name + "/in": pictures, name + "/train": logits, name + "/seed": seed,
                    name + "/evaluation": net.eval()(pictures)})


tensors = {}
torch.manual_seed(7)
case("swin", UperNet(Swin(), 6, (1, 2, 3, 6), 2), torch.randn(3, 3, 40, 56).double())
case("vit", UperNet(Vit(), 5, (1, 2, 3), 1), torch.randn(3, 1, 48, 80).double())

save(os.path.join(TARGET, "upernet.safetensors"), tensors)
