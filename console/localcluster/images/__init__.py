"""The images the embedded cluster can pull: stand-ins, honest about what they are.

Owns the catalogue, the stand-ins' file trees and the scenarios that say what happens on a route.
Knows nothing of pods, stores or the API.
"""
