"""What people do to a clone, for the model of three clones: with an editor, a file manager, `notes` and git.

Each deed takes the world, a clone, and a random source of its own; what cannot be done is left. The world's writer has
the words.

`EDITS` change notes: what goes away by one was taken away by a person. `ANSWERS` decide what becomes of texts that
wait, or bring older ones back.
"""
from __future__ import annotations

import os
import random
import re
from typing import TYPE_CHECKING

from ground import Failure
from texts import WORD, some_of, words

if TYPE_CHECKING:
    from clones import World

NAMES = ["alpha", "beta", "Beta", "gamma", "delta", "omega", "café", "cafe\u0301"]
FOLDERS = ["", "", "d1/", "d2/", "posts/"]


# In an editor

def edit_word(world: World, clone: str, chance: random.Random, note: str | None = None) -> None:
    with world.lines(clone, note or world.some_note(clone, chance)) as lines:
        place = with_words(lines, chance)
        if place is not None:
            old = chance.choice(WORD.findall(lines[place].encode())).decode()
            lines[place] = lines[place].replace(old, world.writer.word())


def edit_line(world: World, clone: str, chance: random.Random) -> None:
    with world.lines(clone, world.some_note(clone, chance)) as lines:
        place = with_words(lines, chance)
        if place is not None:
            lines[place] = re.sub(WORD.pattern.decode(), lambda _: world.writer.word(), lines[place])


def add_line(world: World, clone: str, chance: random.Random, note: str | None = None) -> None:
    writer = world.writer
    with world.lines(clone, note or world.some_note(clone, chance)) as lines:
        place = with_words(lines, chance)
        if place is None:
            lines += [writer.some(3), ""]
        elif lines[place].startswith("- ") and chance.random() < 0.8:
            lines.insert(place + 1, f"- {writer.some(6)}")
        else:
            lines[place + 1:place + 1] = chance.choice([
                ["", writer.some(7)], ["", writer.some(7)], ["", f"## {writer.some(2)}", "", writer.some(3)]])


def remove_line(world: World, clone: str, chance: random.Random) -> None:
    with world.lines(clone, world.some_note(clone, chance)) as lines:
        place = with_words(lines, chance)
        if place is not None:
            del lines[place]
            if 0 < place < len(lines) and lines[place] == lines[place - 1] == "":
                del lines[place]


def add_block(world: World, clone: str, chance: random.Random) -> None:
    with world.lines(clone, world.some_note(clone, chance)) as lines:
        lines += ["", *world.writer.block(), ""]


def join_or_split(world: World, clone: str, chance: random.Random) -> None:
    with world.lines(clone, world.some_note(clone, chance)) as lines:
        places = [place for place in range(body(lines), len(lines)) if re.match(r"z[a-y]{8}z", lines[place])]
        if not places:
            return
        place = chance.choice(places)
        if place + 2 < len(lines) and lines[place + 1] == "" and place + 2 in places:
            lines[place:place + 3] = [f"{lines[place]} {lines[place + 2]}"]
        elif " " in lines[place]:
            first, second = lines[place].split(" ", 1)
            lines[place:place + 1] = [first, "", second]


def move_section(world: World, clone: str, chance: random.Random) -> None:
    with world.lines(clone, world.some_note(clone, chance)) as lines:
        head, *sections = re.split(r"(?m)^(?=## )", "\n".join(lines))
        if len(sections) > 1:
            sections = [section.rstrip("\n") + "\n\n" for section in sections]
            moved = sections.pop(chance.randrange(len(sections)))
            sections.insert(chance.randrange(len(sections) + 1), moved)
            lines[:] = (head.rstrip("\n") + "\n\n" + "".join(sections)).rstrip("\n").split("\n") + [""]


