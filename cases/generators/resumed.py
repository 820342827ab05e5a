# What FOR_ITER and SEND resume: generators that end with a value, raise, are let go of or wait for themselves.
def counted(n):
    for i in range(n):
        yield [i]
    return [n]


def failing():
    items = []
    yield items
    raise ValueError(items)


def nested(n):
    result = yield from counted(n)
    try:
        yield from failing()
    except ValueError as error:
        result.append(error.__traceback__.tb_next.tb_lineno)
    yield result


def deep(n):
    if n:
        yield from deep(n - 1)
        for x in deep(0):
            yield [x, n]
    else:
        yield n


def stops():
    yield 1
    raise StopIteration(3)


def itself():
    yield from waiting


class Tell:
    def __del__(self):
        print("gone")


def holding():
    here = Tell()
    yield here


for x in counted(2):
    print(x)
print([x for x in nested(2)], list(deep(3)))
for x in holding():
    break
waiting = itself()
for start in failing, stops, lambda: waiting:
    try:
        for x in start():
            print(x)
    except (RuntimeError, ValueError) as error:
        print(error, error.__traceback__.tb_next.tb_lineno)
inside = nested(1)
for x in inside:
    try:
        inside.throw(KeyError("inside"))
    except KeyError as error:
        print(error.__traceback__.tb_next.tb_lineno)
