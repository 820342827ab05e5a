def multiply(a, b):
    rows = []
    for row in a:
        new = []
        for column in range(len(b[0])):
            total = 0
            for index, value in enumerate(row):
                total += value * b[index][column]
            new.append(total)
        rows.append(new)
    return rows


m = [[1, 2], [3, 4]]
n = multiply(m, [[0.5, 1.5], [2.5, -1.0]])
first, *rest = n
flat = [value for row in n for value in row]
shares = (first, rest, flat)
alias = shares
del shares
print(alias[2], max(flat), sum(flat))
