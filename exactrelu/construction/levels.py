"""What the construction `small` carries at each level: the same at all levels where that can be, so that blocks are.

The spaces of functionals are shared by all levels, unless they are too large. Where they are, each level has the least
spaces that the stages which follow need.
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
        key = tuple(id(spaces[i]) for i in (j, min(j + 1, n), max(j - 1, 0)))
        if key not in made:
            made[key] = level_of(normal, frame, spaces, j, n, shared, signed)
        levels.append(made[key])
    return tuple(levels)


def level_of(normal, frame, spaces, j, n, shared, signed):
    """Return the `Level` j of n."""
    slots, here = tuple(frame.slots.values()), spaces[j]
    if here is shared:
        steps = shared_steps(normal)
    else:
        steps = steps_of(normal, frame, here, spaces[j + 1]) if j < n else ()
    before = tuple(next(k for k, other in enumerate(slots) if other.image == slot.shift) for slot in slots)
    reads = terms_at(frame, here, signed)
    past = spaces[j - 1] if j else here if here is shared else None
    waiting = ((),) * len(slots)
    if past is not None:
        known = terms_at(frame, past, signed)
        waiting = tuple(known[number] for number in before)
    return Level(frame, slots, tuple(here.values()), steps, before, reads, waiting)


def terms_at(frame, spaces, signed):
    """Return the `Term`s of the source in the slots."""
    return tuple(tuple(terms_of(slot.source, spaces[shift], signed)) for shift, slot in frame.slots.items())


def spaces_of(normal, frame, shared, n):
    """Return the spaces of the levels 0, …, n, each {shift: `Space`}."""
    if shared is not None:
        return [shared] * (n + 1)
    spaces = [{shift: Space(functionals(slot.patches)) for shift, slot in frame.slots.items()}]
    read = {shift: functionals(slot.source) for shift, slot in frame.slots.items()}
    for _ in range(n):
        spaces.append(spaces_before(frame, normal.mask, spaces[-1], read))
    return spaces[::-1]


@lru_cache(maxsize=8)
def shared_by_levels(normal):
    """Return (frame, spaces {shift: `Space`} of all levels); no spaces where these differ."""
    frame = frame_of(normal)
    readings = {
        shift: functionals(slot.patches) + functionals(slot.source) for shift, slot in frame.slots.items()
    }
    return frame, shared_spaces(frame, normal.mask, readings)


@lru_cache(maxsize=8)
def shared_steps(normal):
    """Return the `Step`s of the slots between the shared spaces."""
    frame, spaces = shared_by_levels(normal)
    return steps_of(normal, frame, spaces, spaces)


def steps_of(normal, frame, spaces, following):
    """Return the `Step`s of the slots from ``spaces`` to those ``following``."""
    return tuple(
        step_of(normal.mask, frame, slot, spaces[shift], following[slot.image]) for shift, slot in frame.slots.items()
    )
