"""Three clones of one vault and a bare remote, and people who write, move, remove, answer and sync at random.

Clone C has the hooks, and its owner also commits, pulls, moves and reverts by plain git. What people do is in
`deeds.py`. Now and then, and at the end, all three sync until they are level; at the very end all conflicts are
answered on one machine. Every word written is a word of its own, so each can be looked for (`Books`).

Invariants, after each step:

- markers: no note has a conflict marker in it;
- mixed: no sync and no answer puts a word into a note with another `id` than the notes that a person had it in, or
  into a second note;
- back: what was gone on all machines does not come back by a sync;
- dry run: `sync --dry-run` changes nothing, and tells what the sync behind it does;
- answer: `resolve --both` loses no word, one without a flag leaves the note as it is, a refused one changes nothing;
- exit code, crash, hang: commands end as they may.

and when all are level:

- level: that takes at most five rounds, and then the clones have the same files, byte for byte, and the same conflicts;
- clean: `notes status`, `git status`, `git fsck --strict` and `notes doctor` have nothing to say;
- lost: every word is in a note or a conflict's record, but for those that a person took away;
- history: every word that a sync saw and ended well is in the remote's history;
- answered: once all conflicts are answered on one machine and all have synced, none is left.

A step is a deed, a clone, and a seed of its own for all that is chosen in it, so that others can be left out. Ids that
`notes add` makes up, dates, and where a kill strikes are not the seed's: some failures do not come every time.
"""
from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import re
from collections import Counter, defaultdict
from typing import Callable

from deeds import (ANSWERS, EDITS, FOLDERS, NAMES, answer, commit_by_git, edit_word, resolve, resolve_in_editor,
                   revert_by_git)
from ground import Failure, Ground
from texts import MARKER, Writer, note_id, some_of, words

CLONES = ["A", "B", "C"]
GIT_CLONE = "C"  # has the hooks
ROUNDS = 5


@dataclasses.dataclass
class Books:
    """What became of every word."""
    written: set[str] = dataclasses.field(default_factory=set)
    taken: set[str] = dataclasses.field(default_factory=set)  # away, by a person who saw it
    acknowledged: set[str] = dataclasses.field(default_factory=set)  # were there when a sync ended well
    gone: set[str] = dataclasses.field(default_factory=set)  # are nowhere, on all machines
    copied: set[str] = dataclasses.field(default_factory=set)  # a person had it in two notes
    owners: dict[str, set] = dataclasses.field(default_factory=lambda: defaultdict(set))  # ids of the notes it was in


Deed = Callable[["World", str, random.Random], None]


