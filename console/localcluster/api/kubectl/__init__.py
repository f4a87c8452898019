"""What only kubectl asks for: tables and other forms, its patches, protobuf, discovery, OpenAPI.

The console itself reads and writes plain JSON objects and merge patches. Nothing here decides what
an object may hold, and nothing here is asked by a controller or by the node: a new kind needs no
line of it before somebody wants to see it in a table. Begin with `tables`.
"""
