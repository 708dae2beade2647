"""Whether a post has something to say beyond doubt: most have, and then no rule of the storyboard needs to be loaded.

The rules are some ninety patterns, which take a fresh process longer than anything else that it does for this answer.
"""

import re
from typing import Final

# A line that is one sentence of at least five plain words. What is told may be a label, a link, hashtags or marks; this
# is none of them, and stays whatever stands around it.
_PLAIN_SENTENCE: Final = re.compile(r"^[A-Z][a-z]*(?:,? [A-Za-z]+(?:['’][a-z]+)?){4,}[.!?]$", re.MULTILINE)


def says_something(content: str) -> bool:
    """True: `build` makes scenes of it. False: only `build` can tell."""
    return _PLAIN_SENTENCE.search(content) is not None
