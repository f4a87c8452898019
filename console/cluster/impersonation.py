"""Acting as somebody else: the headers that every request carries, and how it is shown. Pure."""

from __future__ import annotations

import msgspec

from console.cluster.rules import header_fault
from console.cluster.schema import User, shown
from console.domain.hostile_text import neutralise
from console.errors import InvalidInput

Headers = tuple[tuple[str, str], ...]

_LEGAL = frozenset("!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class ActingAs(msgspec.Struct, frozen=True):
    """Whom the user asked to act as, whatever the kubeconfig says."""

    user: str
    groups: tuple[str, ...] = ()

    @property
    def flags(self) -> tuple[str, ...]:
        """The same for a command line, ours or kubectl's."""
        groups = (word for group in self.groups for word in ("--as-group", group))
        return ("--as", self.user, *groups)


def instead(user: User, asked: ActingAs | None) -> User:
    """The user's entry, acting as who was asked for: nothing stays of whom it names itself.

    Raises InvalidInput for a name that no request can carry.
    """
    if asked is None:
        return user
    for flag, value in (("--as", asked.user), *(("--as-group", each) for each in asked.groups)):
        if fault := header_fault(value):
            raise InvalidInput(f"{flag} {shown(value)} cannot be sent.", why=fault)
    return msgspec.structs.replace(
        user, act_as=asked.user, act_as_uid="", act_as_groups=asked.groups, act_as_extra={}
    )


def headers(user: User) -> Headers:
    """As client-go sends them: a header for each group and for each value of an extra key."""
    if not user.act_as:
        return ()
    found = [("Impersonate-User", user.act_as)]
    if user.act_as_uid:
        found.append(("Impersonate-Uid", user.act_as_uid))
    found += [("Impersonate-Group", group) for group in user.act_as_groups]
    for key, values in user.act_as_extra.items():
        found += [(f"Impersonate-Extra-{_escaped(key)}", value) for value in values]
    return tuple(found)


def _escaped(key: str) -> str:
    """A key as part of a header's name; the server undoes it."""
    return "".join(chr(b) if chr(b) in _LEGAL else f"%{b:02X}" for b in key.encode())


def who(name: str, user: User) -> str:
    """`alice`, `alice as admin-view`, `alice as ci (groups dev, ops)`: harmless to a terminal."""
    acting = acts_as(user)
    return neutralise(f"{name or 'anonymous'} as {acting}" if acting else name)


def acts_as(user: User) -> str:
    """`ci (groups dev, ops)`; empty for one that acts as itself."""
    if not user.act_as:
        return ""
    groups = ", ".join(user.act_as_groups)
    of = f" ({'group' if len(user.act_as_groups) == 1 else 'groups'} {groups})" if groups else ""
    return neutralise(f"{user.act_as}{of}")
