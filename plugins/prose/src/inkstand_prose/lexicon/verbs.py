"""Verbs that tell who speaks."""

from __future__ import annotations

from inkstand_prose.lexicon import words

SPEECH_VERBS = words("speech_verbs")
"""Verbs whose subject, next to a quotation, is nearly always its speaker."""

SURE_SPEECH_VERBS = SPEECH_VERBS - words("speech_verbs_weak")
"""Verbs that tell speech even where the quotation is not next to them."""

NOT_INVERTED = words("never_inverted")
"""Words that never are the verb of "..., cried Ada" ."""
