"""The parts of a widget, its component classes: their styles are made once something asks for them.

Textual makes a node and two sets of styles for each part of each widget, whenever the widget is
styled: most are never painted. Here a widget has the rules of its parts, which all widgets that
stand alike share. Touches what Textual keeps private; checked with textual 8.2.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.css.styles import RenderStyles, RulesMap
from textual.dom import DOMNode

PartRules = Mapping[str, RulesMap]
"""By component class, in its order."""
NONE: PartRules = {}


class Parts(dict[str, RenderStyles]):
    """What Textual looks for by name; a part is there from its first use."""

    def __init__(self, widget: DOMNode, rules: PartRules) -> None:
        super().__init__()
        self._widget, self.rules = widget, rules

    def __contains__(self, name: object) -> bool:
        return name in self.rules or super().__contains__(name)

    def __missing__(self, name: str) -> RenderStyles:
        part = DOMNode(classes=name)
        part._attach(self._widget)
        part.styles.base.merge_rules(self.rules[name])
        self[name] = part.styles
        return part.styles

    def clear(self) -> None:
        super().clear()
        self.rules = NONE


def rules_of(parts: Mapping[str, RenderStyles]) -> PartRules:
    """What they wear, whether they were made already or not."""
    if isinstance(parts, Parts):
        return parts.rules
    return {name: styles.base.get_rules() for name, styles in parts.items()}
