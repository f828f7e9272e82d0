#!/usr/bin/python3
"""Traces the models that PyTorch runs beside Panacea, and writes their weights for Panacea to load.

    /usr/bin/python3 tests/peer/prepare.py OUTPUT_FOLDER [NAME ...]

Needs Debian's python3-torch (1.13 or later). Writes NAME.pt, the TorchScript that the runner loads into a newer
PyTorch, and NAME.safetensors, the same random weights under timm's names and a batch of pictures called "input".

The models are written as timm and torchvision write them, from PyTorch's own layers and the usual steps (permute,
view, roll, matmul, softmax), so that what is timed is PyTorch as people use it. PyTorch 2 also has
scaled_dot_product_attention, fused on the CPU; 1.13 does not know it, so a model that calls it cannot be traced here.
"""
import os
import sys

import torch
from torch import nn

from tensors import save

BATCHES = {"swin_b_448_w7": 2, "swin_b_448_w14": 2, "swin_t_224_w7": 8, "vit_b32_448": 2}


class Mlp(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc1 = nn.Linear(channels, 4 * channels)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(4 * channels, channels)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


def windows_of(x, window):
    """[B, H, W, C] to [B * windows, window * window, C]."""
    b, h, w, c = x.shape
    x = x.view(b, h // window, window, w // window, window, c)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, window * window, c)


def picture_of(windows, window, h, w):
    """The inverse of windows_of."""
    c = windows.shape[-1]
    x = windows.view(-1, h // window, w // window, window, window, c)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, h, w, c)


class WindowAttention(nn.Module):
    def __init__(self, channels, heads, window):
        super().__init__()
        self.heads = heads
        self.scale = (channels // heads) ** -0.5
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * window - 1) ** 2, heads))
        row = torch.arange(window * window) // window
        column = torch.arange(window * window) % window
        index = (row[:, None] - row[None, :] + window - 1) * (2 * window - 1) \
            + column[:, None] - column[None, :] + window - 1
        self.register_buffer("relative_position_index", index, persistent=False)  # [N, N]
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)

    def forward(self, x, mask):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        scores = (q * self.scale) @ k.transpose(-2, -1)  # [B * windows, h, N, N]
        bias = self.relative_position_bias_table[self.relative_position_index.view(-1)].view(n, n, -1)
        scores = scores + bias.permute(2, 0, 1).contiguous().unsqueeze(0)
        if mask is not None:
            count = mask.shape[0]
            scores = scores.view(b // count, count, self.heads, n, n) + mask.unsqueeze(1).unsqueeze(0)
            scores = scores.view(-1, self.heads, n, n)
        x = scores.softmax(dim=-1) @ v
        return self.proj(x.transpose(1, 2).reshape(b, n, c))


class SwinBlock(nn.Module):
    def __init__(self, channels, heads, window, shift, side):
        super().__init__()
        self.window, self.shift = window, shift
        self.norm1 = nn.LayerNorm(channels)
        self.attn = WindowAttention(channels, heads, window)
        self.norm2 = nn.LayerNorm(channels)
        self.mlp = Mlp(channels)
        mask = None
        if shift > 0:
            regions = torch.zeros(1, side, side, 1)
            spans = (slice(0, -window), slice(-window, -shift), slice(-shift, None))
            for number, (rows, columns) in enumerate((r, c) for r in spans for c in spans):
                regions[:, rows, columns, :] = number
            flat = windows_of(regions, window).squeeze(-1)  # [windows, N]
            apart = flat.unsqueeze(1) - flat.unsqueeze(2)
            mask = apart.masked_fill(apart != 0, -100.0)
        self.register_buffer("attn_mask", mask, persistent=False)

    def attended(self, x):
        _, h, w, _ = x.shape
        if self.shift > 0:
            x = torch.roll(x, shifts=(-self.shift, -self.shift), dims=(1, 2))
        x = self.attn(windows_of(x, self.window), self.attn_mask)
        x = picture_of(x, self.window, h, w)
        if self.shift > 0:
            x = torch.roll(x, shifts=(self.shift, self.shift), dims=(1, 2))
        return x

    def forward(self, x):
        x = x + self.attended(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchMerging(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.LayerNorm(4 * channels)
        self.reduction = nn.Linear(4 * channels, 2 * channels, bias=False)

    def forward(self, x):
        b, h, w, c = x.shape
        x = x.reshape(b, h // 2, 2, w // 2, 2, c).permute(0, 1, 3, 4, 2, 5).flatten(3)
        return self.reduction(self.norm(x))


class Stage(nn.Module):
    def __init__(self, channels, depth, heads, window, side, merges):
        super().__init__()
        self.downsample = PatchMerging(channels // 2) if merges else nn.Identity()
        window = min(window, side)
        shift = 0 if window == side else window // 2
        self.blocks = nn.Sequential(*[
            SwinBlock(channels, heads, window, shift * (block % 2), side) for block in range(depth)])

    def forward(self, x):
        return self.blocks(self.downsample(x))


class SwinPatches(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.proj = nn.Conv2d(3, channels, 4, 4)
        self.norm = nn.LayerNorm(channels)

    def forward(self, x):
        return self.norm(self.proj(x).permute(0, 2, 3, 1))


class Swin(nn.Module):
    """Pictures [B, 3, H, W] to the mean of the normed tokens, [B, C]."""

    def __init__(self, pixels, channels, depths, heads, window):
        super().__init__()
        self.patch_embed = SwinPatches(channels)
        self.layers = nn.Sequential(*[
            Stage(channels << i, depths[i], heads[i], window, pixels // 4 >> i, i > 0) for i in range(len(depths))])
        self.norm = nn.LayerNorm(channels << len(depths) - 1)

    def forward(self, x):
        return self.norm(self.layers(self.patch_embed(x))).mean(dim=(1, 2))


class Attention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.scale = (channels // heads) ** -0.5
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        x = ((q * self.scale) @ k.transpose(-2, -1)).softmax(dim=-1) @ v
        return self.proj(x.transpose(1, 2).reshape(b, n, c))


class VitBlock(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(channels, eps=1e-6)
        self.attn = Attention(channels, heads)
        self.norm2 = nn.LayerNorm(channels, eps=1e-6)
        self.mlp = Mlp(channels)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VitPatches(nn.Module):
    def __init__(self, channels, patch):
        super().__init__()
        self.proj = nn.Conv2d(3, channels, patch, patch)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class Vit(nn.Module):
    """Pictures [B, 3, H, W] to the mean of the normed tokens, [B, C]."""

    def __init__(self, pixels, patch, channels, depth, heads):
        super().__init__()
        self.patch_embed = VitPatches(channels, patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, channels))
        self.pos_embed = nn.Parameter(torch.zeros(1, (pixels // patch) ** 2 + 1, channels))
        self.blocks = nn.Sequential(*[VitBlock(channels, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(channels, eps=1e-6)

    def forward(self, x):
        x = self.patch_embed(x)
        x = torch.cat((self.cls_token.expand(x.shape[0], -1, -1), x), dim=1) + self.pos_embed
        return self.norm(self.blocks(x)).mean(dim=1)


def build(name):
    """The model and the side of its pictures."""
    if name.startswith("swin_b_448_w"):
        return Swin(448, 128, (2, 2, 18, 2), (4, 8, 16, 32), int(name.rpartition("w")[2])), 448
    if name == "swin_t_224_w7":
        return Swin(224, 96, (2, 2, 6, 2), (3, 6, 12, 24), 7), 224
    return Vit(448, 32, 768, 12, 12), 448


def fill(model):
    """Random values everywhere, biases too: a zero would hide a mistake."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            scale = 0.02 if parameter.dim() > 1 and "bias_table" not in name else 0.1
            parameter.normal_(0, scale)
            if "norm" in name and name.endswith("weight"):
                parameter.add_(1)


def main():
    folder, names = sys.argv[1], sys.argv[2:] or list(BATCHES)
    for name in names:
        torch.manual_seed(7)
        model, pixels = build(name)
        fill(model)
        pictures = torch.randn(BATCHES[name], 3, pixels, pixels)
        traced = torch.jit.trace(model, pictures, check_trace=False)
        save(os.path.join(folder, name + ".safetensors"), {**dict(model.named_parameters()), "input": pictures})
        traced.save(os.path.join(folder, name + ".pt.new"))  # the script last: where it is, both are complete
        os.replace(os.path.join(folder, name + ".pt.new"), os.path.join(folder, name + ".pt"))


main()