class World:
    def __init__(self, ground: Ground):
        self.ground, self.books = ground, Books()
        self.writer = Writer(random.Random(0))
        ground.git("", "init", "-q", "--bare", "remote.git")
        ground.notes("", "init", "-q", "A", allowed=(0,))
        for name in ("alpha", "beta", "posts/gamma"):
            ground.write("A", f"{name}.md", self.writer.note(with_id=name != "beta"))
        ground.write("A", "picture.bin", b"\0" + self.writer.word().encode())
        ground.notes("A", "sync", "-q", "--remote", "../remote.git", allowed=(0,))
        for clone in ("B", "C"):
            ground.notes("", "clone", "-q", "remote.git", clone, allowed=(0,))
        ground.notes(GIT_CLONE, "hooks", "install", "-q", allowed=(0,))
        for clone in CLONES:
            ground.git(clone, "config", "user.name", f"Owner of {clone}")
        self.take_down("A")

    # What a clone holds

    def notes_and_files(self, clone: str) -> dict[str, bytes]:
        """All that is the user's own, without `.notes/`."""
        return {path: content for path, content in self.ground.files(clone).items() if not path.startswith(".notes/")}

    def with_records(self, clone: str) -> dict[str, bytes]:
        """Also what waits in the records of conflicts."""
        return {path: content for path, content in self.ground.files(clone).items()
                if not path.startswith(".notes/") or path.startswith(".notes/conflicts/")}

    def notes_of(self, clone: str) -> list[str]:
        return sorted(path for path in self.notes_and_files(clone) if path.endswith(".md"))

    def conflicts(self, clone: str) -> list[dict]:
        return json.loads(self.ground.ask(clone, "conflicts", "--format", "json", allowed=(0, 1)).out or "[]")

    def read(self, clone: str, note: str) -> bytes:
        return (self.ground.folder / clone / note).read_bytes()

    # What deeds choose and change

    def some_note(self, clone: str, chance: random.Random) -> str | None:
        """Any note, the first ones more often: the machines are to meet."""
        notes = self.notes_of(clone)
        return notes[min(chance.randrange(len(notes)) for _ in range(3))] if notes else None

    def some_asked_note(self, clone: str, chance: random.Random) -> str | None:
        """A note over which a conflict waits."""
        there = self.notes_of(clone)
        asked = sorted({conflict["path"] for conflict in self.conflicts(clone)} & set(there))
        return chance.choice(asked) if asked else None

    def free_name(self, clone: str, chance: random.Random) -> str | None:
        for _ in range(20):
            folder, name = chance.choice(FOLDERS), chance.choice(NAMES)
            if not self.ground.exists(clone, f"{folder}{name}.md"):
                return f"{folder}{name}.md"
        return None

    @contextlib.contextmanager
    def lines(self, clone: str, note: str | None):
        """The lines of a note, to be changed in place; its line ends stay."""
        if note is None:
            yield []
            return
        before = self.read(clone, note)
        ends = "\r\n" if b"\r\n" in before else "\n"
        lines = before.decode().replace("\r\n", "\n").split("\n")
        yield lines
        after = ends.join(lines).encode()
        if after != before:
            self.ground.write(clone, note, after)

    # The books

    def take_down(self, clone: str) -> None:
        """Takes down the words that a person has here, and in which notes."""
        seen = Counter()
        for path, content in self.notes_and_files(clone).items():
            self.books.written |= words(content)
            if path.endswith(".md"):
                for word in words(content):
                    self.books.owners[word].add(note_id(content))
                    seen[word] += 1
        self.books.copied |= {word for word, count in seen.items() if count > 1}

    def by_hand(self, clone: str, deed: Deed, chance: random.Random) -> None:
        """A deed of a person, who sees what goes away by it, and what comes back."""
        look = self.notes_and_files if deed in EDITS else self.with_records
        before = words(*look(clone).values())
        deed(self, clone, chance)
        if deed in (resolve, resolve_in_editor, answer_each):
            check_mixed(self, clone)
        self.books.taken |= before - words(*look(clone).values())
        self.books.gone -= words(*self.notes_and_files(clone).values())
        self.take_down(clone)


def steps(seed: int) -> list:
    chance = random.Random(seed)
    # Half of the deeds in each trial: what is there comes to more together than a little of everything.
    every = {deed: weight for deed, weight in {**EDITS, **ANSWERS, **SYNCS}.items()
             if deed in (edit_word, sync, resolve) or chance.random() < 0.5}
    away = chance.choice([None, *CLONES])  # seldom syncs
    made = []
    for _ in range(chance.randint(10, 40)):
        clone, deed = chance.choice(CLONES), chance.choices(list(every), list(every.values()))[0]
        if deed in (sync, killed_sync) and clone == away and chance.random() < 0.8:
            continue
        made.append([deed.__name__, GIT_CLONE if deed in BY_GIT else clone, chance.randrange(1_000_000)])
    return [*made, ["answer_all", chance.choice(CLONES), chance.randrange(1_000_000)]]


