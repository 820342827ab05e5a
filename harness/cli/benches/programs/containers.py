"""Lists, dicts, sets and tuples: a sieve, a graph's shortest paths, groups, sorting, comprehensions."""


def sieve(limit):
    flags = [True] * (limit + 1)
    flags[0] = flags[1] = False
    for n in range(2, int(limit ** 0.5) + 1):
        if flags[n]:
            for multiple in range(n * n, limit + 1, n):
                flags[multiple] = False
    return [n for n, prime in enumerate(flags) if prime]


def paths(graph, start):
    distance = {start: 0}
    queue = [start]
    while queue:
        node = queue.pop(0)
        for other in graph[node]:
            if other not in distance:
                distance[other] = distance[node] + 1
                queue.append(other)
    return distance


primes = sieve(6000)
groups = {}
for prime in primes:
    groups.setdefault(prime % 10, []).append(prime)
pairs = sorted(((len(members), digit) for digit, members in groups.items()), reverse=True)
graph = {n: {(n * 7 + k) % 300 for k in range(5)} - {n} for n in range(300)}
far = max(paths(graph, 0).values())
seen = set()
for a, *rest in (tuple(range(i, i + 4)) for i in range(1500)):
    seen |= {a, *rest}
merged = {**{i: i * i for i in range(1000)}, **dict.fromkeys(range(500, 1500), 0)}
table = [[(i * j) % 11 for j in range(40)] for i in range(40)]
flipped = [list(row) for row in zip(*table)]
print(len(primes), pairs[0], far, len(seen), sum(merged.values()), flipped[3][4], sum(map(sum, table)))
