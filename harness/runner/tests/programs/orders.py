def remembered(function):
    known = {}

    def remember(*key):
        if key not in known:
            known[key] = function(*key)
        return known[key]

    return remember


class Shop:
    """Keeps things, and says what they cost."""

    limit = 3

    def __init__(self, name, *things, prices=None):
        self.name = name
        self.things = list(things)
        self.prices = dict(prices or {})

    def price(self, thing):
        try:
            return self.prices[thing] + 1
        except KeyError as error:
            self.missing = str(error)
            return None
        finally:
            self.asked = thing

    @remembered
    def label(self, thing):
        return f"{self.name}: {thing!r}"


def total(shop, *names, **extra):
    found = [shop.price(name) for name in names]
    known = [price for price in found if price is not None]
    for key, value in extra.items():
        known.append(value + "" if key == "bad" else value)
    return sum(known)


shop = Shop("corner", "apple", "pear", prices={"apple": 3, "pear": 5})
result = [total(shop, "apple", "plum"), total(shop, "pear", tip=2)]
try:
    total(shop, bad=1)
except TypeError:
    del result[0]
labels = {shop.label(thing) for thing in shop.things}
first, *rest = sorted(labels)
