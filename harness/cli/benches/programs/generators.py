"""Generators: pipelines, delegation, send, a tree walk, a scheduler of tasks."""


class Tree:
    def __init__(self, value):
        self.value, self.left, self.right = value, None, None

    def insert(self, value):
        if value < self.value:
            if self.left is None:
                self.left = Tree(value)
            else:
                self.left.insert(value)
        elif self.right is None:
            self.right = Tree(value)
        else:
            self.right.insert(value)

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def numbers(limit):
    n = 0
    while n < limit:
        yield n
        n += 1


def averager():
    total, count = 0, 0
    while True:
        value = yield total / count if count else None
        if value is None:
            return total
        total, count = total + value, count + 1


def task(name, steps):
    for step in range(steps):
        yield name, step
    return steps


def schedule(tasks):
    waiting = list(tasks)
    while waiting:
        current = waiting.pop(0)
        try:
            yield next(current)
        except StopIteration:
            continue
        waiting.append(current)


tree = Tree(500)
for i in range(300):
    tree.insert(i * 37 % 1001)
ordered = [value for round in range(3) for value in tree]
evens = sum(n * n for n in numbers(6000) if n % 2 == 0)
average = averager()
next(average)
for n in numbers(2500):
    average.send(n)
log = list(schedule(task(name, 60) for name in range(20)))
print(len(ordered), evens, average.send(1.5) > 0, len(log), log[-1])
