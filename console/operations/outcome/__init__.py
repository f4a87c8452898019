"""Results as they may be shown. Begin with `view`; `verify` decides what is final.

Takes nobody's word for a merged document. Pure.
"""
