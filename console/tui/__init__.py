"""EDGE: the screens, in Textual, and the app that they are on. The only importer of Textual.

Begin with `opening.py`, then `app.py`: a screen (`screens`) shows what its `Backend` knows by now,
and posts where it wants to go (`places`); which screen that is, `navigation` alone knows. Nothing
here asks a cluster or reads a recording in the thread that answers keys.
"""
