"""The words, marks and tones in which a submission is told, for the screens and the commands alike.

Begin with `tones`: a line is spans of text with a meaning each. Pure; knows neither a toolkit nor a
colour: a theme gives the tones theirs, and a command leaves them out.
"""
