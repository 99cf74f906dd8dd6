"""Little stories, made by rule: a text to learn that is as long as one likes and belongs to nobody.

Who acts in the first sentence is who is spoken of in the last, and what was lost is what is found,
so that a model that looks back foretells more than one that does not.
"""

from __future__ import annotations

import random

_NAMES = (("Tom", "he"), ("Mia", "she"), ("Ben", "he"), ("Lily", "she"), ("Max", "he"))
_KINDS = ("little", "brave", "sleepy", "clever", "shy")
_ANIMALS = ("cat", "dog", "frog", "mouse", "bear", "duck")
_THINGS = ("ball", "hat", "key", "drum", "kite", "book", "cup")
_COLOURS = ("red", "blue", "green", "yellow")
_PLACES = ("garden", "forest", "kitchen", "river", "barn", "school")
_SPOTS = ("under a tree", "behind a door", "in a box", "near the gate", "on a stone")


def stories(size: int, seed: int = 0) -> str:
    """Stories, a paragraph each.

    Args:
        size: characters, at least.
        seed: of what happens.
    """
    rng = random.Random(seed)
    found, length = [], 0
    while length < size:
        found.append(_story(rng))
        length += len(found[-1]) + 2
    return "\n\n".join(found)


def _story(rng: random.Random) -> str:
    def pick(words: tuple[str, ...]) -> str:
        return words[rng.randrange(len(words))]

    name, pronoun = _NAMES[rng.randrange(len(_NAMES))]
    kind, animal = pick(_KINDS), pick(_ANIMALS)
    thing, place = f"{pick(_COLOURS)} {pick(_THINGS)}", pick(_PLACES)
    begin = f"{name} was a {kind} {animal}. One day {name} went to the {place} with a {thing}."
    middle = f" But the {thing} was gone! {name} looked {pick(_SPOTS)}, and {pick(_SPOTS)}."
    friend, theirs = next(one for one in rng.sample(_NAMES, 2) if one[0] != name)
    helped = rng.randrange(3)
    if helped == 0:
        end = f" Then {friend} came to the {place}, and {theirs} had the {thing}."
    elif helped == 1:
        end = f" Then {pronoun} saw the {thing} {pick(_SPOTS)}."
    else:
        end = f" {friend} helped, and soon {pronoun} had the {thing} again."
    return f"{begin}{middle}{end} The {kind} {animal} was happy."
