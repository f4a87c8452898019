"""Styles are parsed once, and which of them hold is found once for all widgets that stand alike.

Textual looks through every rule again for each widget and each of its components, whenever a
screen is opened, comes back, or changes a class: half of what that costs. What it finds follows
from the types, names, classes and states on the way down to the widget; where it does not (the
first of its siblings), Textual is asked each time. Touches what Textual keeps private; checked
with textual 8.2.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from itertools import chain
from typing import Any, ClassVar, NamedTuple
from weakref import WeakKeyDictionary

from textual.app import App
from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.dom import DOMNode
from textual.widget import Widget

from console.tui.textual_parts import PartRules, Parts, rules_of

KEPT = 16_384
"""Ways to a widget that are remembered: a screen has some hundreds."""
OF_THE_APP = frozenset({"dark", "light", "inline", "ansi", "nocolor"})
"""States that every widget has from its app."""
FROM_ABOVE = frozenset({"disabled", "enabled"})
"""A widget is disabled with any above it: the way says it of each."""

Way = tuple[Hashable, ...]
"""What rules can ask of a node, and of all above it."""
Key = tuple[Hashable, ...]


class FoundStyles(NamedTuple):
    """What holds for a node; `rules` is None where there are none."""

    rules: RulesMap | None
    hovered: bool


class StyleQuestions:
    """What some rules ask of a node: an id, a class or a state that none names changes nothing."""

    def __init__(self, rules: tuple[RuleSet, ...]) -> None:
        parts = [part for rule in rules for each in rule.selector_set for part in each.selectors]
        self._ids = {part.name for part in parts if part.type is SelectorType.ID}
        self._classes = {part.name for part in parts if part.type is SelectorType.CLASS}
        states = set(chain.from_iterable(part.pseudo_classes for part in parts))
        states -= Stylesheet._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE
        self._of_app = tuple(states & App._PSEUDO_CLASSES.keys())
        self._of_widget = tuple((states & Widget._PSEUDO_CLASSES.keys()) - OF_THE_APP - FROM_ABOVE)
        self._of_name: dict[str, list[RuleSet]] = {}
        for rule in rules:
            for name in rule.selector_names:
                self._of_name.setdefault(name, []).append(rule)
        self._candidates: dict[Way, Hashable] = {}

    def step(self, node: DOMNode) -> Way:
        """Of the node alone."""
        named = node._id if node._id in self._ids else None
        classes = self._classes.intersection(node._classes)
        return (type(node), named, frozenset(classes))

    def states(self, node: DOMNode) -> list[Hashable]:
        has: dict[str, Any] = node._PSEUDO_CLASSES
        if isinstance(node, Widget):
            return [node.disabled, *[name for name in self._of_widget if has[name](node)]]
        return [name for name in self._of_app if name in has and has[name](node)]

    def candidates(self, node: DOMNode, step: Way) -> Hashable:
        """Those rules whose last part may be meant for it, as one value."""
        found = self._candidates.get(step)
        if found is None:
            names = self._of_name.keys() & node._selector_names
            rules = dict.fromkeys(chain.from_iterable(self._of_name[name] for name in names))
            found = self._candidates[step] = _as_one(frozenset(rules))
        return found


@lru_cache(256)
def _asked(rules: tuple[RuleSet, ...]) -> StyleQuestions:
    return StyleQuestions(rules)


@lru_cache(KEPT)
def _as_one(value: Hashable) -> object:
    """The same object for equal values, which is quick to look up by."""
    return object()


class RememberedStyles(Stylesheet):
    """Gives each node the styles that Textual's own stylesheet gives it."""

    _parsed: ClassVar[dict[Key, list[RuleSet]]] = {}
    _found: ClassVar[dict[Key, FoundStyles]] = {}
    _parts: ClassVar[dict[Key, PartRules]] = {}

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._worn: WeakKeyDictionary[DOMNode, tuple[FoundStyles, StyleQuestions]] = (
            WeakKeyDictionary()
        )
        self._asked_by: object = None
        self._asked = _asked(())
        self._whole: tuple[object, Way] = (None, ())
        self._parts_found = True
        """Of the widget whose parts came last; else they are asked for each time."""
        self._colours = _as_one(frozenset(self._variables.items()))

    def set_variables(self, variables: dict[str, str]) -> None:
        super().set_variables(variables)
        self._colours = _as_one(frozenset(variables.items()))

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        key = (css, read_from, is_default_rules, tie_breaker, scope)
        known = (self._colours, *key)
        if known not in self._parsed:
            self._parsed[known] = super()._parse_rules(*key)
        return self._parsed[known]

    def reparse(self) -> None:
        """What cannot be parsed leaves the rules as they are."""
        self.parse()

    def apply(self, node: DOMNode, *, animate: bool = False, cache: object = None) -> None:
        """`cache` is for widgets of one parent; what is remembered here holds for longer."""
        if self.rules is not self._asked_by:
            self._asked_by, self._asked = self.rules, _asked(tuple(self.rules))
        step = self._asked.step(node)
        way = self._way(node, step)
        key = (self._asked.candidates(node, step), way)
        found = self._found.get(key)
        part = type(node) is DOMNode
        if not part:
            self._whole = (node, way)
        if found is None:
            self._ask(node, key, animate)
        elif part:
            node.styles.base.merge_rules(found.rules or {})
        else:
            self._wear(node, found, animate)

    def _way(self, node: DOMNode, step: Way) -> Way:
        above = node._parent
        if above is self._whole[0] and type(node) is DOMNode:
            return (self._whole[1], step)
        if not isinstance(above, DOMNode):
            return (step, *self._asked.states(node))
        return (self._way(above, self._asked.step(above)), step, *self._asked.states(node))

    def _ask(self, node: DOMNode, key: Key, animate: bool) -> None:
        """Textual leaves what it may find again in the cache that it is given."""
        fresh: dict[tuple[object, ...], RulesMap] = {}
        part = type(node) is DOMNode
        super().apply(node, animate=animate, cache=fresh)
        if node._has_order_style or node._has_odd_or_even or node._has_focus_within:
            self._parts_found &= not part
            self._worn.pop(node, None)
            return
        rules = next(iter(fresh.values()), None)
        if rules is not None and part:
            rules = node.styles.base.get_rules()
        if len(self._found) >= KEPT:
            self._found.clear()
        found = self._found[key] = FoundStyles(rules, node._has_hover_style)
        if not part:
            self._keep_worn(node, found)

    def _wear(self, node: DOMNode, found: FoundStyles, animate: bool) -> None:
        node._has_hover_style = found.hovered
        node._has_focus_within = node._has_order_style = node._has_odd_or_even = False
        worn = self._worn.get(node)
        if worn is not None and worn[0] is found and worn[1] is self._asked:
            node.notify_style_update()  # what it has from those above it may be another
            return
        if found.rules is not None:
            self.replace_rules(node, found.rules, animate)
        self._process_component_classes(node)
        self._keep_worn(node, found)

    def _process_component_classes(self, node: DOMNode) -> None:
        if type(node) is DOMNode:  # which is a part, and has none
            return
        self._parts_found = True
        key = (self._asked, self._whole[1])
        known = self._parts.get(key)
        if known is not None:
            self._wear_parts(node, known)
            return
        if isinstance(node._component_styles, Parts):
            node._component_styles = {}  # which Textual fills itself, and paints the widget again
        super()._process_component_classes(node)
        if self._parts_found:
            if len(self._parts) >= KEPT:
                self._parts.clear()
            self._parts[key] = dict(rules_of(node._component_styles))

    @staticmethod
    def _wear_parts(node: DOMNode, known: PartRules) -> None:
        before = rules_of(node._component_styles)
        node._component_styles = Parts(node, known)
        if before is not known and before != known:
            node.refresh()

    def _keep_worn(self, node: DOMNode, found: FoundStyles) -> None:
        """Its parts need not be looked at again while it stands as it stands now."""
        if self._parts_found:
            self._worn[node] = (found, self._asked)
        else:
            self._worn.pop(node, None)
