"""Text: splitting, joining, formatting, searching, building up character by character."""

TEXT = """It was the best of times, it was the worst of times, it was the age of wisdom,
it was the age of foolishness, it was the epoch of belief, it was the epoch of incredulity"""


def words(text):
    word = ""
    for character in text:
        if character.isalpha():
            word += character.lower()
        elif word:
            yield word
            word = ""
    if word:
        yield word


def caesar(text, by):
    out = []
    for character in text:
        if "a" <= character <= "z":
            out.append(chr((ord(character) - 97 + by) % 26 + 97))
        else:
            out.append(character)
    return "".join(out)


counts = {}
for round in range(12):
    for word in words(TEXT):
        counts[word] = counts.get(word, 0) + 1
lines = [f"{word:<12}|{count:>4d}|{count / 12:6.2f}" for word, count in sorted(counts.items())]
secret = caesar(TEXT.lower(), 3)
plain = caesar(secret, 23)
found = [TEXT.find(word) for word in counts] + [TEXT.count(word) for word in counts]
parts = ",".join(TEXT.replace("\n", " ").split(" ")).split(",")
for i in range(400):
    key = "key %d: %s" % (i, hex(i)) + str(i) * 2
    assert key.startswith("key") and key[-1] in key
    parts.append(key.upper().strip("0").partition(":")[2])
print(len(lines), plain == TEXT.lower(), sum(found), len(parts), lines[3])
