"""Why a submission failed, from all that is known and recorded of it: the diagnosis, applied.

Begin with `inspection.py`. What a cause looks like and what it means is `console.diagnosis`; here
is which lines of which logs are looked at. Knows no cluster and no file.
"""
