"""Trials of a model: from one seed after the other, until the time is up or an invariant does not hold.

A model is a module with two functions:

- `steps(seed)` makes up what is done, as a list of steps, each of which JSON can hold;
- `trial(ground, steps)` does them and raises `Failure` where an invariant does not hold. A step that cannot be done
  (the note is gone) is left out: so a part of the steps is a trial, too.

Steps that are not needed for a failure are taken out, halves first, then less and less, as long as the failure is one
of the same invariant. What is left is printed: the steps as JSON, and a shell script of all that was done.
"""
from __future__ import annotations

import json
import pathlib
import shlex
import tempfile
import time
from types import ModuleType

from ground import Failure, Ground

SHRINKING = 180  # seconds at the most


class Trials:
    def __init__(self, model: ModuleType, program: str):
        self.model, self.program = model, program
        self.name = model.__name__

    def run(self, seed: int, seconds: float) -> bool:
        """Trials from a seed on. False where one failed."""
        begin, done = time.monotonic(), 0
        while done == 0 or time.monotonic() - begin < seconds:
            steps = self.model.steps(seed + done)
            failure, _ = self.once(steps)
            if failure:
                print(f"{self.name}: seed {seed + done}: {failure}\nshrinking {len(steps)} steps …", flush=True)
                self.report(seed + done, self.shrunk(steps, failure))
                return False
            done += 1
        print(f"{self.name}: nothing found from seed {seed} to {seed + done - 1}", flush=True)
        return True

    def replay(self, steps: list) -> bool:
        """One trial of given steps. False where it failed."""
        failure, ground = self.once(steps)
        print(ground.script())
        print(f"{self.name}: {failure or 'nothing found'}", flush=True)
        return failure is None

    def once(self, steps: list) -> tuple[Failure | None, Ground]:
        with tempfile.TemporaryDirectory(prefix="notes-model-") as folder:
            ground = Ground(pathlib.Path(folder), self.program)
            try:
                self.model.trial(ground, steps)
                return None, ground
            except Failure as failure:
                ground.say(f"here: {failure}")
                return failure, ground
            except Exception:
                print(f"{self.name}: the model itself failed at {json.dumps(steps)}", flush=True)
                raise

    def shrunk(self, steps: list, failure: Failure) -> list:
        end = time.monotonic() + SHRINKING
        size = len(steps) // 2
        while size >= 1 and time.monotonic() < end:
            place, before = 0, len(steps)
            while place < len(steps) and time.monotonic() < end:
                fewer = steps[:place] + steps[place + size:]
                found, _ = self.once(fewer)
                if found and found.invariant == failure.invariant:
                    steps = fewer
                else:
                    place += size
            if size > 1 or len(steps) == before:
                size //= 2
        return steps

    def report(self, seed: int, steps: list) -> None:
        failure, ground = self.once(steps)
        written = json.dumps(steps, ensure_ascii=False)
        print(f"{len(steps)} steps: {failure or 'not every time: where a kill strikes, or the time of day, matters'}")
        print(f"the whole trial again: script/check-models {self.name} --seed {seed}")
        print(f"these steps again: script/check-models {self.name} --steps {shlex.quote(written)}")
        print("as a script:\n\n" + ground.script(), flush=True)


