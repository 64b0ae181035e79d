"""What the parts of the bench print with."""


def say(text):
    print(text, flush=True)


def skip(what, why):
    say(f"skipped: {what}: {why}")


def table(title, header, rows):
    """Prints columns, the first to the left and the others to the right; without title or header if empty."""
    cells = [header] * any(header) + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    if title:
        say(f"\n{title}")
    for row in cells:
        first, *rest = (cell.ljust(w) if i == 0 else cell.rjust(w)
                        for i, (cell, w) in enumerate(zip(row, widths)))
        say("  " + "  ".join([first, *rest]).rstrip())
