"""Domain values as lines of toned text. Pure: knows no Textual, no Rich, no clock."""
