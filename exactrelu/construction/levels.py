"""What the construction `small` carries at each level: the same at all levels where that can be, so that blocks are.

The spaces of functionals are shared by all levels from which on the masks repeat, unless they are too large. Before
these, and where they are, each level has the least spaces that the stages which follow need.
"""

from functools import lru_cache
from typing import NamedTuple

from exactrelu.construction.differences import step_of
from exactrelu.construction.signed_reading import functionals, terms_of
from exactrelu.construction.slots import Frame, frame_of, shared_spaces, spaces_before
from exactrelu.construction.spaces import Space


class Level(NamedTuple):
    """The classes at a level, in the order of the shifts of their slots.

    ``slots``, ``spaces`` and ``steps`` (of the stage that follows; none where none does) belong to each class, and so
    do ``before``, its number at the level before, and the `Term`s of the source: those that it ``reads`` here, unless
    this is the last level, and those that are ``waiting``, read at the level before.
    """

    frame: Frame
    slots: tuple
    spaces: tuple
    steps: tuple
    before: tuple
    reads: tuple
    waiting: tuple

    @property
    def has_source(self):
        """Whether there is a source: something waits, or is read."""
        return any(map(bool, (*self.reads, *self.waiting)))

    def signs(self, i, side):
        """Return {(s, k): sign} of the parts that are needed in coordinate i: for each threshold of a slot its side.

        ``side`` is 1 for the side that passes, −1 for the other one.
        """
        return {
            (slot.shift[i], k): side * step.side(i, k)
            for slot, step in zip(self.slots, self.steps, strict=False) for k in range(1, self.frame.factors[i])
        }


def levels_of(normal, n, signed):
    """Return the tuple of the `Level`s 0, …, n of a normalized problem; equal ones are the same object.

    ``signed`` says that some row may be negative. Raises `InputError` if the spaces are too large.
    """
    frame, shared = shared_by_levels(normal)
    spaces = spaces_of(normal, frame, shared, n)
    made, levels = {}, []
    for j in range(n + 1):
        near = [id(spaces[i]) for i in (j, min(j + 1, n), max(j - 1, 0))]
        key = frame.shifts(j), normal.masks.at(j + 1), *near[: 2 if normal.source is None else 3]
        if key not in made:
            made[key] = level_of(normal, frame, spaces, j, n, shared, signed)
        levels.append(made[key])
    return tuple(levels)


def level_of(normal, frame, spaces, j, n, shared, signed):
    """Return the `Level` j of n."""
    mask, shifts, earlier = normal.masks.at(j + 1), frame.shifts(j), frame.shifts(j - 1)
    slots, here = tuple(frame.slots[shift] for shift in shifts), spaces[j]
    if j < n and here is spaces[j + 1]:
        steps = shared_steps(normal, mask)
        steps = tuple(steps[shift] for shift in shifts)
    elif j < n:
        steps = tuple(step_of(mask, frame, slot, here[slot.shift], spaces[j + 1][slot.image]) for slot in slots)
    else:
        steps = ()
    before = tuple(
        number for shift in shifts for number, other in enumerate(earlier) if frame.slots[other].image == shift
    )
    reads = terms_at(frame, shifts, here, signed)
    past = spaces[j - 1] if j else here if here is shared else None
    waiting = ((),) * len(shifts)
    if past is not None:
        known = terms_at(frame, earlier, past, signed)
        waiting = tuple(known[number] for number in before)
    return Level(frame, slots, tuple(here[shift] for shift in shifts), steps, before, reads, waiting)


def terms_at(frame, shifts, spaces, signed):
    """Return the `Term`s of the source in the slots with some shifts."""
    return tuple(tuple(terms_of(frame.slots[shift].source, spaces[shift], signed)) for shift in shifts)


def spaces_of(normal, frame, shared, n):
    """Return the spaces of the levels 0, …, n, each {shift: `Space`}."""
    spaces = []
    for j in reversed(range(n + 1)):
        if shared is not None and j >= len(normal.masks.first):
            spaces.append(shared)
        elif j == n:
            spaces.append({shift: Space(functionals(frame.slots[shift].patches)) for shift in frame.shifts(n)})
        else:
            read = {shift: functionals(frame.slots[shift].source) for shift in frame.shifts(j)}
            spaces.append(spaces_before(frame, j, normal.masks.at(j + 1), spaces[-1], read))
    return spaces[::-1]


@lru_cache(maxsize=8)
def shared_by_levels(normal):
    """Return (frame, spaces {shift: `Space`} of all levels with repeated masks); no spaces where these differ."""
    frame = frame_of(normal)
    readings = {
        shift: functionals(slot.patches) + functionals(slot.source) for shift, slot in frame.slots.items()
    }
    return frame, shared_spaces(frame, tuple(dict.fromkeys(normal.masks.repeat)), readings)


@lru_cache(maxsize=32)
def shared_steps(normal, mask):
    """Return {shift: `Step`} of the stages with a mask between the shared spaces."""
    frame, spaces = shared_by_levels(normal)
    return {
        shift: step_of(mask, frame, slot, spaces[shift], spaces[slot.image]) for shift, slot in frame.slots.items()
    }
