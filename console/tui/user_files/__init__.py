"""What an operator adds to the console by files of theirs, in the forms that k9s has for them.

`aliases.yaml`, `hotkeys.yaml`, `plugins.yaml` and, for the keys of our own commands, `keys.yaml`;
begin with `loading.py`. A mistake in one is named with its line, and all that is right is used.
Knows no screen: what is done with it is the screens' business.
"""