def trial(ground: Ground, steps: list) -> None:
    world = World(ground)
    ends_level = steps and steps[-1][0] == answer_all.__name__
    for name, clone, seed in steps if ends_level else [*steps, [all_level.__name__, "A", 0]]:
        ground.say(f"{clone}: {name}")
        deed, chance = DEEDS[name], random.Random(seed)
        world.writer = Writer(chance)
        if deed in SYNCS:
            deed(world, clone, chance)
        else:
            world.by_hand(clone, deed, chance)
        check_markers(world, clone)


# Syncs: what no person takes away

def sync(world: World, clone: str, chance: random.Random) -> None:
    told = dry_run(world, clone) if chance.random() < 0.3 else None
    code, out = synced(world, clone)
    if told and 2 not in (told[0], code) and told != (code, out):
        raise Failure("dry run", f"in {clone} it told {told}, and the sync {(code, out)}")


def dry_run(world: World, clone: str) -> tuple[int, list[str]]:
    before = world.ground.files(clone)
    said = world.ground.notes(clone, "sync", "--accept-deletions", "--dry-run", allowed=(0, 2, 3))
    if world.ground.files(clone) != before:
        raise Failure("dry run", f"it changed files in {clone}")
    return said.code, told_lines(said.all)


def synced(world: World, clone: str, allowed=(0, 2, 3)) -> tuple[int, list[str]]:
    before = words(*world.ground.files(clone).values())
    said = world.ground.notes(clone, "sync", "--accept-deletions", allowed=allowed)
    if said.code != 2:
        world.books.acknowledged |= before
    check_mixed(world, clone)
    back = words(*world.notes_and_files(clone).values()) & world.books.gone
    if back:
        raise Failure("back", f"{some_of(back)} in {clone}")
    return said.code, told_lines(said.all)


def told_lines(said: str) -> list[str]:
    """What a sync or a dry run said, without what the two say in other words."""
    same = [("would sync", "synced"), ("would be v", "is v"), (" now: another", ": another"),
            (" (would be merged)", ""), (" (merged)", "")]
    for other, word in same:
        said = said.replace(other, word)
    return sorted(line for line in said.splitlines() if not line.startswith(("hint", "waiting")))


def save(world: World, clone: str, _: random.Random) -> None:
    world.ground.notes(clone, "save", "-q", "--accept-deletions", allowed=(0, 2, 8))
    world.take_down(clone)


def killed_sync(world: World, clone: str, chance: random.Random) -> None:
    world.ground.killed(clone, chance.random() * 0.15, "sync", "--accept-deletions", "-q")
    world.ground.notes(clone, "status", "-q", allowed=(0, 1, 2, 3, 8))


def pull_by_git(world: World, clone: str, _: random.Random) -> None:
    commit_by_git(world, clone)
    if world.ground.git(clone, "pull", "-q", "--no-rebase", "--no-edit", "origin", "main").code == 0:
        world.books.acknowledged |= words(*world.ground.files(clone).values())
        return
    unmerged = [line for line in world.ground.ask_git(clone, "status", "--porcelain").splitlines()
                if "U" in line[:2] or line[:2] in ("AA", "DD")]
    if unmerged and all(line.startswith("UU") and line.endswith(".md") for line in unmerged):
        # The merge driver has left these clean; what waits is recorded with the commit.
        commit_by_git(world, clone)
    else:
        world.ground.git(clone, "merge", "--abort")


def move_by_git(world: World, clone: str, chance: random.Random) -> None:
    note, name = world.some_note(clone, chance), world.free_name(clone, chance)
    if note and name:
        commit_by_git(world, clone)
        world.ground.folder_for(clone, name)
        world.ground.git(clone, "mv", note, name)
        commit_by_git(world, clone)


# Level

def all_level(world: World, *_) -> None:
    """Syncs in turn until all have one snapshot, and looks at everything then."""
    for clone in CLONES:
        synced(world, clone)
    for clone in CLONES * (ROUNDS - 1):
        if len({world.ground.ask_git(each, "rev-parse", "HEAD") for each in CLONES}) == 1:
            break
        synced(world, clone, allowed=(0, 3))
    else:
        raise Failure("level", f"not after {ROUNDS} rounds")
    check_same(world)
    check_clean(world)
    check_words(world)


