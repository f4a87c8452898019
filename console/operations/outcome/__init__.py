"""Results as they may be shown. Begin with `view`; `verify` decides what is final.

Takes nobody's word for a merged document. Pure, but for a file that is read to be compared.
"""