def move_line(world: World, clone: str, chance: random.Random) -> None:
    """An item goes behind another one, or a paragraph to another place; at times a word of it is edited."""
    with world.lines(clone, world.some_note(clone, chance)) as lines:
        place = with_words(lines, chance)
        if place is None or not re.match(r"(- )?z", lines[place]):
            return
        line, item = lines[place], lines[place].startswith("- ")
        targets = [other for other in range(body(lines), len(lines)) if other != place
                   and (lines[other].startswith("- ") if item else lines[other] == "")]
        if not targets:
            return
        target = chance.choice(targets)
        if chance.random() < 0.5:
            line = line.replace(chance.choice(WORD.findall(line.encode())).decode(), world.writer.word())
        before, behind = lines[:target + 1], lines[target + 1:]
        del (before if place <= target else behind)[place if place <= target else place - target - 1]
        lines[:] = [*before, *([line] if item else [line, ""]), *behind]


def edit_front_matter(world: World, clone: str, chance: random.Random) -> None:
    with world.lines(clone, world.some_note(clone, chance)) as lines:
        end = body(lines) - 1
        if end < 0:
            return
        keys = {line.split(":")[0]: place for place, line in enumerate(lines[:end]) if ":" in line}
        key = chance.choice(["title", "tags", "status", "due", "k1", "k2"])
        if key not in keys:
            lines.insert(end, f"{key}: {world.writer.word()}")
        elif key == "tags":
            lines[keys[key]] = lines[keys[key]].rstrip("]") + f", {world.writer.word()}]"
        elif key != "title" and chance.random() < 0.3:
            del lines[keys[key]]
        else:
            lines[keys[key]] = f"{key}: {world.writer.word()}"


def change_line_ends(world: World, clone: str, chance: random.Random) -> None:
    note = world.some_note(clone, chance)
    if note:
        content = world.read(clone, note)
        other = content.replace(b"\r\n", b"\n")
        world.ground.write(clone, note, other if other != content else content.replace(b"\n", b"\r\n"))


def link(world: World, clone: str, chance: random.Random) -> None:
    target = world.some_note(clone, chance)
    with world.lines(clone, world.some_note(clone, chance)) as lines:
        if target:
            pin = chance.choice(["", "", "@v1"])
            lines += ["", f"{world.writer.word()} [[{target[:-3]}{pin}|{world.writer.word()}]]", ""]


def edit_asked_note(world: World, clone: str, chance: random.Random) -> None:
    note = world.some_asked_note(clone, chance)
    if note:
        chance.choice([edit_word, add_line])(world, clone, chance, note)


# In a file manager

def new_note(world: World, clone: str, chance: random.Random) -> None:
    name = world.free_name(clone, chance)
    if name:
        world.ground.write(clone, name, world.writer.note(chance.random() < 0.5))


def copy_note(world: World, clone: str, chance: random.Random) -> None:
    note, name = world.some_note(clone, chance), world.free_name(clone, chance)
    if note and name:
        own = f"id: {world.writer.id()}".encode()
        world.ground.write(clone, name, re.sub(rb"(?m)^id: \w+", own, world.read(clone, note), count=1))


def remove_note(world: World, clone: str, chance: random.Random, note: str | None = None) -> None:
    note = note or world.some_note(clone, chance)
    if note and chance.random() < 0.5:
        world.ground.remove(clone, note)
    elif note:
        world.ground.notes(clone, "rm", "-q", "--", note, allowed=(0,))


def move_note(world: World, clone: str, chance: random.Random, note: str | None = None) -> None:
    note, name = note or world.some_note(clone, chance), world.free_name(clone, chance)
    if note and name and chance.random() < 0.5:
        world.ground.move(clone, note, name)
    elif note and name:
        world.ground.notes(clone, "mv", "-q", "--", note, name, allowed=(0, 1, 2))


def move_over(world: World, clone: str, chance: random.Random) -> None:
    notes = world.notes_of(clone)
    if len(notes) > 1:
        world.ground.move(clone, *chance.sample(notes, 2))


def exchange(world: World, clone: str, chance: random.Random) -> None:
    notes = world.notes_of(clone)
    if len(notes) > 1:
        one, other = chance.sample(notes, 2)
        world.ground.move(clone, one, "between")
        world.ground.move(clone, other, one)
        world.ground.move(clone, "between", other)


