"""A Job template with `key.$: $.path` parameters, plus values, makes a manifest.

Pure, but for the files that it is named (templates, profiles, presets): text and mappings in,
manifests and findings out. Sends nothing, knows no cluster client.
Start at `compose.load_template` and `compose.compose`; `validation.validate` judges the outcome.
"""
