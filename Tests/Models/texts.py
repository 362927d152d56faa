"""Words, blocks and notes for the model of three clones. Every word is a new one, so that it can be looked for."""
from __future__ import annotations

import random
import re

WORD = re.compile(rb"\bz[a-y]{8}z\b")
MARKER = re.compile(rb"^(<<<<<<<|=======$|>>>>>>>)", re.MULTILINE)
ID = re.compile(rb"\A---\n(?:[^\n]*\n)*?id: (\w+)\n")


def words(*contents: bytes) -> set[str]:
    return {word.decode() for content in contents for word in WORD.findall(content)}


def some_of(found: set[str]) -> str:
    """A few of many words, for a person."""
    first = sorted(found)
    return " ".join(first[:8]) + (f" and {len(first) - 8} more" if len(first) > 8 else "")


def note_id(content: bytes) -> str | None:
    found = ID.match(content.replace(b"\r\n", b"\n"))
    return found[1].decode() if found else None


class Writer:
    """Writes with the words of one step."""

    def __init__(self, chance: random.Random):
        self.chance = chance

    def word(self) -> str:
        return "z" + "".join(self.chance.choice("abcdefghijklmnopqrstuvwxy") for _ in range(8)) + "z"

    def some(self, count: int) -> str:
        return " ".join(self.word() for _ in range(count))

    def id(self) -> str:
        return "".join(self.chance.choice("abcdefghjkmnpqrstvwxyz0123456789") for _ in range(8))

    def note(self, with_id: bool) -> bytes:
        lines = []
        if with_id:
            lines += ["---", f"id: {self.id()}", f"title: {self.word()}", "created: 2026-11-03",
                      f"tags: [{self.word()}, {self.word()}]", f"status: {self.word()}", "---", ""]
        lines += [f"# {self.some(2)}", ""]
        for _ in range(self.chance.randint(1, 3)):
            lines += [f"## {self.some(2)}", ""]
            if self.chance.random() < 0.7:
                lines += [self.some(7), ""]
            if self.chance.random() < 0.7:
                lines += [*(f"- {self.some(6)}" for _ in range(self.chance.randint(1, 3))), ""]
        if self.chance.random() < 0.4:
            lines += [*self.block(), ""]
        return "\n".join(lines).encode()

    def block(self) -> list[str]:
        """The lines of a block that is more than a paragraph."""
        rows = [f"| {self.word()} | {self.word()} |" for _ in range(self.chance.randint(1, 3))]
        number = self.chance.randint(1, 3)
        return self.chance.choice([
            [f"| {self.word()} | {self.word()} |", "|---|---|", *rows],
            ["```py", self.word(), f"    {self.word()}", self.word(), "```"],
            ["$$", f"{self.word()} = {self.word()}", "$$"],
            [f"> {self.some(3)}", f"> {self.some(3)}"],
            [f"1. {self.some(2)}", f"2. {self.some(2)}", f"   - {self.some(2)}", f"   - {self.some(2)}"],
            [f"{self.some(2)}[^{number}]", "", f"[^{number}]: {self.some(3)}"],
            [f"- [ ] {self.some(2)}", f"- [x] {self.some(2)}"],
        ])
