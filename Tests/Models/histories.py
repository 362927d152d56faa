"""Histories with branches, made by plain git, and what `notes` tells of them.

Notes of five paragraphs are written, edited, renamed and removed, on branches that part and are merged with this or
that strategy, also by hand. Each paragraph has a word that no other has. Then every snapshot that HEAD leads to is
read with git alone, and every word that ever was is searched for.

Invariants:

- found: `search --history WORD` finds every word that a note of any snapshot had;
- gone: it is told as gone where no note has it any more, and only there;
- dates: a snapshot in which a passage appeared has the word, and one in which it vanished has it no more at that path;
- shown: `notes show 'NOTE@SNAPSHOT'`, as it is proposed for what is gone, shows the word;
- at: `list --at` and `show` of a snapshot give what git has there.

A step is a deed and a seed of its own for all that is chosen in it, so that others can be left out.
"""
from __future__ import annotations

import json
import random
import re

from ground import Failure, Ground

VAULT = "vault"
NAMES = ["a.md", "b.md", "d.md", "sub/c.md"]
WORD = re.compile(rb"zq[a-z]{6}x")
MARKS = re.compile(rb"^(<<<<<<<|=======|>>>>>>>).*\n", re.MULTILINE)


class Past:
    """The repository while it is made: its clock, and the notes of the branch that is checked out."""

    def __init__(self, ground: Ground):
        self.ground, self.clock = ground, 1_700_000_000

    def git(self, *arguments: str) -> int:
        dated = self.clock if arguments[0] in ("commit", "merge") else None
        return self.ground.git(VAULT, *arguments, at=dated).code

    def ask(self, *arguments: str) -> list[str]:
        return self.ground.ask_git(VAULT, *arguments).splitlines()

    def notes(self) -> list[str]:
        return sorted(path for path in self.ground.files(VAULT) if path.endswith(".md"))

    def branches(self) -> list[str]:
        return self.ask("branch", "--format=%(refname:short)")

    def paragraphs(self, note: str) -> list[str]:
        return (self.ground.folder / VAULT / note).read_text().strip().split("\n\n")

    def write(self, note: str, paragraphs: list[str]) -> None:
        self.ground.write(VAULT, note, ("\n\n".join(paragraphs) + "\n").encode())

    def commit(self, *arguments: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty-message", *(arguments or ("-m", "a snapshot")))


def paragraph(chance: random.Random) -> str:
    word = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(6))
    return f"zq{word}x stands among some common words here"


# Deeds

def write_note(past: Past, chance: random.Random) -> None:
    past.write(chance.choice(NAMES), [paragraph(chance) for _ in range(5)])
    past.commit()


def remove_note(past: Past, chance: random.Random) -> None:
    notes = past.notes()
    if notes:
        past.ground.remove(VAULT, chance.choice(notes))
        past.commit()


def rename_note(past: Past, chance: random.Random) -> None:
    notes, name = past.notes(), chance.choice(NAMES)
    if not notes or name in notes:
        return
    past.ground.move(VAULT, chance.choice(notes), name)
    if chance.random() < 0.5:
        change_paragraph(past, chance, name)
    past.commit()


def edit_note(past: Past, chance: random.Random) -> None:
    notes = past.notes()
    if notes:
        change_paragraph(past, chance, chance.choice(notes))
        past.commit()


def change_paragraph(past: Past, chance: random.Random, note: str) -> None:
    """Writes a paragraph anew, puts one in, or takes one out, perhaps into another note."""
    paragraphs = past.paragraphs(note)
    place, kind = chance.randrange(len(paragraphs)), chance.choice(["anew"] * 4 + ["in"] * 3 + ["out"] * 2 + ["over"])
    if kind == "anew":
        paragraphs[place] = paragraph(chance)
    elif kind == "in" or len(paragraphs) == 1:
        paragraphs.insert(place, paragraph(chance))
    else:
        taken = paragraphs.pop(place)
        others = [other for other in past.notes() if other != note]
        if kind == "over" and others:
            other = chance.choice(others)
            past.write(other, past.paragraphs(other) + [taken])
    past.write(note, paragraphs)


def branch(past: Past, chance: random.Random) -> None:
    past.git("checkout", "-q", "-b", f"branch{len(past.branches())}")


def switch(past: Past, chance: random.Random) -> None:
    past.git("checkout", "-q", chance.choice(past.branches()))


def merge(past: Past, chance: random.Random) -> None:
    how = chance.choice([[], ["-X", "ours"], ["-X", "theirs"], ["-s", "ours"]])
    if past.git("merge", "-q", "--no-edit", "--no-ff", *how, chance.choice(past.branches())) != 0:
        settle(past, chance)
    elif chance.random() < 0.3 and past.notes():
        change_paragraph(past, chance, chance.choice(past.notes()))
        past.commit("--amend", "--no-edit")


