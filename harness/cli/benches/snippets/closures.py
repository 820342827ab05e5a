def counter(start, step=1):
    value = start

    def advance(times=1):
        nonlocal value
        value += step * times
        return value

    def reset():
        nonlocal value
        value = start

    return advance, reset


up, back = counter(10)
down, _ = counter(0, step=-2)
seen = [up(), up(3), down(), down(2)]
back()
seen.append(up())
pairs = [(a, b) for a in seen for b in seen if a < b]
squares = {n: n * n for n in range(6)}
chosen = {n for n in squares if squares[n] % 2 == 0}
print(seen, len(pairs), sorted(chosen))
