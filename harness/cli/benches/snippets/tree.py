class Node:
    def __init__(self, key):
        self.key = key
        self.left = None
        self.right = None


def insert(node, key):
    if node is None:
        return Node(key)
    if key < node.key:
        node.left = insert(node.left, key)
    else:
        node.right = insert(node.right, key)
    return node


def walk(node, out):
    if node is None:
        return
    walk(node.left, out)
    out.append(node.key)
    walk(node.right, out)


root = None
for key in [5, 2, 8, 1, 9, 3]:
    root = insert(root, key)
keys = []
walk(root, keys)
print(keys)
del root
