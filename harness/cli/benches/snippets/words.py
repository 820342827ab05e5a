text = "the count of a list goes up and the count of a list goes down"
counts = {}
for word in text.split():
    if word in counts:
        counts[word] += 1
    else:
        counts[word] = 1
by_count = {}
for word, count in counts.items():
    by_count.setdefault(count, []).append(word)
longest = ""
for word in counts:
    if len(word) > len(longest):
        longest = word
lines = []
for count in sorted(by_count):
    names = ", ".join(sorted(by_count[count]))
    lines.append(f"{count}: {names}")
print("\n".join(lines))
print(longest)