def settle(past: Past, chance: random.Random) -> None:
    """Keeps both sides of what git could not merge, and at times writes something of its own."""
    for note in past.notes():
        text = (past.ground.folder / VAULT / note).read_bytes()
        if MARKS.search(text):
            own = f"\n{paragraph(chance)}\n".encode() if chance.random() < 0.5 else b""
            past.ground.write(VAULT, note, MARKS.sub(b"", text) + own)
    past.commit("--no-edit")


def merge_all(past: Past, chance: random.Random) -> None:
    past.git("checkout", "-q", "main")
    for name in past.branches():
        if name != "main" and chance.random() < 0.7:
            if past.git("merge", "-q", "--no-edit", "-X", "ours", name) != 0:
                settle(past, chance)


DEEDS = {deed.__name__: deed for deed in (
    write_note, remove_note, rename_note, edit_note, branch, switch, merge, merge_all)}
WEIGHTS = {
    "write_note": 6, "remove_note": 4, "rename_note": 6, "edit_note": 22, "branch": 20, "switch": 22, "merge": 16}


def steps(seed: int) -> list:
    chance = random.Random(seed)
    deeds = chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=chance.randint(10, 30))
    return [[deed, chance.randrange(1_000_000)] for deed in ["write_note", *deeds, "merge_all"]]


def trial(ground: Ground, steps: list) -> None:
    ground.git("", "init", "-q", "-b", "main", VAULT)
    past = Past(ground)
    past.git("commit", "-q", "--allow-empty", "-m", "the first")
    for deed, seed in steps:
        chance = random.Random(seed)
        past.clock += chance.choice([0, 10, 4_000, 90_000])
        DEEDS[deed](past, chance)
    ground.notes(VAULT, "init", "-q", allowed=(0,))
    snapshots = {name: notes_of(past, name) for name in past.ask("log", "--format=%H", "HEAD")}
    check_words(ground, snapshots)
    check_snapshots(ground, snapshots)


def notes_of(past: Past, snapshot: str) -> dict[str, set[str]]:
    """The words of each note in a snapshot, as git has them."""
    return {path: words(past.ground.ask_git(VAULT, "show", f"{snapshot}:{path}").encode())
            for path in past.ask("ls-tree", "-r", "--name-only", snapshot) if path.endswith(".md")}


def words(text: bytes) -> set[str]:
    return {word.decode() for word in WORD.findall(text)}


# Invariants

def check_words(ground: Ground, snapshots: dict[str, dict[str, set[str]]]) -> None:
    ever = {word for notes in snapshots.values() for found in notes.values() for word in found}
    now = {word for path, text in ground.files(VAULT).items() if path.endswith(".md") for word in words(text)}
    for word in sorted(ever):
        answer = ground.ask(VAULT, "search", "--history", word, "--format", "json", allowed=(0, 1))
        hits = json.loads(answer.out) if answer.out.strip() else []
        passages = [passage for hit in hits for passage in [hit, *hit["wordings"]] if word in passage["text"]]
        if not passages:
            raise Failure("found", f"search --history {word} finds nothing")
        gone = all(passage["gone"] for passage in passages)
        if gone == (word in now):
            raise Failure("gone", f"{word} is told as {'gone' if gone else 'there'}, and is not")
        for span in (span for passage in passages for span in passage["spans"]):
            check_dates(word, span, snapshots)
        if gone:
            check_shown(ground, word)


def check_dates(word: str, span: dict, snapshots: dict[str, dict[str, set[str]]]) -> None:
    if "appeared" in span:
        commit = span["appeared"]["commit"]
        if not any(word in found for found in snapshots.get(commit, {}).values()):
            raise Failure("dates", f"{word} appeared in {commit}, which has it not")
    if "vanished" in span:
        commit = span["vanished"]["commit"]
        if word in snapshots.get(commit, {}).get(span["path"], set()):
            raise Failure("dates", f"{word} vanished from {span['path']} in {commit}, which has it")


def check_shown(ground: Ground, word: str) -> None:
    proposed = re.search(r"notes show '([^']*)'", ground.ask(VAULT, "search", "--history", word).out)
    if not proposed:
        raise Failure("shown", f"no command is proposed for {word}, which is gone")
    if word not in ground.ask(VAULT, "show", proposed[1]).out:
        raise Failure("shown", f"notes show '{proposed[1]}' does not show {word}")


def check_snapshots(ground: Ground, snapshots: dict[str, dict[str, set[str]]]) -> None:
    for snapshot, notes in snapshots.items():
        listed = ground.ask(VAULT, "list", "--at", snapshot, "--format", "path", allowed=(0, 1)).out.split()
        if sorted(listed) != sorted(notes):
            raise Failure("at", f"list --at {snapshot} gives {sorted(listed)}, git {sorted(notes)}")
    for snapshot, path in sorted((snapshot, path) for snapshot, notes in snapshots.items() for path in notes)[::3]:
        if ground.ask(VAULT, "show", f"{path}@{snapshot}").out != ground.ask_git(VAULT, "show", f"{snapshot}:{path}"):
            raise Failure("at", f"show {path}@{snapshot} is not what git shows")
