class Node:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def insert(node, value):
    if node is None:
        return Node(value)
    match (value < node.value, value):
        case (True, int()):
            node.left = insert(node.left, value)
        case (False, int() as number):
            node.right = insert(node.right, number)
        case _:
            raise ValueError(value)
    return node


def counter():
    count = 0

    def add(by=1):
        nonlocal count
        count += by
        return count

    return add


root = None
add = counter()
for number in (5, 2, 8, 1, 9, 3):
    root = insert(root, number)
    add(by=number)
try:
    insert(root, "text")
except (TypeError, ValueError) as error:
    problem = error
listed = list(root)
pairs = {a: [b] for a, b in zip(listed, listed[1:]) if a % 2}
a, b = listed[0], listed[-1]
del root, listed[2:4]
