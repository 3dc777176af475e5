"""Trains the small CNN of bench/_small-cnn.ts with PyTorch on one thread: prints a line of JSON with samples a second.

Environment: a Python with `pip install torch` (the CPU build is enough).
"""

import json
import time

import torch

BATCH = 64
STEPS = 150
WARM_UP = 10

torch.set_num_threads(1)
torch.manual_seed(1)
net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 16, 3, padding=1),
    torch.nn.ReLU(),
    torch.nn.MaxPool2d(2),
    torch.nn.Conv2d(16, 32, 3, padding=1),
    torch.nn.ReLU(),
    torch.nn.MaxPool2d(2),
    torch.nn.Flatten(),
    torch.nn.Linear(32 * 7 * 7, 10),
)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
x = torch.rand(BATCH, 1, 28, 28)
y = torch.arange(BATCH) % 10


def step():
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()


for _ in range(WARM_UP):
    step()
started = time.perf_counter()
for _ in range(STEPS):
    step()
seconds = time.perf_counter() - started
print(json.dumps({"samplesPerSecond": BATCH * STEPS / seconds}))
