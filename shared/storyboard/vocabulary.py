"""The small word lists that the rules go by."""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What a price stands before: `a $5M round` is a 5 million dollar round.
PRICED: Final = _words(
    """
    round seed series deal company business startup fund investment budget contract exit valuation grant market
    industry project bill loan agency brand team idea mistake question problem opportunity salary acquisition
    raise
    """
)

# What people love: `I <3 it`, but `in <3 years`.
HEARTED: Final = _words(
    """
    it you u this that them my our the all y'all
    """
)

# Small again inside `#FutureOfWork`.
LITTLE: Final = _words(
    """
    A An And As At By For From In Is Of On Or The To With
    """
)

# Stay in capitals when a sentence is shouted.
ACRONYMS: Final = _words(
    """
    AI API AWS B2B B2C CEO CFO CMO COO CPO CRM CTO CV DNA EU FAQ FOMO GDPR GPT GPU HR IBM IP IPO KPI LLM MBA MIT
    ML MVP NASA NATO NHS OKR PDF PHD PM PR PTO QA R&D ROI SAAS SEO SQL TED UI UK UN USA USP UX VC VP VR YC
    """
)

# Before a full stop: no sentence ends here.
NEVER_END: Final = _words(
    """
    p.s dr mr mrs ms prof st sr jr vs e.g i.e fig approx gen sen rep gov hon rev capt col sgt vol pp ca cf est
    dept acc a.k.a sra srta dra bzw evtl ggf inkl zzgl nr z.b d.h u.a tel
    """
)

# After the number of a day: `am 24. April` goes on.
MONTHS: Final = _words(
    """
    januar februar märz april mai juni juli august september oktober november dezember jänner januari februari maart
    marts maj
    """
)

# A sentence may end here, if what follows opens one.
SELDOM_END: Final = _words(
    """
    inc ltd co corp llc plc u.s u.k u.s.a e.u a.m p.m etc ph.d no al d.c m.sc b.sc b.a m.a p.a
    jan feb mar apr jun jul aug sep sept oct nov dec
    """
)

# Words that open sentences.
OPENERS: Final = _words(
    """
    the a an i we you he she it they this that these those there here what when where why how who if in on at for
    but and so then my our your his her their its no not yes as after before because with all one now today let's
    """
)

# Words after which a sentence goes on, emoji or not.
DEPENDENT: Final = _words(
    """
    the a an my our your his her their to of in for at on with from by and or as is are
    """
)

# Where one can breathe in a long sentence: English, German, French, Spanish.
CLAUSE_OPENERS: Final = _words(
    """
    and but or because which while so although when where who if und aber oder et mais ou y pero o
    """
)

# Where a story turns.
TURNING: Final = _words(
    """
    but then because instead until suddenly however finally yet so aber dann weil deshalb plötzlich doch mais alors
    parce soudain enfin pourtant pero entonces porque hasta finalmente mas então até लेकिन फिर क्योंकि पर لكن ثم لأن
    でも しかし だから そこで 但是 但 然后 因为 后来 因為 後來 然後
    """
)

# Words at the beginning that point back to the sentence before.
LEANING: Final = _words(
    """
    but then because and so that this these those it they he she them him her which there yes no instead yet aber
    dann weil deshalb das dies diese er sie es und doch mais alors et il elle ils elles cela ça ce pero entonces y eso
    esto él ella ellos mas então e isso isto ele ela eles लेकिन फिर और यह वह لكن ثم هذا ذلك でも しかし だから そこで
    それ 但是 但 然后 后来 然後 後來 这 那 他 她
    """
)