def answer_all(world: World, clone: str, chance: random.Random) -> None:
    """Once all are level, all conflicts are answered on one machine. Then, level again, there are none."""
    all_level(world)
    if not world.conflicts(clone):
        return
    world.by_hand(clone, answer_each, chance)
    all_level(world)
    left = [conflict["path"] for conflict in world.conflicts("A")]
    if left:
        raise Failure("answered", f"all conflicts were, in {clone}, and there are: {left}")


def answer_each(world: World, clone: str, chance: random.Random) -> None:
    for conflict in world.conflicts(clone):
        if answer(world, clone, conflict, chance.choice(["--mine", "--shared", "--both", ""])) != 0:
            answer(world, clone, conflict, "", allowed=(0,))


# Invariants

def check_markers(world: World, clone: str) -> None:
    marked = [path for path, content in world.notes_and_files(clone).items() if MARKER.search(content)]
    if marked:
        raise Failure("markers", f"in {', '.join(marked)} of {clone}")


def check_mixed(world: World, clone: str) -> None:
    places = defaultdict(list)
    for path, content in world.notes_and_files(clone).items():
        its_id = note_id(content) if path.endswith(".md") else None
        if its_id is None:
            continue
        for word in words(content):
            places[word].append(path)
            owners = world.books.owners[word]
            if owners and None not in owners and its_id not in owners:
                raise Failure("mixed", f"{path} of {clone} ({its_id}) has {word}, which was in {sorted(owners)}")
    twice = {word: paths for word, paths in places.items() if len(paths) > 1 and word not in world.books.copied}
    if twice:
        raise Failure("mixed", f"in two notes of {clone}: {dict(list(twice.items())[:3])}")


def check_same(world: World) -> None:
    first = world.ground.files("A")
    for clone in CLONES[1:]:
        files = world.ground.files(clone)
        differing = sorted(path for path in first.keys() | files.keys() if first.get(path) != files.get(path))
        if differing:
            raise Failure("level", f"A and {clone} differ: {', '.join(differing)}")
    counts = [len(world.conflicts(clone)) for clone in CLONES]
    if len(set(counts)) > 1:
        raise Failure("level", f"{counts} conflicts")


def check_clean(world: World) -> None:
    for clone in CLONES:
        said = world.ground.ask(clone, "status", allowed=(0, 3)).out
        if re.search(r"^[AMDRT] ", said, re.MULTILINE):
            raise Failure("clean", f"notes status in {clone}: {said}")
        said = world.ground.ask_git(clone, "status", "--porcelain")
        if said:
            raise Failure("clean", f"git status in {clone}: {said}")
        said = world.ground.git_words(clone, "fsck", "--strict")
        if said:
            raise Failure("clean", f"git fsck in {clone}: {said}")
    doctor = world.ground.ask(GIT_CLONE, "doctor")
    if doctor.code != 0:
        raise Failure("clean", f"notes doctor in {GIT_CLONE}: {doctor.all}")


def check_words(world: World) -> None:
    books = world.books
    there = words(*world.with_records("A").values())
    lost = books.written - there - books.taken
    if lost:
        raise Failure("lost", f"in no note and no record: {some_of(lost)}")
    missing = books.acknowledged - words(world.ground.texts_of_history("remote.git", "main"))
    if missing:
        raise Failure("history", f"the remote's has not: {some_of(missing)}")
    books.gone = books.written - there
    for conflict in world.conflicts("A"):
        world.ground.ask("A", "conflicts", conflict["record"], allowed=(0,))


SYNCS = {sync: 60, save: 4, killed_sync: 4, pull_by_git: 3, move_by_git: 2, all_level: 7, answer_all: 2}
BY_GIT = {pull_by_git, move_by_git, revert_by_git}
DEEDS = {deed.__name__: deed for deed in (*EDITS, *ANSWERS, *SYNCS)}
