"""The ground on which a trial happens: a folder that is the home of nobody else, `notes` and `git` that run in it,
and a shell script of all that was done there, so that a failure can be told to somebody who has no Python.

Paths are relative to the ground, as in `A/note.md`. What is only looked at goes through `ask` and `ask_git`, and is
not in the script.
"""
from __future__ import annotations

import dataclasses
import os
import pathlib
import shlex
import shutil
import subprocess

# What a command may end with (vault/exit-codes.md). Anything else is a crash.
CODES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 64, 130}
DEADLINE = 120  # seconds; the machine may be busy

HEAD = """\
# usage: NOTES=/path/to/notes sh this
set -u
export HOME="$(mktemp -d)" NO_COLOR=1 GIT_TERMINAL_PROMPT=0 PAGER=cat TZ=UTC
notes() { echo "\\$ notes $*"; "$NOTES" "$@" </dev/null; echo "# exit $?"; }
git config --global user.name Ann
git config --global user.email ann@example.org
git config --global init.defaultBranch main
cd "$HOME"
"""


class Failure(Exception):
    """An invariant that does not hold: its name, by which shrinking knows it again, and what was seen."""

    def __init__(self, invariant: str, seen: str):
        self.invariant, self.seen = invariant, seen
        super().__init__(f"{invariant}: {seen}")


@dataclasses.dataclass
class Answer:
    """What a command said, and how it ended."""
    code: int
    out: str
    err: str = ""

    @property
    def all(self) -> str:
        return self.out + self.err


class Ground:
    def __init__(self, folder: pathlib.Path, program: str):
        self.folder, self.program = folder, program
        self.lines: list[str] = []
        self.standing = ""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NOTES_", "GIT_", "XDG_"))}
        self.environment = {
            **kept, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "NO_COLOR": "1",
            "PAGER": "cat", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        (folder / ".gitconfig").write_text(
            "[user]\n\tname = Ann\n\temail = ann@example.org\n[init]\n\tdefaultBranch = main\n")

    # What is done, and written down

    def notes(self, where: str, *arguments: str, allowed=(0, 1, 2, 3), editor: str = "") -> Answer:
        """Runs `notes`; an end that is not allowed here is a failure."""
        typed = shlex.join(["notes", *arguments])
        self._note(where, f"(export NOTES_EDITOR={shlex.quote(editor)}; {typed})" if editor else typed)
        return self.ask(where, *arguments, allowed=allowed, editor=editor)

    def git(self, where: str, *arguments: str, at: int | None = None) -> Answer:
        """Runs `git`, at a second of its own where the dates of commits matter. How it ends is the caller's matter."""
        typed = shlex.join(["git", *arguments])
        dated = {} if at is None else {"GIT_AUTHOR_DATE": f"{at} +0000", "GIT_COMMITTER_DATE": f"{at} +0000"}
        self._note(where, " ".join([*(f"{name}={shlex.quote(value)}" for name, value in dated.items()), typed]))
        return self._run(where, ["git", *arguments], **dated)

    def killed(self, where: str, after: float, *arguments: str) -> None:
        """Begins a command of `notes`, and kills it."""
        self._note(where, f"timeout -s KILL {after:.3f} \"$NOTES\" {shlex.join(arguments)} </dev/null")
        process = subprocess.Popen(
            [self.program, *arguments], cwd=self.folder / where, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def write(self, where: str, path: str, content: bytes) -> None:
        self.folder_for(where, path)
        self._note(where, _written(path, content))
        (self.folder / where / path).write_bytes(content)

    def move(self, where: str, path: str, new: str) -> None:
        self.folder_for(where, new)
        self._note(where, f"mv -- {shlex.quote(path)} {shlex.quote(new)}")
        os.replace(self.folder / where / path, self.folder / where / new)

    def folder_for(self, where: str, path: str) -> None:
        """Makes the folder that a file is to be in."""
        folder = (self.folder / where / path).parent
        if not folder.is_dir():
            self._note(where, f"mkdir -p {shlex.quote(os.path.dirname(path))}")
            folder.mkdir(parents=True)

    def remove(self, where: str, path: str) -> None:
        self._note(where, f"rm -r -- {shlex.quote(path)}")
        file = self.folder / where / path
        shutil.rmtree(file) if file.is_dir() else file.unlink()

    def say(self, comment: str) -> None:
        self.lines += [f"# {line}" for line in comment.splitlines()]

    # What is looked at

    def ask(self, where: str, *arguments: str, allowed=(0, 1, 2, 3), editor: str = "") -> Answer:
        typed = shlex.join(["notes", *arguments])
        try:
            answer = self._run(where, [self.program, *arguments], **({"NOTES_EDITOR": editor} if editor else {}))
        except subprocess.TimeoutExpired:
            raise Failure("hang", f"{typed} in {where}") from None
        if answer.code not in CODES or "Fatal error" in answer.all:
            raise Failure("crash", f"{typed} in {where} ended with {answer.code}: {answer.all[-500:]}")
        if answer.code not in allowed:
            raise Failure("exit code", f"{typed} in {where} ended with {answer.code}: {answer.all[-500:]}")
        return answer

    def ask_git(self, where: str, *arguments: str) -> str:
        return self._run(where, ["git", *arguments]).out

    def git_words(self, where: str, *arguments: str) -> str:
        """What git complains of, without what is no fault."""
        said = self._run(where, ["git", *arguments]).all
        return "\n".join(line for line in said.splitlines() if not line.startswith(("dangling", "notice")))

    def texts_of_history(self, where: str, revision: str) -> bytes:
        """All objects of a history, one behind the other: what every snapshot ever held."""
        names = "\n".join(line.split(" ")[0] for line in
                          self.ask_git(where, "rev-list", "--objects", revision).splitlines())
        return subprocess.run(["git", "cat-file", "--batch"], cwd=self.folder / where, env=self.environment,
                              input=names.encode() + b"\n", capture_output=True, timeout=DEADLINE).stdout

    def exists(self, where: str, path: str) -> bool:
        return os.path.lexists(self.folder / where / path)

    def files(self, where: str) -> dict[str, bytes]:
        """All files but git's, by their paths."""
        found = {}
        top = self.folder / where
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if name != ".git")
            for name in sorted(names):
                file = pathlib.Path(folder, name)
                found[str(file.relative_to(top))] = file.read_bytes()
        return found

    def script(self) -> str:
        return HEAD + "\n".join(self.lines) + "\n"

    # Helpers

    def _note(self, where: str, line: str) -> None:
        if where != self.standing:
            self.lines.append(f'cd "$HOME/{where}"')
            self.standing = where
        self.lines.append(line)

    def _run(self, where: str, command: list[str], **more: str) -> Answer:
        done = subprocess.run(command, cwd=self.folder / where, env={**self.environment, **more},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE)
        return Answer(done.returncode, done.stdout.decode("utf8", "replace"), done.stderr.decode("utf8", "replace"))


def _written(path: str, content: bytes) -> str:
    """The shell's way to write a file: the text as it is, or, where a shell would change it, escaped."""
    text = content.decode("utf8", "replace")
    plain = text.encode() == content and all(letter.isprintable() or letter == "\n" for letter in text)
    if plain and text.endswith("\n") and "\nEND\n" not in text:
        return f"cat > {shlex.quote(path)} <<'END'\n{text}END"
    kept = set(range(32, 127)) - set(b"\\'%")
    escaped = "".join(chr(byte) if byte in kept else f"\\{byte:03o}" for byte in content)
    return f"printf '{escaped}' > {shlex.quote(path)}"
