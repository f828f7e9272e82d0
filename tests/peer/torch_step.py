#!/usr/bin/env python3
"""One training step of ACE in PyTorch, to measure beside `panacea gpu-check --only SPEED` on the same card.

    python3 tests/peer/torch_step.py [--batch 8] [--steps 20] [--precision bf16|tf32|f32] [--compile] [--device cuda]

Needs torch and torchvision, nothing else. The step is the one that gpu-check measures: a Swin-B with windows of 7 on two
views of 448 pixels, student and teacher, dense and global heads, composer and decomposer, the global and both matching
losses, gradients clipped tensor by tensor, AdamW, and the teacher's moving average. PyTorch is used as its users would:
both views in one batch, autocast, the fused optimiser, operations on lists of tensors for clipping and average. --tiny
takes a small network, to try the script without a card. Prints one line of JSON.
"""
import argparse
import json
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models.swin_transformer import SwinTransformer

arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
arguments.add_argument("--batch", type=int, default=8)
arguments.add_argument("--steps", type=int, default=20)
arguments.add_argument("--precision", choices=("bf16", "tf32", "f32"), default="bf16")
arguments.add_argument("--device", default="cuda")
arguments.add_argument("--compile", action="store_true", help="torch.compile both networks")
arguments.add_argument("--tiny", action="store_true")
o = arguments.parse_args()

PIXELS, CELLS, KERNEL, SCALE = (448, 14, 3, 1 / 0.07) if not o.tiny else (128, 4, 3, 1 / 0.07)
WIDTH, DEPTHS, HEADS = (128, (2, 2, 18, 2), (4, 8, 16, 32)) if not o.tiny else (8, (1, 1, 1, 1), (1, 1, 2, 2))
OUTPUTS, HIDDEN, BOTTLENECK = (65536, 2048, 256) if not o.tiny else (64, 32, 16)
K = 8 * WIDTH


