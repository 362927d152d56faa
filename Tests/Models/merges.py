"""Three-way merges of one note by `notes merge-file`.

The base is a note of sections with paragraphs, list items, tables, code, formulas and quotes, in which no word is there
twice. Each side edits it one to four times: a word, a new block or item, a new section, a block or section removed or
moved. Each merge is made twice, the second time with the sides exchanged: what the one keeps where both cannot be
right, the other has waiting.

Invariants:

- sides: whoever merges, there is a question or there is none; without one the words are the same, none of them twice;
- kept: a word that both sides left as it was is in the text that keeps ours and in the one that keeps theirs;
- new: a word that a side put in is in the text that keeps that side.

A step is a unit of the base or an edit of a side. Units have names, by which edits know them: so a failure is shrunk to
the few units and edits that it needs, and read as it is printed.
"""
from __future__ import annotations

import random
import re
from collections import Counter

from ground import Failure, Ground

WORD = re.compile(r"\bw\d+w\b")
EDITS = ["word", "word", "word", "add", "add", "add at the end", "add section", "remove", "remove section",
         "move", "move", "move section", "move section"]

Unit = tuple[str, str]  # its name, its text


class Writer:
    """Makes up units: each with a name of its own, each word a new one."""

    def __init__(self, chance: random.Random):
        self.chance, self.words, self.units = chance, 0, 0

    def word(self) -> str:
        self.words += 1
        return f"w{self.words}w"

    def some(self, count: int) -> str:
        return " ".join(self.word() for _ in range(count))

    def unit(self, text: str) -> Unit:
        self.units += 1
        return f"u{self.units}", text

    def block(self) -> list[Unit]:
        kind = self.chance.choice(["paragraph"] * 3 + ["list"] * 3 + ["numbers", "table", "code", "formula", "quote"])
        if kind == "list":
            return [self.unit(f"- {self.some(4)}") for _ in range(self.chance.randint(1, 4))]
        return [self.unit({
            "paragraph": lambda: f"{self.some(5)}.",
            "numbers": lambda: f"1. {self.some(2)}\n2. {self.some(2)}",
            "table": lambda: f"| {self.word()} | {self.word()} |\n|---|---|\n| {self.word()} | {self.word()} |",
            "code": lambda: f"```\n{self.some(2)}\n{self.word()}\n```",
            "formula": lambda: f"$$\n{self.word()} = {self.word()}\n$$",
            "quote": lambda: f"> {self.some(2)}",
        }[kind]())]

    def section(self) -> list[Unit]:
        blocks = [self.block() for _ in range(self.chance.randint(1, 2))]
        return [self.unit(f"## {self.some(2)}"), *(unit for block in blocks for unit in block)]


def steps(seed: int) -> list:
    chance = random.Random(seed)
    writer = Writer(chance)
    base = [writer.unit(f"# {writer.some(1)}")]
    for _ in range(chance.randint(1, 3)):
        base += writer.section()
    made = [["base", *unit] for unit in base]
    for side in ("ours", "theirs"):
        note = base
        for _ in range(chance.randint(1, 4)):
            edit = made_up(side, note, writer)
            if edit:
                made.append(edit)
                note = edited(note, edit)
    return made


def made_up(side: str, note: list[Unit], writer: Writer) -> list | None:
    """One edit of a note, with the names of the units that it is about."""
    chance, kind = writer.chance, writer.chance.choice(EDITS)
    names = [name for name, _ in note]
    picked = chance.randrange(1, len(note)) if len(note) > 1 else 0
    if kind == "word":
        name, text = chance.choice(note)
        return [side, "word", name, chance.choice(WORD.findall(text)), writer.word()]
    if kind == "add section":
        return [side, "add", names[last_of_section(note, picked)], writer.section()]
    if kind.startswith("add"):
        return [side, "add", names[-1] if kind == "add at the end" else names[picked], writer.block()]
    if picked == 0:
        return None
    if kind.endswith("section"):
        first = max((place for place in range(picked + 1) if is_heading(note[place])))
        last = last_of_section(note, picked)
        moved = names[first:last + 1] if first > 0 else []
        others = [place for place in range(len(note))
                  if names[place] not in moved and last_of_section(note, place) == place]
    else:
        moved = [names[picked]]
        others = [place for place in range(len(note)) if place != picked]
    if not moved or not others:
        return None
    if kind.startswith("remove"):
        return [side, "remove", moved]
    return [side, "move", moved, names[chance.choice(others)]]


def is_heading(unit: Unit) -> bool:
    return unit[1].startswith("#")


def last_of_section(note: list[Unit], place: int) -> int:
    while place + 1 < len(note) and not is_heading(note[place + 1]):
        place += 1
    return place


def edited(note: list[Unit], edit: list) -> list[Unit]:
    """The note after an edit; the same note where the units of the edit are not in it."""
    _, kind, *what = edit
    names = [name for name, _ in note]
    if kind == "word":
        name, old, new = what
        return [(each, re.sub(rf"\b{old}\b", new, text) if each == name else text) for each, text in note]
    if kind == "remove":
        return [unit for unit in note if unit[0] not in what[0]]
    if kind == "add":
        behind, added = what
        rest = note
    else:
        moved, behind = what
        added, rest = [unit for unit in note if unit[0] in moved], [unit for unit in note if unit[0] not in moved]
    if behind not in names or behind not in [name for name, _ in rest]:
        return note
    place = [name for name, _ in rest].index(behind) + 1
    return rest[:place] + [tuple(unit) for unit in added] + rest[place:]


def written(note: list[Unit]) -> str:
    """A note's text: a blank line between units, but none between items."""
    text = ""
    for place, (_, unit) in enumerate(note):
        if place > 0:
            text += "\n" if unit.startswith("- ") and note[place - 1][1].startswith("- ") else "\n\n"
        text += unit
    return text + "\n"


def trial(ground: Ground, steps: list) -> None:
    base = [(name, text) for kind, name, text, *_ in (step for step in steps if step[0] == "base")]
    texts = {"base": base, "ours": base, "theirs": base}
    for step in steps:
        if step[0] != "base":
            texts[step[0]] = edited(texts[step[0]], step)
    for name, note in texts.items():
        ground.write("", f"{name}.md", written(note).encode())
    merged = {}
    for side, other in (("ours", "theirs"), ("theirs", "ours")):
        merged[side] = ground.notes(
            "", "merge-file", "base.md", f"{side}.md", f"{other}.md", "--stdout", allowed=(0, 3))
    words = {name: set(WORD.findall(written(note))) for name, note in texts.items()}
    check_sides(merged["ours"], merged["theirs"])
    for side, answer in merged.items():
        has = set(WORD.findall(answer.out))
        check("kept", side, (words["base"] & words["ours"] & words["theirs"]) - has)
        check("new", side, words[side] - words["base"] - has)


def check_sides(ours, theirs) -> None:
    if ours.code != theirs.code:
        raise Failure("sides", f"ends with {ours.code}, and with the sides exchanged with {theirs.code}")
    if ours.code == 3:
        return
    counts = Counter(WORD.findall(ours.out))
    if counts != Counter(WORD.findall(theirs.out)):
        raise Failure("sides", "no question, and other words with the sides exchanged")
    twice = sorted(word for word, count in counts.items() if count > 1)
    if twice:
        raise Failure("sides", f"no question, and twice there: {' '.join(twice)}")


def check(invariant: str, side: str, missing: set[str]) -> None:
    if missing:
        raise Failure(invariant, f"not in the text that keeps {side}: {' '.join(sorted(missing))}")
