"""Instances, attributes, methods, inheritance, properties, slots: bodies that move under each other's pull."""


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    @property
    def square(self):
        return self.x * self.x + self.y * self.y


class Thing:
    count = 0

    def __init__(self, name):
        self.name = name
        Thing.count += 1

    def step(self, others):
        return None


class Body(Thing):
    def __init__(self, name, place, mass):
        super().__init__(name)
        self.place = place
        self.speed = Vector(0.0, 0.0)
        self.mass = mass

    def step(self, others):
        pull = Vector(0.0, 0.0)
        for other in others:
            if other is not self:
                way = other.place - self.place
                pull = pull + way * (other.mass / (way.square + 1.0))
        self.speed = self.speed + pull * 0.01

    def move(self):
        self.place = self.place + self.speed * 0.01


bodies = [Body(f"body {i}", Vector(float(i), float(i * i % 7)), 1.0 + i) for i in range(8)]
for round in range(40):
    for body in bodies:
        body.step(bodies)
    for body in bodies:
        body.move()
print(Thing.count, round, sum(body.place.square for body in bodies) > 0)