class Student(nn.Module):
    """Backbone and all heads; as a teacher, without composer and decomposer being used."""

    def __init__(self, drop_path):
        super().__init__()
        swin = SwinTransformer([4, 4], WIDTH, list(DEPTHS), list(HEADS), [7, 7], stochastic_depth_prob=drop_path)
        self.features, self.norm = swin.features, swin.norm
        self.dense = nn.Sequential(*[layer for _ in range(3)
                                     for layer in (nn.Conv2d(K, K, 1), nn.BatchNorm2d(K), nn.ReLU())])
        self.mlp = nn.Sequential(nn.Linear(K, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU(),
                                 nn.Linear(HIDDEN, BOTTLENECK))
        self.last = nn.Parameter(torch.randn(OUTPUTS, BOTTLENECK) * 0.02)
        self.composer = nn.Sequential(nn.Linear(4 * K, K), nn.LayerNorm(K), nn.ReLU(), nn.Linear(K, K))
        self.decomposer = nn.Sequential(nn.Linear(K, 4 * K), nn.LayerNorm(4 * K), nn.ReLU(), nn.Linear(4 * K, 4 * K))

    def forward(self, x):
        tokens = self.norm(self.features(x))                                       # [2B, h, w, K]
        dense = F.normalize(self.dense(tokens.permute(0, 3, 1, 2)).permute(0, 2, 3, 1), dim=-1)
        return tokens, dense

    def project(self, pooled):
        return F.linear(F.normalize(self.mlp(pooled), dim=-1), F.normalize(self.last, dim=1))

    def compose(self, t):
        b, h, w, k = t.shape
        return self.composer(t.reshape(b, h // 2, 2, w // 2, 2, k).permute(0, 1, 3, 2, 4, 5)
                             .reshape(b, h * w // 4, 4 * k))

    def decompose(self, t):
        b, h, w, k = t.shape
        return self.decomposer(t).reshape(b, h, w, 2, 2, k).permute(0, 1, 3, 2, 4, 5).reshape(b, 4 * h * w, k)


def matching(student, teacher, target, alpha):
    logits = SCALE * torch.matmul(F.normalize(teacher.flatten(1, 2), dim=-1), student.transpose(1, 2)).float()
    weight = alpha * target + (1 - alpha) * (1 - target)
    return F.binary_cross_entropy_with_logits(logits, target, weight)


def target(rows, columns):
    """A matrix of the right size and density; where its peaks are makes no difference to speed."""
    t = torch.zeros(o.batch, rows, columns, device=o.device)
    t.scatter_(2, torch.randint(columns, (o.batch, rows, KERNEL * KERNEL), device=o.device), 0.6)
    return t


torch.manual_seed(0)
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = o.precision == "tf32"
student, teacher = Student(0.1).to(o.device).train(), Student(0).to(o.device).train()
teacher.load_state_dict(student.state_dict())
teacher.requires_grad_(False)
forward_student, forward_teacher = (torch.compile(student), torch.compile(teacher)) if o.compile else (student, teacher)
parameters = list(student.parameters())
fused = {"fused": True} if o.device.startswith("cuda") else {}
optimiser = torch.optim.AdamW([{"params": [p for p in parameters if p.dim() > 1], "weight_decay": 0.04},
                               {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0}], lr=1e-5, **fused)
averages = list(teacher.parameters())
views = torch.randn(2 * o.batch, 3, PIXELS, PIXELS, device=o.device)
composed, decomposed = target(CELLS ** 2, CELLS ** 2 // 4), target(CELLS ** 2, 4 * CELLS ** 2)
overlap = (torch.rand(2 * o.batch, CELLS, CELLS, 1, device=o.device) > 0.3).float()
centre = torch.zeros(OUTPUTS, device=o.device)


def step():
    global centre
    with torch.autocast(o.device.split(":")[0], torch.bfloat16, enabled=o.precision == "bf16"):
        with torch.no_grad():
            t, td = forward_teacher(views)
            tg = teacher.project((t * overlap).sum((1, 2)) / overlap.sum((1, 2))).float()
            probabilities = F.softmax((tg - centre) / 0.04, dim=-1)
            centre = 0.9 * centre + 0.1 * tg.mean(0)
        s, sd = forward_student(views)
        sg = student.project((s * overlap).sum((1, 2)) / overlap.sum((1, 2))).float()
        b = o.batch
        logs = F.log_softmax(sg / 0.1, dim=-1)
        whole = -((probabilities[b:] * logs[:b]).sum(-1) + (probabilities[:b] * logs[b:]).sum(-1)).mean() / 2
        loss = 0.1 * whole + 0.5 * matching(student.compose(sd[:b]), td[b:], composed, 0.9) \
            + 0.5 * matching(student.decompose(sd[b:]), td[:b], decomposed, 0.99)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    with torch.no_grad():
        gradients = [p.grad for p in parameters]
        norms = torch._foreach_norm(gradients)
        torch._foreach_mul_(gradients, [torch.clamp(0.8 / (n + 1e-6), max=1.0) for n in norms])
        optimiser.step()
        torch._foreach_mul_(averages, 0.996)
        torch._foreach_add_(averages, [p.detach() for p in parameters], alpha=0.004)
    return loss


def wait():
    if o.device.startswith("cuda"):
        torch.cuda.synchronize()


begun = time.perf_counter()
for _ in range(5):
    loss = step()
wait()
warm = time.perf_counter() - begun
begun = time.perf_counter()
for _ in range(o.steps):
    loss = step()
wait()
seconds = (time.perf_counter() - begun) / o.steps
print(json.dumps({"torch": torch.__version__, "precision": o.precision, "compiled": o.compile, "batch": o.batch,
                  "secondsPerStep": round(seconds, 5), "imagesPerSecond": round(o.batch / seconds, 2),
                  "gibibytes": round(torch.cuda.max_memory_allocated() / 2 ** 30, 2)
                  if o.device.startswith("cuda") else None,
                  "firstFiveSeconds": round(warm, 2), "loss": float(loss)}))
