"""Calls of every form: positional, keyword, default, star, closure, recursion."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def weighted(a, b=2, *rest, scale=1, **more):
    return (a + b + sum(rest)) * scale + len(more)


def adder(n):
    def add(x):
        return x + n
    return add


total = fib(17) + ackermann(2, 20)
for i in range(2000):
    total += weighted(i) + weighted(i, 3, 4, scale=2) + weighted(i, b=1, c=5)
    total += weighted(*(i, 1, 2), **{"scale": 3})
    total += adder(i)(1)
print(total)