def change_case(world: World, clone: str, chance: random.Random) -> None:
    note = world.some_note(clone, chance)
    if note:
        name = os.path.join(os.path.dirname(note), os.path.basename(note)[:-3].swapcase() + ".md")
        if not world.ground.exists(clone, name):
            world.ground.move(clone, note, name)


def move_folder(world: World, clone: str, chance: random.Random) -> None:
    folder, new = chance.choice(["d1", "d2", "posts"]), chance.choice(["d1", "d2", "e1", "posts"])
    if world.ground.exists(clone, folder) and not world.ground.exists(clone, new):
        world.ground.move(clone, folder, new)


def folder_for_note(world: World, clone: str, chance: random.Random) -> None:
    """A folder with the name that a note had, or may get on another machine."""
    name = chance.choice(["alpha", "beta", "delta"]) + ".md"
    if (world.ground.folder / clone / name).is_file():
        world.ground.remove(clone, name)
    world.ground.write(clone, f"{name}/in.md", world.writer.note(True))


def edit_picture(world: World, clone: str, chance: random.Random) -> None:
    name = chance.choice(["picture.bin", "d1/other.bin"])
    world.ground.write(clone, name, b"\0" + world.writer.word().encode() + b"\n")


def remove_or_move_asked_note(world: World, clone: str, chance: random.Random) -> None:
    note = world.some_asked_note(clone, chance)
    if note:
        chance.choice([remove_note, move_note, move_note])(world, clone, chance, note)


# With notes

def add(world: World, clone: str, chance: random.Random) -> None:
    where = chance.choice([[], ["--dir", "d1"], ["--post"]])
    title, text = chance.choice(["Alpha", "Note"]), world.writer.some(3)
    world.ground.notes(clone, "add", "-q", title, text, *where, allowed=(0, 2))


def cut(world: World, clone: str, chance: random.Random) -> None:
    notes = world.notes_of(clone)
    posts = [note for note in notes if note.startswith("posts/")] or notes
    if posts:
        world.ground.notes(clone, "version", "cut", "-q", "-m", "why", "--new", "--", chance.choice(posts),
                           allowed=(0, 1, 2, 8))


def change_version(world: World, clone: str, chance: random.Random) -> None:
    note = world.some_note(clone, chance)
    if note:
        what = chance.choice(["note", "withdraw"])
        world.ground.notes(clone, "version", what, "-q", "-m", "a reason", "--", f"{note}@v1", allowed=(0, 1, 2, 64))


# Answers

def resolve(world: World, clone: str, chance: random.Random) -> None:
    conflicts = world.conflicts(clone)
    if conflicts:
        answer(world, clone, chance.choice(conflicts), chance.choice(["--mine", "--shared", "--both", ""]))


def answer(world: World, clone: str, conflict: dict, how: str, allowed=(0, 1, 2)) -> int:
    """Answers one conflict. `--both` loses no word, and without a flag, or with `--shared`, the note stays as it is."""
    record, note = conflict["record"], conflict["path"]
    before = world.ground.files(clone)
    code = world.ground.notes(clone, "resolve", "-q", record, *([how] if how else []), allowed=allowed).code
    after = world.ground.files(clone)
    if code != 0:
        return code
    if how == "--both":
        no_word_lost(world, conflict, before, after)
    if how in ("", "--shared") and not conflict.get("removed") and note in before and before[note] != after.get(note):
        raise Failure("answer", f"resolve {how} of {conflict} changed the note")
    return code


