"""What srcgrad knows of a function, for tools that show it: the command line, notebooks, editors.

`view` gives a stage as lines that know the user's line, `explain` what is active, saved and recomputed on each line, `rules`
the mathematics. Nothing here changes what is generated.
"""
from __future__ import annotations

from .views import Line as Line, Text as Text, View as View, text_of as text_of, view as view