def no_word_lost(world: World, conflict: dict, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    waiting = before.get(f".notes/conflicts/{conflict['record']}.other", b"")
    lost = words(waiting, before.get(conflict["path"], b"")) - words(*after.values()) - world.books.taken
    if lost:
        raise Failure("answer", f"both texts of {conflict} were to be kept, and these words went: {some_of(lost)}")


def resolve_in_editor(world: World, clone: str, chance: random.Random) -> None:
    conflicts = world.conflicts(clone)
    if not conflicts:
        return
    conflict = chance.choice(conflicts)
    kind, editor = chance.choice([
        ("both", "sed -i -e '/^<<<<<<</d;/^=======/d;/^>>>>>>>/d'"),
        ("first", "sed -i -e '/^=======/,/^>>>>>>>/d;/^<<<<<<</d'"),
        ("second", "sed -i -e '/^<<<<<<</,/^=======/d;/^>>>>>>>/d'"),
        ("a marker is left", "sed -i -e '/^>>>>>>>/d'"), ("the editor fails", "false")])
    before = world.ground.files(clone)
    code = world.ground.notes(clone, "resolve", conflict["record"], "--edit", allowed=(0, 1, 2), editor=editor).code
    after = world.ground.files(clone)
    if code != 0 and after != before:
        raise Failure("answer", f"resolve --edit of {conflict} ended with {code}, and changed files")
    if code == 0 and kind in ("a marker is left", "the editor fails"):
        raise Failure("answer", f"resolve --edit of {conflict} took a text though {kind}")
    if code == 0 and kind == "both":
        no_word_lost(world, conflict, before, after)


def undo(world: World, clone: str, chance: random.Random) -> None:
    listed = [line.split()[0] for line in world.ground.ask(clone, "undo", "--list", allowed=(0, 1)).out.splitlines()
              if line[:1].isdigit()]
    if listed:
        world.ground.notes(clone, "undo", "-q", chance.choice(listed[:1] * 3 + listed[:5]), allowed=(0, 1, 2))


def restore(world: World, clone: str, chance: random.Random) -> None:
    """Puts an older text back, also of a note that is gone."""
    snapshots = world.ground.ask_git(clone, "log", "-25", "--format=%h").split()
    snapshot = chance.choice(snapshots)
    notes = [path for path in world.ground.ask_git(clone, "ls-tree", "-rz", "--name-only", snapshot).split("\0")
             if path.endswith(".md") and not path.startswith(".notes/")]
    if notes:
        world.ground.notes(clone, "restore", "-q", "--", chance.choice(notes), snapshot, allowed=(0, 1, 2, 8))
        world.books.acknowledged |= words(*world.ground.files(clone).values())


def revert_by_git(world: World, clone: str, chance: random.Random) -> None:
    commit_by_git(world, clone)
    parents = world.ground.ask_git(clone, "log", "-1", "--format=%p").split()
    if len(parents) == 1 and world.ground.git(clone, "revert", "--no-edit", "HEAD").code != 0:
        world.ground.git(clone, "revert", "--abort")


def commit_by_git(world: World, clone: str) -> None:
    world.ground.git(clone, "add", "-A")
    if world.ground.git(clone, "commit", "-q", "-m", "by hand").code == 0:
        world.books.acknowledged |= words(*world.ground.files(clone).values())


# Helpers

def body(lines: list[str]) -> int:
    """Where the text begins, behind the front matter."""
    return lines.index("---", 1) + 1 if lines and lines[0] == "---" and "---" in lines[1:] else 0


def with_words(lines: list[str], chance: random.Random) -> int | None:
    """Any line with words, the first ones more often: the machines are to meet."""
    places = [place for place in range(body(lines), len(lines)) if WORD.search(lines[place].encode())]
    return places[min(chance.randrange(len(places)) for _ in range(2))] if places else None


EDITS = {
    edit_word: 28, edit_line: 7, add_line: 9, remove_line: 5, add_block: 7, join_or_split: 2, move_section: 4,
    move_line: 5, edit_front_matter: 6, change_line_ends: 1, link: 3, edit_asked_note: 4,
    new_note: 9, copy_note: 2, remove_note: 3, move_note: 8, move_over: 1, exchange: 2, change_case: 2, move_folder: 2,
    folder_for_note: 2, edit_picture: 4, remove_or_move_asked_note: 3,
    add: 3, cut: 3, change_version: 2}
ANSWERS = {resolve: 20, resolve_in_editor: 6, undo: 6, restore: 5, revert_by_git: 1}
